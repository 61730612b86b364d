using LocalFargate;
using LocalFargate.Faults;
using LocalFargate.Tasks;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>Ctrl+C as the terminal sends it, to a process with everything that a person's has.</summary>
public sealed class InterruptTests
{
    private const string LogIn = "New-FargateSession | Enter-FargateShell; 'went on'";

    private static readonly LocalFargateOptions NeverRunning =
        new() { Timeline = new Timeline { Provisioning = TimeSpan.FromMinutes(5) } };

    [Fact]
    public async Task Ctrl_C_while_the_task_starts_stops_it_before_anything_else()
    {
        await using var me = await Operator.StartAsync(NeverRunning);
        await using var terminal = TerminalRun.UnderTerminal(me.Process(LogIn));
        await terminal.ShowsAsync("since RunTask");

        await AssertStopsAsync(me, terminal, () => terminal.TypeAsync("\u0003"));
    }

    [Fact]
    public async Task Ctrl_C_while_the_server_is_silent_stops_the_task()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new SshSilent());
        await using var terminal = TerminalRun.UnderTerminal(me.Process(LogIn));
        await terminal.ShowsAsync("waiting for the SSH server");

        await AssertStopsAsync(me, terminal, () => terminal.TypeAsync("\u0003"));
    }

    [Fact]
    public async Task Ctrl_C_while_ssh_connects_stops_the_task()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new SshLate { Delay = TimeSpan.FromSeconds(3) });
        await using var terminal = TerminalRun.UnderTerminal(
            me.Process("New-FargateSession | Enter-FargateShell -Verbose; 'went on'"));
        await terminal.ShowsAsync(" -F none -E ");

        await AssertStopsAsync(me, terminal, () => terminal.TypeAsync("\u0003"));
    }

    [Fact]
    public async Task Pressed_again_and_again_it_still_stops_the_task()
    {
        await using var me = await Operator.StartAsync(NeverRunning);
        await using var terminal = TerminalRun.UnderTerminal(me.Process(LogIn));
        await terminal.ShowsAsync("since RunTask");

        await AssertStopsAsync(me, terminal, async () =>
        {
            for (var i = 0; i < 5; i++)
            {
                await terminal.TypeAsync("\u0003");
            }
        });
    }

    /// <summary>
    /// PowerShell draws progress only where the terminal says that the cursor is, and Ctrl+C drops what was not read.
    /// </summary>
    [Fact]
    public async Task Ctrl_C_that_drops_what_the_terminal_has_just_answered_stops_the_task()
    {
        await using var me = await Operator.StartAsync(NeverRunning);
        await using var terminal = TerminalRun.UnderTerminal(me.Process(LogIn));
        await terminal.ShowsAsync("since RunTask");

        terminal.TypeAfterNextAnswer("\u0003");

        await terminal.EndAsync();
        Assert.Single(me.Calls("StopTask"));
        Assert.DoesNotContain("went on", terminal.Screen, StringComparison.Ordinal);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task SIGINT_in_a_job_without_terminal_stops_the_task()
    {
        await using var me = await Operator.StartAsync(NeverRunning);
        await using var job = TerminalRun.WithPipes(me.Process(LogIn));
        await me.ReceivesAsync("DescribeTasks");

        await AssertStopsAsync(me, job, () =>
        {
            job.Interrupt();
            return Task.CompletedTask;
        });
        Assert.Equal(("", ""), (job.Screen, job.Errors));
    }

    private static async Task AssertStopsAsync(Operator me, TerminalRun run, Func<Task> interrupt)
    {
        var before = me.Fargate.Calls.Count;
        await interrupt();

        await run.EndAsync();
        // One poll of the task may have been on its way when the key was pressed.
        Assert.Contains("StopTask", me.Fargate.Calls.Skip(before).Take(2).Select(call => call.Operation));
        Assert.Single(me.Calls("StopTask"));
        Assert.DoesNotContain("went on", run.Screen, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?i)error|exception|failed", run.Screen);
        await me.LeftNothingAsync();
    }
}
