using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate;
using LocalFargate.Faults;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Listing;

/// <summary>Get-FargateSession, and stopping by what it tells.</summary>
public sealed class ListingTests
{
    [Fact]
    public async Task A_session_of_another_machine_is_listed_and_stopped_but_never_unasked()
    {
        await using var me = await Operator.StartAsync();
        var session = Assert.Single(me.Run("New-FargateSession").Output);

        var elsewhere = await me.RunApartAsync(
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

        Assert.Equal(new ProcessResult(0, "", ""), await me.RunApartAsync($"Stop-FargateSession -SessionId {id} -Cluster local"));
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

            var list = await here.RunApartAsync(
                "$PSDefaultParameterValues.Clear(); Get-FargateSession -Mine | ForEach-Object { \"$($_.SessionId) $($_.Region) $($_.Owner)\" }");

            Assert.Equal(
                ($"{here.Fargate.Tasks[0].StartedBy} us-east-1 Orphaned\n{unknown} eu-central-1 Orphaned\n", ""), (list.Output, list.Error));
        }

        var rest = await here.RunApartAsync(
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
        await me.RunApartAsync("$null = New-FargateSession");
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
    public async Task Ctrl_C_in_a_start_with_a_task_that_cannot_be_stopped_says_so()
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
