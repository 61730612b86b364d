using System.Management.Automation;
using System.Net;
using System.Text.Json.Nodes;
using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Container;
using EcsFargateLogin.EndToEnd.Trust;
using LocalFargate;

namespace EcsFargateLogin.EndToEnd.Access;

/// <summary>The routes through AWS: who gets in, what is shown, and which permissions they take.</summary>
public sealed class RouteSecurityTests
{
    [Theory]
    [InlineData("InstanceConnect")]
    [InlineData("SessionManager")]
    public async Task No_token_and_no_signed_URL_is_shown_kept_or_on_a_command_line(string route)
    {
        await using var me = await OutsideAsync();

        var run = await me.RunApartAsync(
            $$"""
            $VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'
            {{Script(me, route)}}
            "ssh: $($ssh.Count)"
            $lines
            (Read-Process environ) -match [regex]::Escape($env:XDG_STATE_HOME)
            $session, $tunnel, $Error | Format-List * -Force
            $session | ConvertTo-Json -Depth 5
            Get-ChildItem $env:XDG_STATE_HOME/EcsFargateLogin -Recurse -File -Force | ForEach-Object { $_.FullName; Get-Content $_ }
            $tunnel | Stop-FargateTunnel
            $session | Stop-FargateSession
            """);

        var everything = run.Output + run.Error;
        Assert.Matches("ssh: [1-9]", everything);
        Assert.Contains($"by {(route == "InstanceConnect" ? "EC2 Instance Connect" : "Session Manager")}", everything, StringComparison.Ordinal);
        Assert.Equal(route == "SessionManager", me.Fargate.SessionTokens.Count > 0);
        Assert.All(me.Fargate.SessionTokens, token => Assert.DoesNotContain(token, everything, StringComparison.Ordinal));
        Assert.DoesNotMatch("(?i)X-Amz-Signature|X-Amz-Credential|tokenValue|wss?://[^ ]*data-channel|openTunnel\\?", everything);
        await me.LeftNothingAsync();
    }

    [Theory]
    [InlineData("InstanceConnect")]
    [InlineData("SessionManager")]
    public async Task Whoever_connects_to_the_local_port_needs_the_sessions_key(string route)
    {
        await using var me = await OutsideAsync();

        var run = await me.RunApartAsync(
            $$"""
            {{Script(me, route)}}
            $port = [regex]::Match($ssh[0], '(?:-p |Port=)(\d+)').Groups[1].Value
            $plain = '-F', 'none', '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null',
                '-o', 'IdentityAgent=none', '-o', 'LogLevel=ERROR', '-p', $port
            ssh @plain root@127.0.0.1 'echo in' 2>&1 | ForEach-Object { "$_" }
            "without the key: $LASTEXITCODE"
            ssh @plain -o IdentitiesOnly=yes -i $session.KeyPath root@127.0.0.1 'echo in' 2>&1 | ForEach-Object { "$_" }
            "with it: $LASTEXITCODE"
            function Test-Port([string] $address) {
                try { [Net.Sockets.TcpClient]::new($address, $port).Dispose(); "$address open" } catch { "$address closed" }
            }
            Test-Port 127.0.0.1
            Test-Port 127.0.0.2
            $tunnel | Stop-FargateTunnel
            $session | Stop-FargateSession
            Test-Port 127.0.0.1
            """);

        Assert.Equal("", run.Error);
        Assert.Matches(@"Permission denied \(publickey\).*\nwithout the key: 255\nin\nwith it: 0\n127\.0\.0\.1 open\n127\.0\.0\.2 closed\n127\.0\.0\.1 closed\n$", run.Output);
    }

    [Theory]
    [InlineData("InstanceConnect")]
    [InlineData("SessionManager")]
    public async Task A_server_in_the_middle_is_refused_on_every_route(string route)
    {
        await using var me = await OutsideAsync();
        await using var other = await OtherServer.BeforeTasksOfAsync(me, onEveryRoute: true);

        var run = await me.FailingProcessAsync(
            $"New-FargateSession -AssignPublicIp Disabled -Route {route} | Invoke-FargateCommand 'echo here' -KeepSession");

        var error = Assert.Single(run.Errors);
        var message = error.Is("HostKeyMismatch", ErrorCategory.SecurityError, Assert.Single(me.Fargate.Tasks).StartedBy!);
        Assert.Contains(other.Fingerprint, message, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
        Assert.DoesNotContain("Accepted publickey", other.Log, StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }

    [Theory]
    [InlineData("Auto", "session-manager-policy.json", "instance-connect-policy.json")]
    [InlineData("InstanceConnect", "instance-connect-policy.json")]
    [InlineData("SessionManager", "session-manager-policy.json")]
    public async Task A_session_takes_no_action_that_the_policies_of_its_route_do_not_allow(string route, params string[] policies)
    {
        await using var me = await OutsideAsync();

        var run = await me.RunApartAsync(
            $"New-FargateSession -AssignPublicIp Disabled -Route {route} | Invoke-FargateCommand 'echo in'");

        Assert.Equal(("in\n", ""), (run.Output, run.Error));
        var taken = me.Fargate.Calls.Select(call => $"{call.Service}:{call.Operation}").Distinct().ToList();
        string[] ofRoutes = [.. taken.Where(action => action.StartsWith("ssm", StringComparison.Ordinal)
            || action.Contains("onnect", StringComparison.Ordinal))];
        Assert.Empty(taken.Except(ActionsOf("caller-policy.json")));
        Assert.Empty(ofRoutes.Except(policies.SelectMany(ActionsOf)));
        Assert.NotEmpty(ofRoutes);
        Assert.All(me.Calls("StartSession"), call => Assert.Contains(
            $":document/{call.Parameters["DocumentName"]}", ResourcesOf("session-manager-policy.json", "ssm:StartSession")[^1], StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_route_that_was_asked_for_starts_no_agent_that_others_could_use()
    {
        await using var me = await OutsideAsync();

        foreach (var parameters in (string[])
            [
                "-AssignPublicIp Disabled -Route Private", "-AssignPublicIp Disabled -Route InstanceConnect", "-Route Public",
                "-AssignPublicIp Disabled -FromAddress 203.0.113.7",
            ])
        {
            Assert.Null(me.Run($"New-FargateSession {parameters} | Stop-FargateSession").TerminatingError);
        }

        Assert.Equal(4, me.Calls("RunTask").Count);
        Assert.All(me.Calls("RunTask"), call => Assert.False((bool?)call.Parameters["enableExecuteCommand"] ?? false));
    }

    /// <summary>A tunnel keeps ssh running while it is observed, and its command line names the local port.</summary>
    private static string Script(Operator me, string route) =>
        $$"""
        $session = New-FargateSession -AssignPublicIp Disabled -Route {{route}} -Wait
        $tunnel = Start-FargateTunnel $session -RemoteHost 127.0.0.1 -RemotePort {{me.Fargate.SshPort}} -SkipTargetCheck
        function Read-Process([string] $file) {
            foreach ($id in [IO.Directory]::GetDirectories('/proc') -match '/\d+$') {
                # It may have ended.
                try { [IO.File]::ReadAllText("$id/$file") -replace "`0", ' ' } catch { }
            }
        }
        $lines = Read-Process cmdline
        $ssh = $lines -match "^\S*ssh .*$($session.SessionId)" -match '127\.0\.0\.1'
        """;

    private static IEnumerable<string> ActionsOf(string policy) =>
        Statements(policy).SelectMany(statement => Texts(statement["Action"]!));

    private static IReadOnlyList<string> ResourcesOf(string policy, string action) =>
        [.. Texts(Statements(policy).Single(statement => Texts(statement["Action"]!).Contains(action))["Resource"]!)];

    private static IEnumerable<JsonNode> Statements(string policy) =>
        JsonNode.Parse(File.ReadAllText(ContainerFiles.Path($"iam/{policy}")))!["Statement"]!.AsArray().OfType<JsonNode>();

    private static IEnumerable<string> Texts(JsonNode value) =>
        value is JsonArray list ? list.Select(item => item!.ToString()) : [value.ToString()];

    private static async Task<Operator> OutsideAsync()
    {
        var me = await Operator.StartAsync(new LocalFargateOptions
        {
            Operator = new OperatorPlace(IPAddress.Parse("203.0.113.7")),
            InstanceConnectEndpoints = [new InstanceConnectEndpointOptions()],
        });
        var group = me.Fargate.SecurityGroups[0];
        me.Fargate.AddIngressRule(group, group, me.Fargate.SshPort, "the endpoint");
        return me;
    }
}
