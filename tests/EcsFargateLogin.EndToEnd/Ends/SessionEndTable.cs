namespace EcsFargateLogin.EndToEnd.Ends;

/// <summary>
/// The tasks that run after a command line: each cmdlet that accepts sessions, by each way to hand it one, with each way of ending.
/// </summary>
internal static class SessionEndTable
{
    private static readonly Use[] LogIns =
    [
        new("Invoke-FargateCommand", "'echo done'"),
        new("Copy-FargateItem", "/etc/hostname /tmp/ends -PassThru"),
        new("Enter-FargateShell", "-Option 'RemoteCommand=true'"),
        new("Start-FargateTunnel", "-Socks", " | Stop-FargateTunnel -PassThru"),
    ];

    private static readonly Use[] Polls = [new("Wait-FargateSession", ""), new("Get-FargateTaskAddress", "")];

    /// <summary>
    /// Lines that start the session in the running pipeline; {0} takes it from the pipeline, {1} as $_ by name.
    /// </summary>
    private static readonly string[] Started =
    [
        "New-FargateSession | {0}",
        "1 | ForEach-Object {{ New-FargateSession }} | {0}",
        "& {{ $own = New-FargateSession; $own }} | {0}",
        "& {{ begin {{ New-FargateSession }} process {{ }} }} | {0}",
        "New-FargateSession | ForEach-Object {{ $_ | {0} }}",
        "New-FargateSession | ForEach-Object {{ {1} }}",
    ];

    /// <summary>Lines with a session that the caller holds.</summary>
    private static readonly string[] Held =
    [
        "$s = New-FargateSession; $s | {0}",
        "$s = New-FargateSession; $s | ForEach-Object {{ {1} }}",
        "foreach ($s in New-FargateSession) {{ $s | {0} }}",
        "(New-FargateSession) | ForEach-Object {{ {1} }}",
        "$s = New-FargateSession; Get-FargateSession -Mine -SessionId $s.SessionId | {0}",
    ];

    /// <summary>Ways for a line to fail before all of its commands have ended; {0} is the line.</summary>
    private static readonly string[] Failures =
    [
        "{0} | ForEach-Object {{ throw 'later' }}",
        "{0} | ForEach-Object {{ }} -End {{ throw 'at the end' }}",
        "foreach ($i in 1) {{ {0} | ForEach-Object {{ break }} }}",
        "foreach ($i in 1) {{ {0} | Sort-Object | ForEach-Object {{ break }} }}",
        "{0} | ForEach-Object {{ Get-Item /no/such/file -ErrorAction Stop }}",
    ];

    /// <summary>Lines in which an earlier command fails after the session was started.</summary>
    private static readonly string[] EarlierFailures =
    [
        "& {{ New-FargateSession; throw 'earlier' }} | {0}",
        "foreach ($i in 1) {{ 1, 2 | ForEach-Object {{ if ($_ -eq 2) {{ break }}; New-FargateSession }} | {0} }}",
        "1, 2 | ForEach-Object {{ New-FargateSession -TaskDefinition ('rails-cli', 'no-such')[$_ - 1] -ErrorAction Stop }} | {0}",
    ];

    public static IReadOnlyList<SessionEndRow> All { get; } =
    [
        // A poll emits the session or its address, so that the caller has it at the end.
        .. from use in LogIns from line in Started select Row(line, use, "stopped"),
        .. from use in Polls from line in Started select Row(line, use, "runs"),
        .. from use in LogIns.Concat(Polls) from line in Held select Row(line, use, "runs"),
        .. from use in LogIns select Row(Started[0], use with { Arguments = $"{use.Arguments} -KeepSession" }, "runs"),
        .. from use in LogIns.Concat(Polls)
           from failure in Failures
           from row in (SessionEndRow[])[Row(Started[0], use, "stopped"), Row(Held[0], use, "runs")]
           select row with { Script = Failing(row.Script, failure) },
        .. from use in LogIns.Concat(Polls)
           where use.Cmdlet != "Enter-FargateShell"
           select Row($"{Started[0]} | Select-Object -First 1", use, LogIns.Contains(use) ? "stopped" : "runs"),
        .. from use in LogIns.Concat(Polls)
           from failure in EarlierFailures
           // An address goes on to whoever reads it as soon as it is known, and the session with it; all else is still at work.
           select Row(failure, use, use.Cmdlet == "Get-FargateTaskAddress" ? "runs" : "stopped"),
        .. Others,
    ];

    private static IEnumerable<SessionEndRow> Others =>
    [
        new("New-FargateSession", "runs"),
        new("$s = New-FargateSession -Count 2", "runs, runs"),
        new("New-FargateSession -Count 2 -Wait | Select-Object -First 1", "runs, stopped"),
        new("New-FargateSession -Count 2 | Wait-FargateSession | Select-Object -First 1", "runs, stopped"),
        new("New-FargateSession -Count 2 | Wait-FargateSession -Any", "runs, stopped"),
        new("$s = New-FargateSession -Count 2; $s | Wait-FargateSession -Any", "runs, runs"),
        new("New-FargateSession | ForEach-Object { $_ | Wait-FargateSession }", "runs"),
        new("function prepare { $own = New-FargateSession; $own | Invoke-FargateCommand 'true'; $own }; prepare | Wait-FargateSession", "runs"),
        new("New-FargateSession | ForEach-Object { $_ | Invoke-FargateCommand 'true'; $_ | Invoke-FargateCommand 'echo twice' }", "stopped"),
        new("1 | Copy-FargateItem /etc/hostname /tmp/ends -Session { New-FargateSession }", "stopped"),
        new("New-FargateSession | Copy-FargateItem /etc/hostname -WhatIf", "stopped"),
        new("New-FargateSession | Invoke-FargateCommand 'exit 3'", "stopped"),
        new("$s = New-FargateSession; $s | Invoke-FargateCommand 'exit 3'", "runs"),
        new("$s = New-FargateSession; Invoke-FargateCommand -Session $s 'true' -KeepSession:$false", "runs"),
        new("$s = New-FargateSession; $s | Copy-FargateItem /no/such/file . -FromSession", "runs"),
        new("New-FargateSession | Copy-FargateItem /no/such/file . -FromSession", "stopped"),
        new("New-FargateSession | Enter-FargateShell -Option 'ProxyCommand=false'", "stopped"),
        new("$s = New-FargateSession; $s | Enter-FargateShell -Option 'ProxyCommand=false'", "runs"),
        new("New-FargateSession | Invoke-FargateCommand 'echo done' -AsJob | Receive-Job -Wait -AutoRemoveJob", "stopped"),
        new("$PSDefaultParameterValues['*-Fargate*:Cluster'] = 'local'; New-FargateSession | Invoke-FargateCommand 'echo done' -AsJob | Receive-Job -Wait -AutoRemoveJob", "stopped"),
        new("New-FargateSession | Invoke-FargateCommand 'echo done' -AsJob -KeepSession | Receive-Job -Wait -AutoRemoveJob", "runs"),
        new("$s = New-FargateSession; $s | Invoke-FargateCommand 'echo done' -AsJob | Receive-Job -Wait -AutoRemoveJob", "runs"),
        new("New-FargateSession | Start-FargateTunnel -Socks -OutVariable t; $t | Stop-FargateTunnel -KeepSession", "runs"),
        new("$t = New-FargateSession | Start-FargateTunnel -Socks -KeepSession; $t | Stop-FargateTunnel", "runs"),
        new("$t = New-FargateSession | Start-FargateTunnel -Socks; $u = $t.Session | Start-FargateTunnel -Socks; $t | Stop-FargateTunnel; $u | Stop-FargateTunnel -KeepSession", "runs"),
        new("$t = New-FargateSession | Start-FargateTunnel -Socks; $u = $t.Session | Start-FargateTunnel -Socks; $t, $u | Stop-FargateTunnel", "stopped"),
        new("New-FargateSession | Start-FargateTunnel -Socks | ForEach-Object { throw 'later' }", "stopped"),
        new("New-FargateSession | Stop-FargateSession", "stopped"),
    ];

    private static SessionEndRow Row(string line, Use use, string expected) => new(
        string.Format(System.Globalization.CultureInfo.InvariantCulture, line, use.Of(""), use.Of(" -Session $_")), expected);

    /// <summary>A line of two statements fails in the second.</summary>
    private static string Failing(string script, string failure)
    {
        var last = script.LastIndexOf("; ", StringComparison.Ordinal) + 1;
        return script[..last]
            + string.Format(System.Globalization.CultureInfo.InvariantCulture, failure, script[last..].TrimStart());
    }

    private sealed record Use(string Cmdlet, string Arguments, string Rest = "")
    {
        public string Of(string session) => $"{Cmdlet}{session} {Arguments}{Rest}";
    }
}

/// <summary>A line of the table.</summary>
/// <param name="Script">What is run.</param>
/// <param name="Expected">What becomes of the tasks that it starts, in any order: "runs" or "stopped" for each.</param>
internal sealed record SessionEndRow(string Script, string Expected);
