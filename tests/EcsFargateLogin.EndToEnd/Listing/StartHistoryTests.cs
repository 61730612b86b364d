using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate;
using LocalFargate.Tasks;

namespace EcsFargateLogin.EndToEnd.Listing;

/// <summary>The history of real starts: what is kept of them, by many processes, and that it never stands in the way.</summary>
public sealed class StartHistoryTests
{
    private static readonly LocalFargateOptions Slow = new() { Timeline = Timeline.StartingWithin(TimeSpan.FromSeconds(3)) };

    [Fact]
    public async Task A_start_is_kept_with_its_phases_and_is_complete_when_the_session_has_ended()
    {
        await using var me = await Operator.StartAsync(Slow);

        var run = await me.RunApartAsync(
            """
            $session = New-FargateSession -Cpu 1 -Memory 2GB -Wait
            "known $(@(Get-FargateSession -History).SessionId -eq $session.SessionId)"
            while ((Get-FargateSession $session.SessionId).Status -ne 'RUNNING') { Start-Sleep -Milliseconds 50 }
            $session | Stop-FargateSession
            $start = Get-FargateSession -History
            "same $($start.SessionId -eq $session.SessionId) $($start.TaskDefinition) $($start.Cpu) $($start.Memory)"
            "phases $(@('Network', 'Host', 'Pull', 'Container', 'Server').Where({ $null -eq $start.Phases.$_ }))"
            "total $($start.Total -ge [timespan]'00:00:02' -and $start.Total -lt [timespan]::FromMinutes(2))"
            "bars $(@(($session | Format-List | Out-String) -split '\n' -match '^[ \w:]+ pull +\d\.\d s +#+').Count)"
            """);

        Assert.Single(me.Fargate.Tasks);
        Assert.Equal(("", 0), (run.Error, run.ExitCode));
        Assert.Equal("known True\nsame True rails-cli:1 1024 2048\nphases \ntotal True\nbars 1\n", run.Output);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Of_processes_that_start_sessions_at_once_every_start_is_kept()
    {
        await using var me = await Operator.StartAsync();

        var runs = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => me.RunApartAsync(
            "1..2 | ForEach-Object { New-FargateSession -Wait | Stop-FargateSession }")));

        Assert.All(runs, run => Assert.Equal(("", ""), (run.Output, run.Error)));
        var listed = await me.RunApartAsync("(Get-FargateSession -History).SessionId | Sort-Object");
        Assert.Equal(
            me.Fargate.Tasks.Select(task => task.StartedBy).Order(StringComparer.Ordinal),
            listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_history_that_cannot_be_read_or_written_is_a_verbose_line_and_no_more()
    {
        await using var me = await Operator.StartAsync();
        // A folder in the place of the file can be neither read nor replaced.
        Directory.CreateDirectory(Path.Combine(me.StateHome, "EcsFargateLogin", "starts.json", "in-the-way"));

        var run = await me.RunApartAsync(
            """
            $said = New-FargateSession -Wait -Verbose 4>&1 | ForEach-Object { $_ -is [Management.Automation.VerboseRecord] ? "$_" : ($session = $_) }
            $session | Stop-FargateSession
            "read $(@($said -like '*history of starts*is not used*').Count) kept $(@($said -like 'The start is not kept*').Count)"
            @(Get-FargateSession -History).Count
            """);

        Assert.Equal(("read 1 kept 1\n0\n", ""), (run.Output, run.Error));
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Progress_says_how_long_starts_of_the_task_definition_usually_take()
    {
        await using var me = await Operator.StartAsync(
            new() { Timeline = new Timeline { Provisioning = TimeSpan.FromMinutes(5) } });
        Directory.CreateDirectory(Path.Combine(me.StateHome, "EcsFargateLogin"));
        var starts = Enumerable.Range(1, 2).Select(number =>
            $$"""
            { "sessionId": "fl-start{{number}}", "taskDefinition": "rails-cli:1", "cluster": "local", "region": "us-east-1",
              "createdAt": "2026-11-28T12:00:00+00:00", "phases": { "pull": "01:40:00", "server": "00:00:00" } }
            """);
        await File.WriteAllTextAsync(
            Path.Combine(me.StateHome, "EcsFargateLogin", "starts.json"),
            $$"""{ "version": 1, "starts": [ {{string.Join(',', starts)}} ] }""");
        await using var terminal = TerminalRun.UnderTerminal(me.Process("stty cols 120; New-FargateSession -Wait"));

        await terminal.ShowsAsync("usually 1 h");

        terminal.Interrupt();
        await terminal.EndAsync();
        await me.LeftNothingAsync();
    }
}
