using System.Text.RegularExpressions;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>What is seen of the way of sessions: on a narrow terminal, and where there is no terminal at all.</summary>
public sealed class ProgressTests
{
    private const string StartAndStop = "New-FargateSession -Wait | Stop-FargateSession -Wait";

    [Fact]
    public async Task On_40_columns_it_says_session_phase_and_seconds_and_nothing_is_cut_off()
    {
        await using var me = await Operator.StartAsync();
        await using var terminal = TerminalRun.UnderTerminal(me.Process($"stty cols 40; {StartAndStop}; 'up-' + 'done'"));

        Assert.Equal(0, await terminal.EndAsync());

        var id = Assert.Single(me.Fargate.Tasks).StartedBy;
        var shown = terminal.Screen.Split('\r', '\n').Where(text => text.Contains("fl-", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(shown);
        Assert.All(shown, text => Assert.Matches($@"^{id}: [A-Z]+, \d+ (s|min) *$", text));
        Assert.Contains("up-done", terminal.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_terminal_there_are_plain_verbose_lines_and_no_control_characters()
    {
        await using var me = await Operator.StartAsync();

        var run = await me.RunProcessAsync(
            $"$VerbosePreference = 'Continue'; {StartAndStop}; New-FargateSession; Get-FargateSession -Mine | Stop-FargateSession");

        Assert.Equal(0, run.ExitCode);
        var id = me.Fargate.Tasks[0].StartedBy;
        Assert.Matches(new Regex($@"(?m)^VERBOSE: {id}: RUNNING, waiting for .* after \d+\.\d s$"), run.Output);
        Assert.Matches(new Regex($@"(?m)^VERBOSE: {id}: STOPPED after \d+\.\d s$"), run.Output);
        Assert.Matches(@"fl-\w{10} PROVISIONING +(now|\d+ (s|min) ago)", run.Output);
        Assert.DoesNotMatch(@"[\x00-\x09\x0B-\x1F\x7F]", run.Output + run.Error);
    }

    [Fact]
    public async Task Of_many_sessions_it_counts_those_that_are_done()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            "$sessions = New-FargateSession -Count 3; $sessions | Wait-FargateSession; $sessions | Stop-FargateSession");

        Assert.Empty(run.Errors);
        var shown = run.Progress.Where(record => record.Activity == "3 Fargate sessions").ToList();
        Assert.NotEmpty(shown);
        Assert.All(shown, record => Assert.Matches(
            @"^[0-2] of 3 done, ([1-3] [A-Z]+, )+\d+ (s|min) since RunTask$", record.StatusDescription));
        Assert.All(shown, record => Assert.True(record.PercentComplete is 0 or 33 or 66));
        Assert.Equal("Completed", run.Progress[^1].RecordType.ToString());
    }
}
