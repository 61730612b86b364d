namespace EcsFargateLogin.EndToEnd.Chaos;

/// <summary>Something that a user does.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Script">Its script.</param>
internal sealed record Act(string Name, string Script)
{
    /// <summary>The use of a session that it is; null for what is none.</summary>
    public Use? Use { get; init; }

    public override string ToString() => Name;
}

/// <summary>What a user does in a schedule, and what goes wrong meanwhile.</summary>
/// <param name="User">The number of the user.</param>
/// <param name="Act">What is done.</param>
/// <param name="Trouble">What goes wrong; null for nothing.</param>
/// <param name="Overlaps">Whether the next user does not wait for its end.</param>
internal sealed record Step(int User, Act Act, Trouble? Trouble, bool Overlaps)
{
    public override string ToString() =>
        $"user {User}: {Act}{(Trouble is null ? "" : $", {Trouble}")}{(Overlaps ? ", and meanwhile" : "")}";
}

/// <summary>The life of sessions, as users have it.</summary>
internal static class Acts
{
    /// <summary>A user without a session uses one that another has started.</summary>
    private const string Adopt =
        "if (-not $global:session) { $global:session = Get-FargateSession -Mine | Where-Object TaskArn | Select-Object -First 1 }";

    /// <summary>The acts that start sessions, which come more often than others.</summary>
    public static readonly IReadOnlyList<Act> Starts =
    [
        Start("-Route Public -Wait"),
        Start("-Route Public -AuthorizeMyAddress -MyAddress 198.51.100.7 -Wait"),
        Start("-Route Public -AuthorizeMyAddress -MyAddress 198.51.100.7"),
        Start("-AssignPublicIp Disabled -Route SessionManager -Wait"),
        Start("-AssignPublicIp Disabled -Route InstanceConnect"),
        Start("-Route Auto -Wait"),
        Start("-Transport EcsExec"),
        InOne(Uses.Command, "-Route Public -AuthorizeMyAddress -MyAddress 198.51.100.7", "Invoke-FargateCommand 'seq 3; exit 7'"),
        InOne(Uses.Command, "-AssignPublicIp Disabled -Route SessionManager", "Invoke-FargateCommand 'seq 3; exit 7' -KeepSession"),
        InOne(Uses.Shell, "-Route Public", "Enter-FargateShell"),
        InOne(Uses.Shell, "-Transport EcsExec", "Enter-FargateShell"),
        new("start and stop", "New-FargateSession -Wait -AuthorizeMyAddress -MyAddress 198.51.100.7 | Stop-FargateSession"),
        new("start two", "$global:session = New-FargateSession -Count 2 -Wait | Select-Object -Last 1"),
    ];

    /// <summary>The others.</summary>
    public static readonly IReadOnlyList<Act> Others =
    [
        .. Uses.All.Select(use => Using(use.Name, use)),
        .. Uses.All.Select(use => Using(use.Name, use)),
        new("wait", "if ($global:session) { $null = $global:session | Wait-FargateSession -Timeout 20 }"),
        new(
            "leave a tunnel open",
            """
            if ($global:session) {
                $null = Start-FargateTunnel $global:session -RemoteHost 127.0.0.1 -RemotePort $env:TASKPORT -SkipTargetCheck
            }
            """),
        new("stop", "if ($global:session) { $global:session | Stop-FargateSession }"),
        new("stop all", "Get-FargateSession -Mine | Stop-FargateSession"),
        new("list", "$null = Get-FargateSession -Mine; $null = Get-FargateSession -History"),
        new("list the cluster", "$null = Get-FargateSession -Cluster local"),
    ];

    private static Act Start(string parameters) =>
        new($"start {parameters}", $"$global:session = New-FargateSession {parameters} -StartTimeout 30");

    private static Act Using(string name, Use use) =>
        new(name, $"{Adopt}\nif ($global:session) {{ {use.Script} }} else {{ '{World.NoSession}' }}") { Use = use };

    private static Act InOne(Use use, string parameters, string rest) =>
        new($"start {parameters} | {rest}", $"New-FargateSession {parameters} -StartTimeout 30 | {rest}; \"code $LASTEXITCODE\"") { Use = use };
}
