using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>A closed terminal (SIGHUP) and SIGTERM, which PowerShell itself does not survive.</summary>
public sealed class EndSignalTests
{
    [Theory]
    [InlineData("HUP", 129, "New-FargateSession -Wait | Enter-FargateShell")]
    [InlineData("TERM", 143, "New-FargateSession -Wait | Enter-FargateShell")]
    [InlineData("TERM", 143, "New-FargateSession -Count 2 | Enter-FargateShell")]
    public async Task The_process_ends_by_the_signal_once_its_tasks_have_been_stopped(
        string signal, int exitCode, string script)
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new SshSilent());
        await using var process = TerminalRun.WithPipes(me.Process($"{script}; Start-Sleep 60; 'went on'"));
        await me.ReceivesAsync("DescribeNetworkInterfaces");

        await process.SignalAsync(signal);

        Assert.Equal((exitCode, ""), (await process.EndAsync(), process.Screen));
        await me.LeftNothingAsync();
    }

    /// <summary>The process has yet to close the tunnel, and its session with it, when the command has ended.</summary>
    [Theory]
    [InlineData("HUP", 129)]
    [InlineData("TERM", 143)]
    public async Task A_script_does_not_go_on_after_a_command_that_a_signal_has_cut_off(string signal, int exitCode)
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new DelayedReply { Operation = "StopTask", Delay = TimeSpan.FromSeconds(3) });
        await using var process = TerminalRun.WithPipes(me.Process(
            """
            $tunnel = New-FargateSession | Start-FargateTunnel -Socks
            try { Invoke-FargateCommand -Session $tunnel.Session 'echo up-$((6*7)); sleep 100' } catch { 'caught' } finally { 'finally' }
            'went on'
            """));
        await process.ShowsAsync("up-42");

        await process.SignalAsync(signal);

        Assert.Equal((exitCode, "up-42\nfinally\n"), (await process.EndAsync(), process.Screen));
        await me.LeftNothingAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Closing_the_terminal_stops_the_task_whether_or_not_the_shell_is_open(bool isOpen)
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Replace(isOpen ? [] : [new SshSilent()]);
        await using var terminal = TerminalRun.UnderTerminal(me.Process("New-FargateSession | Enter-FargateShell"));
        if (!isOpen)
        {
            await terminal.ShowsAsync("waiting for the SSH server");
        }
        else
        {
            await terminal.ShowsPromptAsync();
            await terminal.TypeAsync("PS1=; echo up-$((6*7))\n");
            await terminal.ShowsAsync("up-42");
        }

        // The program that has made the terminal: the terminal goes with it.
        await terminal.KillAsync();

        await Eventually.BecomesAsync(
            () => me.SessionFiles().Count == 0, () => $"Left: {string.Join(", ", me.SessionFiles())}");
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Where_nobody_can_be_told_of_a_failed_stop_the_other_tasks_are_stopped_all_the_same()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Replace(
        [
            new SshSilent(),
            new AccessDenied { Operation = "StopTask", Times = 1 },
            new DelayedReply { Operation = "StopTask", Delay = TimeSpan.FromSeconds(1) },
        ]);
        await using var terminal = TerminalRun.UnderTerminal(
            me.Process("New-FargateSession -Count 3 | Wait-FargateSession"));
        await terminal.ShowsAsync("3 RUNNING");

        await terminal.KillAsync();

        await Eventually.BecomesAsync(
            () => me.SessionFiles().Count(Directory.Exists) == 1, () => $"Left: {string.Join(", ", me.SessionFiles())}");
        Assert.Equal(2, me.Fargate.Tasks.Count(task => task.StopCode == "UserInitiated"));
    }

    [Fact]
    public async Task After_its_cmdlets_have_ended_the_process_ends_at_once()
    {
        await using var me = await Operator.StartAsync();
        await using var process = TerminalRun.WithPipes(
            me.Process("$session = New-FargateSession; 'started'; Start-Sleep 60"));
        await process.ShowsAsync("started");

        await process.SignalAsync("TERM");

        Assert.Equal(143, await process.EndAsync());
        Assert.Empty(me.Calls("StopTask"));
    }
}
