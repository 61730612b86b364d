using System.Management.Automation;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.Listing;

/// <summary>Get-FargateSession, and stopping by what it tells.</summary>
public sealed class ListingTests
{
    [Fact]
    public async Task Sessions_are_found_by_id_status_and_owner()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            """
            $one, $two = 1..2 | ForEach-Object { New-FargateSession -Wait }
            (Get-FargateSession -Cluster local | ForEach-Object SessionId) -join ' '
            (Get-FargateSession "$($one.SessionId.Substring(0, 11))*" | ForEach-Object SessionId) -join ' '
            Get-FargateSession $two.SessionId | ForEach-Object { "$($_.Status) $($_.Owner) $($_.PublicAddress -eq $two.PublicAddress)" }
            "$(@(Get-FargateSession -Status RUN*).Count) $(@(Get-FargateSession -Status STOPP*).Count) $(@(Get-FargateSession -Orphaned).Count)"
            $one | Stop-FargateSession
            (Get-FargateSession -Mine | ForEach-Object SessionId) -join ' '
            Get-FargateSession -Mine | Stop-FargateSession
            """);

        Assert.Empty(run.Errors);
        var (one, two) = (me.Fargate.Tasks[0].StartedBy!, me.Fargate.Tasks[1].StartedBy!);
        Assert.Equal(
            [$"{one} {two}", one, "RUNNING ThisProcess True", "2 0 0", two], run.Output.Select(item => item.ToString()));
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task An_id_that_is_nobodys_is_an_error()
    {
        await using var me = await Operator.StartAsync();

        var errors = me.ErrorsOf("Get-FargateSession fl-nobody; Stop-FargateSession fl-nobody; Get-FargateSession fl-nobod*");

        Assert.Equal(2, errors.Count);
        Assert.All(errors, error => error.Is("SessionNotFound", ErrorCategory.ObjectNotFound, "fl-nobody"));
    }

    [Theory]
    [InlineData("$session | Export-Csv $file; Import-Csv $file | Stop-FargateSession")]
    [InlineData("$session | Select-Object SessionId | Export-Csv $file; Import-Csv $file | Stop-FargateSession")]
    [InlineData("Stop-FargateSession $session.SessionId")]
    [InlineData("Stop-FargateSession -SessionId $session.SessionId")]
    [InlineData("Get-FargateSession -Mine $session.SessionId | Stop-FargateSession")]
    [InlineData("$session | Get-FargateSession | Stop-FargateSession")]
    public async Task A_session_is_stopped_by_what_was_kept_of_it(string script)
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run($"param($file) $session = New-FargateSession; {script}", Path.Combine(me.StateHome, "sessions.csv"));

        Assert.Null(run.TerminatingError);
        Assert.Empty(run.Errors);
        Assert.Single(me.Calls("StopTask"));
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_session_of_another_machine_is_listed_and_stopped_but_never_unasked()
    {
        await using var me = await Operator.StartAsync();
        var session = Assert.Single(me.Run("New-FargateSession").Output);

        var elsewhere = await me.RunProcessAsync(
            """
            $session = Get-FargateSession -Cluster local
            "$($session.SessionId) $($session.Owner) $($null -eq $session.KeyPath) $(@(Get-FargateSession -Mine).Count)"
            $session | Enter-FargateShell -ErrorAction SilentlyContinue -ErrorVariable failure
            "$($failure.FullyQualifiedErrorId)".Split(',')[0]
            $session | Get-FargateTaskAddress | ForEach-Object SessionId
            """);

        var id = session.Text("SessionId");
        Assert.Equal(($"{id} Elsewhere True 0\nKeyNotFound\n{id}\n", ""), (elsewhere.Output, elsewhere.Error));
        Assert.Empty(me.Calls("StopTask"));
        Assert.True(File.Exists(session.Text("KeyPath")));

        var stop = await me.RunProcessAsync($"Stop-FargateSession -SessionId {id} -Cluster local");

        Assert.Equal("", stop.Error);
        Assert.Single(me.Calls("StopTask"));
        await Eventually.BecomesAsync(
            () => me.Run("Get-FargateSession -Mine -Cluster local").Output.Count == 0, () => me.Fargate.Tasks[0].ToString());
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_session_that_has_ended_is_not_listed_and_its_key_is_deleted()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new TaskStopsEarly { StoppedReason = "its time was over", StopCode = "EssentialContainerExited" });
        var session = Assert.Single(me.Run("New-FargateSession").Output);
        await Eventually.BecomesAsync(() => me.Fargate.Tasks[0].StopCode is not null, () => me.Fargate.Tasks[0].ToString());

        await Eventually.BecomesAsync(
            () => me.Run("Get-FargateSession -Cluster local").Output.Count == 0, () => me.Fargate.Tasks[0].ToString());

        Assert.False(Directory.Exists(Operator.SharedFolderOf(session.Text("SessionId"))));
    }

    [Fact]
    public async Task Sessions_of_two_regions_are_listed_together_and_one_that_cannot_be_asked_is_UNKNOWN()
    {
        await using var here = await Operator.StartAsync();
        string unknown;
        await using (var there = await Operator.StartAsync(new LocalFargateOptions { Region = "eu-central-1" }))
        {
            var start = await here.RunProcessAsync(
                $$"""
                $null = New-FargateSession
                $null = New-FargateSession -Region eu-central-1 -EndpointUrl {{there.Fargate.EndpointUrl}} -Subnet {{there.Fargate.Subnets[0]}} `
                    -SecurityGroup {{there.Fargate.SecurityGroups[0]}} -Port {{there.Fargate.SshPort}} -Wait
                """);
            Assert.Equal("", start.Error);
            unknown = there.Fargate.Tasks[0].StartedBy!;

            var list = await here.RunProcessAsync(
                "$PSDefaultParameterValues.Clear(); Get-FargateSession -Mine | ForEach-Object { \"$($_.SessionId) $($_.Region) $($_.Owner)\" }");

            Assert.Equal(
                ($"{here.Fargate.Tasks[0].StartedBy} us-east-1 Orphaned\n{unknown} eu-central-1 Orphaned\n", ""),
                (list.Output, list.Error));
        }

        var rest = await here.RunProcessAsync(
            """
            $PSDefaultParameterValues.Clear()
            Get-FargateSession -Mine -ErrorAction SilentlyContinue -ErrorVariable failure | ForEach-Object {
                "$($_.SessionId) $($_.Status -eq 'UNKNOWN')"
                if ($_.Status -ne 'UNKNOWN') { $_ | Stop-FargateSession }
            }
            $failure | ForEach-Object { $_.FullyQualifiedErrorId.Split(',')[0] }
            """);

        Assert.Equal(
            ($"{here.Fargate.Tasks[0].StartedBy} False\n{unknown} True\nEndpointUnreachable\n", ""), (rest.Output, rest.Error));
        Assert.Single(here.Calls("StopTask"));
        Assert.NotEmpty(here.SessionFiles());
    }

    [Fact]
    public async Task Without_credentials_the_journal_is_listed_with_one_error()
    {
        await using var me = await Operator.StartAsync();
        await me.RunProcessAsync("$null = New-FargateSession");
        var start = me.Process(
            """
            Get-FargateSession -ErrorAction SilentlyContinue -ErrorVariable failure | ForEach-Object { "$($_.SessionId) $($_.Status)" }
            $failure | ForEach-Object { $_.FullyQualifiedErrorId.Split(',')[0] }
            """);
        start.Environment.Remove("AWS_ACCESS_KEY_ID");
        start.Environment.Remove("AWS_SECRET_ACCESS_KEY");

        var run = await PowerShellHost.EngineProcess.RunAsync(start);

        Assert.Equal(($"{me.Fargate.Tasks[0].StartedBy} UNKNOWN\nNoCredentials\n", ""), (run.Output, run.Error));
    }

    [Fact]
    public async Task Ctrl_C_in_a_start_whose_task_cannot_be_stopped_says_so()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new DelayedReply { Operation = "RunTask", Delay = TimeSpan.FromSeconds(3) });
        me.Fargate.Faults.Add(new AccessDenied { Operation = "StopTask" });
        await using var terminal = TerminalRun.UnderTerminal(me.Process("New-FargateSession; 'went on'"));
        await Eventually.BecomesAsync(() => me.Fargate.Tasks.Count == 1, () => terminal.Screen);

        await terminal.TypeAsync("\u0003");

        await terminal.EndAsync();
        Assert.Contains("may still run", terminal.Screen, StringComparison.Ordinal);
        Assert.Contains("Stop-FargateSession", terminal.Screen, StringComparison.Ordinal);
        Assert.NotEmpty(me.SessionFiles());
    }
}
