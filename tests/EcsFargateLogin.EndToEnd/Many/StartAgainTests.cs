using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.Many;

/// <summary>Starts for which there was no room.</summary>
public sealed class StartAgainTests
{
    private const string NoInterface = "Timeout waiting for network interface provisioning to complete.";

    [Theory]
    [InlineData("$session = New-FargateSession -Wait -Verbose; $session")]
    [InlineData("New-FargateSession | Tee-Object -Variable session | Wait-FargateSession -Verbose")]
    public async Task A_task_without_an_interface_is_started_again_for_the_same_session(string script)
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new TaskStopsEarly { Times = 1, StoppedReason = NoInterface });

        var run = me.Run(script);

        Assert.Empty(run.Errors);
        var session = Assert.Single(run.Output);
        var (failed, task) = (me.Fargate.Tasks[0], me.Fargate.Tasks[1]);
        Assert.Equal((task.Arn, task.StartedBy), (session.Text("TaskArn"), session.Text("SessionId")));
        Assert.Equal(failed.StartedBy, task.StartedBy);
        Assert.Contains(run.Verbose, line =>
            line.Contains(NoInterface, StringComparison.Ordinal) && line.Contains("attempt 2 of 3", StringComparison.Ordinal));
        me.Run("$session | Stop-FargateSession");
        Assert.False(Directory.Exists(Operator.SharedFolderOf(task.StartedBy!)));
        Assert.All(me.Fargate.Tasks, each => Assert.NotNull(each.StopCode));
    }

    [Fact]
    public async Task A_shell_is_entered_in_the_task_of_a_later_attempt()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new TaskStopsEarly { Times = 2, StoppedReason = "Capacity is unavailable at this time." });

        var run = await me.RunApartAsync("New-FargateSession | Enter-FargateShell", "echo here; exit 7\n");

        Assert.Equal(("here\n", 7), (run.Output, run.ExitCode));
        Assert.Equal(3, me.Fargate.Tasks.Count);
        Assert.Empty(me.SessionFiles());
    }

    [Fact]
    public async Task Without_room_on_Spot_the_task_runs_on_demand()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new LaunchFails { Times = 3 });

        var run = me.Run("$session = New-FargateSession -CapacityProvider FARGATE_SPOT -FallbackToOnDemand; $session");

        Assert.Empty(run.Errors);
        Assert.Single(run.Output);
        Assert.Equal(
            ["FARGATE_SPOT", "FARGATE_SPOT", "FARGATE_SPOT", null],
            me.Calls("RunTask").Select(call => (string?)call.Parameters["capacityProviderStrategy"]?[0]!["capacityProvider"]));
        Assert.Equal("FARGATE", (string?)me.Calls("RunTask")[3].Parameters["launchType"]);
        me.Run("$session | Stop-FargateSession");
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task An_image_that_cannot_be_pulled_is_not_tried_again()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new TaskStopsEarly { StoppedReason = "CannotPullContainerError: not found" });

        var error = me.ErrorOf("New-FargateSession -Wait");

        Assert.StartsWith("TaskStopped,", error.Id, StringComparison.Ordinal);
        Assert.Single(me.Calls("RunTask"));
        Assert.Empty(me.SessionFolders());
    }
}
