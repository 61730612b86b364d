using System.Net;
using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Trust;
using LocalFargate;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.Routes;

/// <summary>
/// The routes through AWS, from a place that reaches no private address: what ssh does works through them as it does at an address.
/// </summary>
public sealed class AwsRouteTests
{
    private const string NewPrivate = "New-FargateSession -AssignPublicIp Disabled";

    [Fact]
    public async Task Without_a_public_address_and_a_rule_Auto_takes_Session_Manager()
    {
        await using var me = await OutsideAsync(hasRule: false);

        var run = await me.RunApartAsync(
            $"{NewPrivate} -OutVariable session | Enter-FargateShell -Verbose; \"code $LASTEXITCODE by $($session.Route)\"",
            "echo me-$(id -un); exit 7\n");

        Assert.Equal("", run.Error);
        Assert.Contains("\nme-root\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("code 7 by SessionManager", run.Output, StringComparison.Ordinal);
        Assert.Matches("VERBOSE: fl-[a-z0-9]+: its server answers by Session Manager", run.Output);
        var session = Assert.Single(me.Fargate.Sessions);
        Assert.Equal($"EcsFargateLogin session {Assert.Single(me.Fargate.Tasks).StartedBy}", session.Reason);
        Assert.True((bool?)Assert.Single(me.Calls("RunTask")).Parameters["enableExecuteCommand"]);
        await me.LeftNothingAsync();
        await EndsAsync(me);
    }

    [Fact]
    public async Task A_session_of_Session_Manager_ends_with_the_module_of_the_last_runspace()
    {
        await using var me = await OutsideAsync();

        var run = await me.RunProcessAsync(
            $$"""
            $session = {{NewPrivate}} -Route SessionManager -Wait
            function Get-Status { "$((Invoke-RestMethod '{{me.Fargate.EndpointUrl}}/_local/sessions').status)" }
            $module = Get-Module EcsFargateLogin
            $other = [PowerShell]::Create()
            $null = $other.AddScript("Import-Module '$($module.Path)'").Invoke()
            Remove-Module EcsFargateLogin
            Get-Status
            $null = $other.AddStatement().AddScript('Remove-Module EcsFargateLogin').Invoke()
            Get-Status
            Import-Module $module.Path
            Invoke-FargateCommand -Session $session 'echo again'
            $session | Stop-FargateSession
            """);

        Assert.Equal(("", "open\nended\nagain\n"), (run.Error, run.Output));
        await me.LeftNothingAsync();
        await EndsAsync(me);
    }

    [Theory]
    [InlineData("InstanceConnect")]
    [InlineData("SessionManager")]
    public async Task A_port_closes_when_another_PowerShell_has_stopped_its_session(string route)
    {
        await using var me = await OutsideAsync();
        var ready = Path.Combine(me.StateHome, "ready");

        var holding = me.RunProcessAsync(
            $$"""
            function Get-OwnPort {
                $own = (Get-ChildItem /proc/self/fd).LinkTarget -match '^socket:' -replace '\D'
                Get-Content /proc/net/tcp | ForEach-Object { , -split $_ } | Where-Object { $_[3] -eq '0A' -and $_[9] -in $own }
            }
            $session = {{NewPrivate}} -Route {{route}} -Wait
            "$(@(Get-OwnPort).Count)"
            Set-Content '{{ready}}' there
            for ($i = 0; (Get-OwnPort) -and $i -lt 300; $i++) { Start-Sleep -Milliseconds 100 }
            "$(@(Get-OwnPort).Count)"
            """);
        await Eventually.BecomesAsync(() => File.Exists(ready) || holding.IsCompleted, () => "The session did not begin.");
        var stopping = await me.RunApartAsync("Get-FargateSession -Mine | Stop-FargateSession");

        Assert.Equal(("", "1\n0\n", ""), ((await holding).Error, (await holding).Output, stopping.Error));
        await me.LeftNothingAsync();
    }

    [Theory]
    [InlineData("InstanceConnect")]
    [InlineData("SessionManager")]
    public async Task Commands_copies_and_tunnels_share_the_route(string route)
    {
        await using var me = await OutsideAsync();
        var file = Path.Combine(me.StateHome, "sent");
        var content = Random.Shared.GetItems("abcdefgh\n"u8.ToArray(), 100_000);
        await File.WriteAllBytesAsync(file, content);

        var run = await me.RunApartAsync(
            $$"""
            $session = {{NewPrivate}} -Route {{route}}
            Invoke-FargateCommand -Session $session 'echo one; exit 3'
            "code $LASTEXITCODE"
            Copy-FargateItem '{{file}}' /tmp/there -Session $session
            Copy-FargateItem /tmp/there '{{file}}.back' -Session $session -FromSession
            $tunnel = Start-FargateTunnel $session -RemoteHost 127.0.0.1 -RemotePort {{me.Fargate.SshPort}} -SkipTargetCheck
            "tunnel $($tunnel.Status) $($session.Route)"
            $tunnel | Stop-FargateTunnel
            Stop-FargateSession $session
            """);

        Assert.Equal("", run.Error);
        Assert.Equal($"one\ncode 3\ntunnel Open {route}\n", run.Output);
        Assert.Equal(content, await File.ReadAllBytesAsync($"{file}.back"));
        Assert.Equal(route == "SessionManager" ? 1 : 0, me.Fargate.Sessions.Count);
        await me.LeftNothingAsync();
        await EndsAsync(me);
    }

    [Fact]
    public async Task Eight_commands_at_once_need_one_session_of_Session_Manager()
    {
        await using var me = await OutsideAsync();

        var run = await me.RunApartAsync(
            $$"""
            $session = {{NewPrivate}} -Route SessionManager -Wait
            1..8 | ForEach-Object { Invoke-FargateCommand -Session $session "echo $_" -AsJob } | Wait-Job | Receive-Job | Sort-Object
            Stop-FargateSession $session
            """);

        Assert.Equal("", run.Error);
        Assert.Equal(string.Concat(Enumerable.Range(1, 8).Select(number => $"{number}\n")), run.Output);
        Assert.Single(me.Fargate.Sessions);
        await me.LeftNothingAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_channel_that_is_cut_or_closed_is_resumed_without_a_word(bool saysBye)
    {
        await using var me = await OutsideAsync();
        var resumed = Path.Combine(me.StateHome, "resumed");
        var running = me.RunApartAsync(
            $$"""
            $session = {{NewPrivate}} -Route SessionManager -Wait
            $job = Invoke-FargateCommand -Session $session 'until test -e /tmp/go-on; do sleep 0.1; done; seq 2000; exit 9' -AsJob
            while (-not (Test-Path '{{resumed}}')) { Start-Sleep -Milliseconds 50 }
            Invoke-FargateCommand -Session $session 'touch /tmp/go-on'
            $job | Wait-Job | Receive-Job
            Stop-FargateSession $session
            """);
        await Eventually.BecomesAsync(() => me.Fargate.Sessions is [{ IsConnected: true }], () => "no session");
        me.Fargate.CutSessions(saysBye);
        await Eventually.BecomesAsync(() => me.Fargate.Sessions[0].Connections > 1, () => "it was not resumed");
        await File.WriteAllTextAsync(resumed, "");

        var run = await running;

        Assert.Equal("", run.Error);
        Assert.Equal(string.Concat(Enumerable.Range(1, 2000).Select(number => $"{number}\n")), run.Output);
        Assert.Single(me.Fargate.Sessions);
    }

    [Fact]
    public async Task Another_server_at_the_private_address_is_passed_over()
    {
        await using var me = await Operator.StartAsync(new LocalFargateOptions
        {
            Operator = new OperatorPlace(IPAddress.Parse("203.0.113.7")) { PrivateAddress = IPAddress.Parse("10.8.0.2") },
        });
        me.Fargate.AddIngressRule(me.Fargate.SecurityGroups[0], "10.8.0.0/16", me.Fargate.SshPort, "the office");
        await using var other = await OtherServer.BeforeTasksOfAsync(me);

        var run = await me.RunApartAsync(
            $"{NewPrivate} -OutVariable session | Invoke-FargateCommand 'echo here'; \"by $($session.Route)\"");

        Assert.Equal(("here\nby SessionManager\n", ""), (run.Output, run.Error));
        Assert.DoesNotContain("Accepted publickey", other.Log, StringComparison.Ordinal);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task What_has_ended_the_channel_is_the_error_of_what_used_it()
    {
        await using var me = await OutsideAsync();
        var begun = Path.Combine(me.StateHome, "begun");
        var running = me.RunApartAsync(
            $$"""
            $session = {{NewPrivate}} -Route SessionManager -Wait
            Invoke-FargateCommand 'echo begun; sleep 60' -Session $session -ErrorVariable failed -ErrorAction SilentlyContinue |
                ForEach-Object { New-Item '{{begun}}' | Out-Null }
            "$($failed[0].FullyQualifiedErrorId): $($failed[0].Exception.Message)"
            Stop-FargateSession $session
            """);
        await Eventually.BecomesAsync(() => File.Exists(begun), () => "the command did not begin");
        me.Fargate.Faults.Add(new ExpiredCredentials { Operation = "ResumeSession" });
        me.Fargate.CutSessions();

        var run = await running;

        Assert.Equal("", run.Error);
        Assert.StartsWith("SshFailed,EcsFargateLogin.Cmdlets.InvokeFargateCommandCommand: ", run.Output, StringComparison.Ordinal);
        Assert.Contains("The AWS credentials have expired.", run.Output, StringComparison.Ordinal);
        Assert.Contains("aws sso login", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_session_of_a_PowerShell_that_was_killed_is_ended_by_the_next()
    {
        await using var me = await OutsideAsync();
        var kill = await me.RunProcessAsync(
            $"{NewPrivate} -Route SessionManager -Wait | ForEach-Object SessionId; [Console]::Out.Flush(); kill -9 $PID");
        var abandoned = Assert.Single(me.Fargate.Sessions);
        Assert.Equal(SessionStatus.Open, abandoned.Status);

        var run = await me.RunApartAsync($"Invoke-FargateCommand -Session {kill.Output.Trim()} 'echo on'; Stop-FargateSession {kill.Output.Trim()}");

        Assert.Equal("", run.Error);
        Assert.Equal("on\n", run.Output);
        Assert.Equal(2, me.Fargate.Sessions.Count);
        Assert.Contains(
            me.Calls("TerminateSession"), call => (string?)call.Parameters["SessionId"] == abandoned.Id);
        await EndsAsync(me);
    }

    [Theory]
    [InlineData("-AssignPublicIp Disabled", true)]
    [InlineData("-AssignPublicIp Disabled -Route Private", false)]
    [InlineData("-AssignPublicIp Disabled -JumpHost bastion", false)]
    [InlineData("-AssignPublicIp Disabled -FromAddress 198.51.100.7", false)]
    [InlineData("", false)]
    [InlineData("-Route SessionManager", true)]
    public async Task A_task_is_started_with_the_agent_where_Session_Manager_may_be_its_route(string parameters, bool hasAgent)
    {
        await using var me = await OutsideAsync();

        Assert.Null(me.Run($"New-FargateSession {parameters} | Stop-FargateSession").TerminatingError);

        Assert.Equal(hasAgent, (bool?)Assert.Single(me.Calls("RunTask")).Parameters["enableExecuteCommand"] ?? false);
    }

    /// <summary>An operator at a public address, without a way to private ones, and with an Instance Connect Endpoint.</summary>
    private static async Task<Operator> OutsideAsync(bool hasRule = true)
    {
        var me = await Operator.StartAsync(new LocalFargateOptions
        {
            Operator = new OperatorPlace(IPAddress.Parse("203.0.113.7")),
            InstanceConnectEndpoints = [new InstanceConnectEndpointOptions()],
        });
        // The endpoint and the task are members of that group.
        var group = me.Fargate.SecurityGroups[0];
        if (hasRule)
        {
            me.Fargate.AddIngressRule(group, group, me.Fargate.SshPort, "the endpoint");
        }

        return me;
    }

    private static Task EndsAsync(Operator me) => Eventually.BecomesAsync(
        () => me.Fargate.Sessions.All(session => session.Status == SessionStatus.Ended),
        () => string.Join(", ", me.Fargate.Sessions));
}
