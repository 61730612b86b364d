using System.Net;
using System.Net.Sockets;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.Open;

/// <summary>Enter-FargateShell in a terminal when the connection is lost and its task lives on.</summary>
public sealed class ReconnectTests
{
    private const string Lost = "EcsFargateLogin: the connection was lost; reconnecting for 120 seconds (Ctrl+C ends it)";

    /// <summary>The process of sshd that serves the terminal, from inside of tmux as well.</summary>
    private const string LoseConnection = "kill -9 $(pgrep -o -f 'sshd.*: root@pts')\n";

    [Fact]
    public async Task It_logs_in_again_by_itself_and_ends_as_ever()
    {
        await using var me = await Operator.StartAsync();
        await using var terminal = TerminalRun.UnderTerminal(
            me.Process("New-FargateSession | Enter-FargateShell; \"code $LASTEXITCODE\""));

        for (var login = 1; login <= 2; login++)
        {
            await terminal.ShowsPromptAsync();
            await terminal.TypeAsync($"echo login-{login}-$((6*7))\n");
            await terminal.ShowsAsync($"login-{login}-42");
            await terminal.TypeAsync("kill -9 $PPID\n");
            await Eventually.BecomesAsync(
                () => terminal.Screen.Split("logging in again").Length > login, () => terminal.Screen);
        }

        await terminal.ShowsPromptAsync();
        await terminal.TypeAsync("exit 5\n");

        Assert.Equal(0, await terminal.EndAsync());
        Assert.Contains(Lost, terminal.Screen, StringComparison.Ordinal);
        Assert.Contains("code 5", terminal.Screen, StringComparison.Ordinal);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_network_that_is_gone_for_AWS_as_well_ends_nothing()
    {
        using TcpListener switchboard = new(IPAddress.Loopback, 0);
        switchboard.Start();
        await using var me = await Operator.StartAsync();
        await using var terminal = TerminalRun.UnderTerminal(
            me.Process("New-FargateSession | Enter-FargateShell; \"code $LASTEXITCODE\""));
        await terminal.ShowsPromptAsync();
        // Stops the server until it is told to go on.
        await terminal.TypeAsync(
            "listener=$(pgrep -o -f 'sshd.*listener'); setsid bash -c "
            + $"\"read x </dev/tcp/127.0.0.1/{((IPEndPoint)switchboard.LocalEndpoint).Port}; kill -CONT $listener\" & echo up-$((6*7))\n");
        await terminal.ShowsAsync("up-42");
        using var network = await switchboard.AcceptTcpClientAsync();
        var unreachable = me.Fargate.Faults.Add(new ServerError());
        await terminal.TypeAsync("kill -STOP $listener; kill -9 $PPID\n");
        await terminal.ShowsAsync("still reconnecting, but AWS cannot be asked about the task");

        me.Fargate.Faults.Remove(unreachable);
        await network.GetStream().WriteAsync("on\n"u8.ToArray());
        await terminal.ShowsAsync("logging in again");
        await terminal.ShowsPromptAsync();
        await terminal.TypeAsync("exit 5\n");

        Assert.Equal(0, await terminal.EndAsync());
        Assert.Contains("code 5", terminal.Screen, StringComparison.Ordinal);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_task_that_is_stopped_under_the_shell_is_said_before_anybody_hears_of_reconnecting()
    {
        await using var me = await Operator.StartAsync();
        await using var terminal = TerminalRun.UnderTerminal(
            me.Process("New-FargateSession | Enter-FargateShell; \"code $LASTEXITCODE\""));
        await terminal.ShowsPromptAsync();
        await terminal.TypeAsync("echo up-$((6*7))\n");
        await terminal.ShowsAsync("up-42");

        me.Fargate.InterruptTask(Assert.Single(me.Fargate.Tasks).Arn, "SpotInterruption", "Your Spot Task was interrupted.");

        await terminal.EndAsync();
        Assert.Contains("SpotInterruption", terminal.Screen, StringComparison.Ordinal);
        Assert.Contains("code 255", terminal.Screen, StringComparison.Ordinal);
        Assert.DoesNotContain("reconnecting", terminal.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resumable_shell_is_the_same_one_afterwards()
    {
        await using var me = await Operator.StartAsync();
        var start = me.Process("New-FargateSession | Enter-FargateShell -Resumable; \"code $LASTEXITCODE\"");
        start.Environment["TERM"] = "xterm";
        await using var terminal = TerminalRun.UnderTerminal(start);
        await terminal.ShowsPromptAsync();
        await terminal.TypeAsync("remembered=$((6*7)); echo first-$remembered\n");
        await terminal.ShowsAsync("first-42");

        await terminal.TypeAsync(LoseConnection);
        await terminal.ShowsAsync("logging in again");
        // What is typed before tmux is there again and has drawn what was on the screen is lost on the way.
        await Eventually.BecomesAsync(
            () => terminal.Screen.Split("logging in again")[^1].Contains("first-42", StringComparison.Ordinal), () => terminal.Screen);
        await terminal.TypeAsync("echo again-$remembered\n");
        await terminal.ShowsAsync("again-42");
        await terminal.TypeAsync("exit\n");

        Assert.Equal(0, await terminal.EndAsync());
        Assert.Contains("code 0", terminal.Screen, StringComparison.Ordinal);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Ctrl_C_ends_the_wait_for_a_server_that_does_not_answer_and_stops_the_task()
    {
        await using var me = await Operator.StartAsync();
        await using var terminal = TerminalRun.UnderTerminal(me.Process("New-FargateSession | Enter-FargateShell; 'went on'"));
        await terminal.ShowsPromptAsync();
        await terminal.TypeAsync("echo up-$((6*7))\n");
        await terminal.ShowsAsync("up-42");

        // The server hangs, and the process that serves this connection is gone.
        await terminal.TypeAsync("kill -STOP $(pgrep -o -f 'sshd.*listener'); kill -9 $PPID\n");
        await terminal.ShowsAsync(Lost);
        await terminal.TypeAsync("\u0003");

        await terminal.EndAsync();
        Assert.DoesNotContain("went on", terminal.Screen, StringComparison.Ordinal);
        Assert.DoesNotContain("logging in again", terminal.Screen, StringComparison.Ordinal);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Who_leaves_by_the_escape_character_is_not_logged_in_again()
    {
        await using var me = await Operator.StartAsync();
        await using var terminal = TerminalRun.UnderTerminal(me.Process(
            "New-FargateSession | Enter-FargateShell -ErrorAction SilentlyContinue; \"code $LASTEXITCODE\""));
        await terminal.ShowsPromptAsync();
        await terminal.TypeAsync("echo up-$((6*7))\n");
        await terminal.ShowsAsync("up-42");

        await terminal.TypeAsync("\r~.");

        Assert.Equal(0, await terminal.EndAsync());
        Assert.Contains("code 255", terminal.Screen, StringComparison.Ordinal);
        Assert.DoesNotContain("reconnecting", terminal.Screen, StringComparison.Ordinal);
        await me.LeftNothingAsync();
    }
}
