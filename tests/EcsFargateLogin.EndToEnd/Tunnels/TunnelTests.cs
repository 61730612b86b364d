using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate.Faults;
using LocalFargate.Tasks;

namespace EcsFargateLogin.EndToEnd.Tunnels;

/// <summary>Start-, Get- and Stop-FargateTunnel.</summary>
public sealed class TunnelTests
{
    [Fact]
    public async Task A_tunnel_leads_to_what_the_task_reaches_is_listed_and_stops_its_session()
    {
        using Echo echo = new();
        await using var me = await Operator.StartAsync();

        var tunnel = StartTunnel(me, $"-RemoteHost localhost -RemotePort {echo.Port}");

        using var client = await Echo.ReachAsync(LocalPort(tunnel));
        Assert.Equal(("Open", "127.0.0.1", "localhost"), (tunnel.Text("Status"), tunnel.Text("BindAddress"), tunnel.Text("RemoteHost")));
        Assert.Same(tunnel.BaseObject, Assert.Single(me.Run("Get-FargateTunnel -SessionId $args[0]", tunnel.Text("SessionId")).Output).BaseObject);
        var view = string.Concat(me.Run("$args[0] | Out-String -Width 100", tunnel).Output);
        Assert.Matches($@"Open +127\.0\.0\.1:{LocalPort(tunnel)} +localhost:{echo.Port} +fl-", view);

        var run = me.Run("$args[0] | Stop-FargateTunnel -PassThru; $args[0] | Stop-FargateTunnel", tunnel);

        Assert.Empty(run.Errors);
        Assert.Equal("Stopped", Assert.Single(run.Output).Text("Status"));
        Assert.Empty(me.Run("Get-FargateTunnel -SessionId $args[0]", tunnel.Text("SessionId")).Output);
        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(Eventually.DefaultLimit));
        Assert.Contains("its tunnel has ended", Assert.Single(me.Calls("StopTask")).Parameters["reason"]!.ToString(), StringComparison.Ordinal);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_tunnel_that_drops_is_connected_again_at_the_same_port_and_outlives_keys_like_Ctrl_C()
    {
        using Echo echo = new();
        await using var me = await Operator.StartAsync();
        var tunnel = StartTunnel(me, $"-RemoteHost 127.0.0.1 -RemotePort {echo.Port}");
        using var client = await Echo.ReachAsync(LocalPort(tunnel));
        var ssh = Assert.Single(SshProcesses.With($"127.0.0.1:{LocalPort(tunnel)}:"));

        SshProcesses.Signal(ssh, "INT");
        await Echo.AssertEchoesAsync(client);
        SshProcesses.Signal(ssh, "KILL");
        await Eventually.BecomesAsync(() => tunnel.Text("ReconnectCount") == "1", () => tunnel.Text("Status"));

        using var again = await Echo.ReachAsync(LocalPort(tunnel));
        Assert.Equal(("Open", "the connection was closed"), (tunnel.Text("Status"), tunnel.Text("LastError")));

        // A network that is gone takes AWS along.
        var unreachable = me.Fargate.Faults.Add(new ServerError());
        SshProcesses.Signal(Assert.Single(SshProcesses.With($"127.0.0.1:{LocalPort(tunnel)}:")), "KILL");
        await Eventually.BecomesAsync(() => tunnel.Text("ReconnectCount") == "2", () => tunnel.Text("Status"));
        using var last = await Echo.ReachAsync(LocalPort(tunnel));
        Assert.True(unreachable.Uses > 0);
        me.Fargate.Faults.Remove(unreachable);
        me.Run("Stop-FargateTunnel $args[0].Id", tunnel);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_tunnel_ends_with_its_session_and_says_so()
    {
        await using var me = await Operator.StartAsync();
        var tunnel = StartTunnel(me, "-RemoteHost localhost -RemotePort 9 -SkipTargetCheck -KeepSession");

        me.Fargate.InterruptTask(Assert.Single(me.Fargate.Tasks).Arn, "SpotInterruption", "Your Spot Task was interrupted.");

        await Eventually.BecomesAsync(() => tunnel.Text("Status") == "SessionEnded", () => tunnel.Text("Status"));
        await Eventually.BecomesAsync(() => me.SessionFolders().Count == 0, () => "Its key is still there.");
        Assert.Empty(SshProcesses.With($"127.0.0.1:{LocalPort(tunnel)}:"));
        Assert.Empty(me.Run("Stop-FargateTunnel -Id $args[0].Id", tunnel).Errors);
    }

    [Fact]
    public async Task Ctrl_C_while_it_starts_leaves_no_listener_and_no_ssh()
    {
        await using var me = await Operator.StartAsync();
        var reached = Path.Combine(me.StateHome, "reached");
        var run = me.Start(
            "New-FargateSession | Start-FargateTunnel -Socks -Option $args[0]", $"ProxyCommand=touch {reached}; exec sleep 600");
        await Eventually.BecomesAsync(() => File.Exists(reached), () => "ssh was not started.");

        run.Stop();

        Assert.Empty(run.Output);
        Assert.Empty(SshProcesses.With(reached));
        Assert.DoesNotContain(me.Run("Get-FargateTunnel").Output, tunnel => me.Fargate.Tasks.Any(task => task.StartedBy == tunnel.Text("SessionId")));
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_SOCKS_tunnel_leads_wherever_its_client_says_and_KeepSession_keeps_the_session()
    {
        using Echo echo = new();
        await using var me = await Operator.StartAsync();
        var tunnel = StartTunnel(me, "-Socks -KeepSession");
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, LocalPort(tunnel));
        var stream = client.GetStream();

        await stream.WriteAsync(new byte[] { 5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, (byte)(echo.Port >> 8), (byte)echo.Port });
        await stream.ReadExactlyAsync(new byte[2 + 10]).AsTask().WaitAsync(Eventually.DefaultLimit);

        Assert.Equal("hello", await Echo.ReadAsync(client));
        me.Run("$args[0] | Stop-FargateTunnel", tunnel);
        Assert.Empty(me.Calls("StopTask"));
        var session = Assert.Single(me.Run("Get-FargateSession -Mine $args[0]", tunnel.Text("SessionId")).Output);
        me.Run("$args[0] | Stop-FargateSession", session);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_host_that_the_task_cannot_resolve_is_warned_of_and_stands_in_the_status()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run("New-FargateSession | Start-FargateTunnel -RemoteHost no-such-host.invalid -RemotePort 5432 -WarningVariable said 3>$null; $said");

        var tunnel = run.Output[0];
        Assert.Matches("cannot reach no-such-host.invalid:5432: (Name or service not known|Temporary failure in name resolution)", run.Output[1].ToString());
        Assert.Contains("open failed", tunnel.Text("LastError"), StringComparison.Ordinal);
        Assert.Equal("Open", tunnel.Text("Status"));
        me.Run("$args[0] | Stop-FargateTunnel", tunnel);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_login_that_fails_is_an_error_and_the_session_is_stopped()
    {
        await using var me = await Operator.StartAsync();

        var error = me.ErrorOf("New-FargateSession | Start-FargateTunnel -Socks -Option 'ProxyCommand=false'");

        Assert.StartsWith("SshFailed,", error.Id, StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }

    [Theory]
    [InlineData("Remove-Module EcsFargateLogin")]
    [InlineData("exit")]
    public async Task A_tunnel_and_its_session_end_with_the_module_and_with_PowerShell(string end)
    {
        await using var me = await Operator.StartAsync();

        var run = await me.RunProcessAsync($"(New-FargateSession | Start-FargateTunnel -Socks).Status; {end}");

        Assert.Equal("Open\n", run.Output);
        await me.LeftNothingAsync();
        Assert.Empty(SshProcesses.With(me.StateHome));
    }

    [Fact]
    public async Task When_PowerShell_is_killed_ssh_ends_although_a_client_is_connected()
    {
        using Echo echo = new();
        await using var me = await Operator.StartAsync();
        await using var shell = TerminalRun.WithPipes(me.Process(
            $$"""
            $tunnel = New-FargateSession -ReconnectWindow 5 | Start-FargateTunnel -RemoteHost 127.0.0.1 -RemotePort {{echo.Port}}
            "port=$($tunnel.LocalPort)."
            Start-Sleep 600
            """));
        await shell.ShowsAsync(".");
        using var client = await Echo.ReachAsync(int.Parse(shell.Screen.Split('=', '.')[1], System.Globalization.CultureInfo.InvariantCulture));

        await shell.KillAsync();

        await Eventually.BecomesAsync(() => SshProcesses.With(me.StateHome).Count == 0, () => "ssh still runs.");
        await Eventually.BecomesAsync(
            () => me.Fargate.Tasks.All(task => task.Phase == TaskPhase.Stopped), () => string.Join(", ", me.Fargate.Tasks));
    }

    private static PSObject StartTunnel(Operator me, string parameters)
    {
        var run = me.Run($"New-FargateSession | Start-FargateTunnel {parameters}");
        Assert.Empty(run.Errors);
        return Assert.Single(run.Output);
    }

    private static int LocalPort(PSObject tunnel) => (int)tunnel.Properties["LocalPort"].Value;
}
