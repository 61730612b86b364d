using System.Diagnostics;
using System.Text.RegularExpressions;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>Ctrl+C once more, while the clean-up waits for an answer that does not come.</summary>
public sealed partial class SecondInterruptTests
{
    private const string CtrlC = "\u0003";

    [Theory]
    [InlineData("New-FargateSession -Wait")]
    [InlineData("New-FargateSession | Enter-FargateShell")]
    public async Task It_ends_the_wait_and_prints_the_command_that_stops_the_task(string script)
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Replace([new SshSilent(), Unanswered("StopTask")]);
        await using var terminal = TerminalRun.UnderTerminal(Process(me, $"{script}; 'went on'"));
        await terminal.ShowsAsync("waiting for the SSH server");
        await terminal.TypeAsync(CtrlC);
        await me.ReceivesAsync("StopTask");

        await terminal.TypeAsync(CtrlC);

        await terminal.EndAsync();
        Assert.DoesNotContain("went on", terminal.Screen, StringComparison.Ordinal);
        var task = Assert.Single(me.Fargate.Tasks);
        Assert.Contains($"The task of session {task.StartedBy} may still run", terminal.Screen, StringComparison.Ordinal);
        Assert.Contains(
            $"or: aws ecs stop-task --cluster {me.Fargate.Cluster} --task {task.Arn}", terminal.Screen, StringComparison.Ordinal);
        await AssertIsStoppedByWhatWasPrintedAsync(me, terminal.Screen);
    }

    [Fact]
    public async Task It_ends_Stop_FargateSession_too()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Replace([Unanswered("StopTask")]);
        await using var terminal = TerminalRun.UnderTerminal(Process(me, "New-FargateSession | Stop-FargateSession"));
        await me.ReceivesAsync("StopTask");
        await terminal.TypeAsync(CtrlC);
        await Task.Delay(TimeSpan.FromMilliseconds(500));

        await terminal.TypeAsync(CtrlC);

        await terminal.EndAsync();
        await AssertIsStoppedByWhatWasPrintedAsync(me, terminal.Screen);
    }

    [Fact]
    public async Task It_ends_the_wait_for_an_answer_to_RunTask_and_prints_the_command_that_finds_the_task()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Replace([Unanswered("RunTask"), Unanswered("ListTasks")]);
        await using var terminal = TerminalRun.UnderTerminal(Process(me, "New-FargateSession"));
        await me.ReceivesAsync("RunTask");
        await terminal.TypeAsync(CtrlC);
        await Task.Delay(TimeSpan.FromMilliseconds(500));

        await terminal.TypeAsync(CtrlC);

        await terminal.EndAsync();
        var task = Assert.Single(me.Fargate.Tasks);
        Assert.Contains(
            $"aws ecs list-tasks --cluster {me.Fargate.Cluster} --started-by {task.StartedBy}",
            terminal.Screen,
            StringComparison.Ordinal);
        await AssertIsStoppedByWhatWasPrintedAsync(me, terminal.Screen);
    }

    [Fact]
    public async Task SIGTERM_after_SIGINT_counts_as_one()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Replace([new SshSilent(), Unanswered("StopTask")]);
        await using var job = TerminalRun.WithPipes(Process(me, "New-FargateSession | Enter-FargateShell"));
        await me.ReceivesAsync("DescribeNetworkInterfaces");
        job.Interrupt();
        await me.ReceivesAsync("StopTask");

        await job.SignalAsync("TERM");

        await job.EndAsync();
        await AssertIsStoppedByWhatWasPrintedAsync(me, job.Errors);
    }

    /// <summary>Longer than any test waits: what ends before does not end by itself.</summary>
    private static DelayedReply Unanswered(string operation) => new() { Operation = operation, Delay = TimeSpan.FromMinutes(5) };

    /// <summary>A process with the journal of this one, in which what it prints is run.</summary>
    private static ProcessStartInfo Process(Operator me, string script)
    {
        var start = me.Process(script);
        start.Environment["XDG_STATE_HOME"] = OperatorHome.StateHome;
        return start;
    }

    private static async Task AssertIsStoppedByWhatWasPrintedAsync(Operator me, string screen)
    {
        Assert.NotEmpty(me.SessionFolders());
        var command = StopCommand().Match(screen);
        Assert.True(command.Success, screen);
        me.Fargate.Faults.Clear();

        Assert.Empty(me.ErrorsOf(command.Value));

        Assert.Empty(me.SessionFolders());
        await me.LeftNothingAsync();
    }

    [GeneratedRegex(@"Stop-FargateSession -(TaskArn|SessionId) .+?(?= or: | stops it)")]
    private static partial Regex StopCommand();
}
