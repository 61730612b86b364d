using System.Text.RegularExpressions;
using LocalFargate.Tasks;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>The progress of sessions on a narrow terminal, and without a terminal.</summary>
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
        var shown = Regex.Matches(Regex.Replace(terminal.Screen, @"\e\[[0-9;?]*[A-Za-z]", ""), @"fl-[^\]]*\]")
            .Select(match => match.Value).ToList();
        Assert.NotEmpty(shown);
        Assert.All(shown, text => Assert.Matches($@"^(?=.{{1,40}}$){id} \[[A-Z]+, \d+ (s|min) *\]$", text));
        Assert.Contains("up-done", terminal.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_terminal_there_are_plain_verbose_lines_and_no_control_characters()
    {
        await using var me = await Operator.StartAsync();

        var run = await me.RunApartAsync(
            $"""
            $VerbosePreference = 'Continue'
            {StartAndStop}
            New-FargateSession
            Get-FargateSession -Mine | Stop-FargateSession
            """);

        Assert.Equal(0, run.ExitCode);
        var id = me.Fargate.Tasks[0].StartedBy;
        // PowerShell itself colours the lines of this stream and the heads of tables, whether or not there is a terminal.
        var output = Regex.Replace(run.Output, @"\e\[3[23];1(;3)?m([^\e]*)\e\[0m", "$2");
        Assert.Matches(new Regex($@"(?m)^VERBOSE: {id}: RUNNING, waiting for .* after \d+\.\d s$"), output);
        Assert.Matches(new Regex($@"(?m)^VERBOSE: {id}: STOPPED after \d+\.\d s$"), output);
        Assert.Matches(@"fl-\w{10} [A-Z]+ +(now|\d+ (s|min) ago)", output);
        Assert.DoesNotMatch(@"[\x00-\x09\x0B-\x1F\x7F]", output + run.Error);
    }

    [Fact]
    public async Task Of_many_sessions_it_counts_how_many_are_where()
    {
        await using var me = await Operator.StartAsync(
            new() { Timeline = new Timeline { Provisioning = TimeSpan.FromMinutes(5) } });
        var run = me.Start("New-FargateSession -Count 3 | Wait-FargateSession");
        Regex counted = new("^0 of 3 done, 3 PROVISIONING, [0-9]+ (s|min) since RunTask$");

        await Eventually.BecomesAsync(
            () => run.Progress.Any(record => counted.IsMatch(record.StatusDescription)),
            () => string.Join('\n', run.Progress));

        var shown = run.Progress.First(record => counted.IsMatch(record.StatusDescription));
        Assert.Equal(("3 Fargate sessions", 0), (shown.Activity, shown.PercentComplete));
        run.Stop();
        await me.LeftNothingAsync();
    }
}
