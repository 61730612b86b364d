using System.Management.Automation;
using LocalFargate;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>A task that could not be stopped is never forgotten, and what is unknown is never shown as stopped.</summary>
public sealed class StopErrorTests
{
    [Fact]
    public async Task A_session_that_did_not_get_ready_and_cannot_be_stopped_gives_both_errors()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new AccessDenied { Operation = "DescribeTasks" });
        var fault = me.Fargate.Faults.Add(new AccessDenied { Operation = "StopTask" });

        var errors = me.ErrorsOf("New-FargateSession | Enter-FargateShell");

        var session = Assert.Single(me.SessionFolders()).SessionId;
        Assert.Equal(2, errors.Count);
        errors[0].Is("StopFailed", ErrorCategory.InvalidResult, session);
        errors[1].Is("AccessDenied", ErrorCategory.PermissionDenied, session);
        me.Fargate.Faults.Remove(fault);
        Assert.Empty(me.ErrorsOf(CommandIn(errors[0].NextStep)));
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task A_session_with_a_task_that_ECS_has_forgotten_is_stopped()
    {
        await using var me = await Operator.StartAsync();
        Assert.Empty(me.ErrorsOf("$session = New-FargateSession -Wait"));
        me.Fargate.InterruptTask(Assert.Single(me.Fargate.Tasks).Arn, "SpotInterruption", "Your Spot Task was interrupted.");
        await Eventually.BecomesAsync(
            () => me.Run("($session | Get-FargateTaskAddress -NoWait).Status").Output is [{ BaseObject: "STOPPED" }],
            () => "The task did not stop.");
        me.Fargate.ForgetStoppedTasks();
        Assert.Empty(me.Fargate.Tasks);

        Assert.Empty(me.ErrorsOf("$session | Stop-FargateSession"));

        Assert.Empty(me.SessionFolders());
    }

    [Fact]
    public async Task A_task_of_the_journal_that_ECS_has_forgotten_is_stopped()
    {
        await using var me = await Operator.StartAsync(new LocalFargateOptions { StoppedTaskRetention = TimeSpan.Zero });
        Assert.Empty(me.ErrorsOf("$session = New-FargateSession -Wait"));
        me.Fargate.InterruptTask(Assert.Single(me.Fargate.Tasks).Arn, "SpotInterruption", "Your Spot Task was interrupted.");
        await Eventually.BecomesAsync(() => me.Fargate.Tasks.Count == 0, () => "The task is not forgotten.");
        Assert.Single(me.SessionFolders()).MakeOld();

        Assert.Empty(me.ErrorsOf("Stop-FargateSession -TaskArn $session.TaskArn"));

        Assert.Empty(me.SessionFolders());
    }

    [Fact]
    public async Task A_session_is_not_reported_as_stopped_because_another_region_does_not_know_it()
    {
        await using var elsewhere = await Operator.StartAsync(new LocalFargateOptions { Region = "eu-central-1" });
        await using var me = await Operator.StartAsync();

        var error = me.ErrorOf(
            "$session = New-FargateSession; $session | Stop-FargateSession -Region eu-central-1 -EndpointUrl $args[0]",
            elsewhere.Fargate.EndpointUrl);

        error.Is("TaskNotFound", ErrorCategory.ObjectNotFound, Assert.Single(me.SessionFolders()).SessionId);
        Assert.Empty(me.ErrorsOf("$session | Stop-FargateSession"));
        await me.HasLeftNothingAsync();
    }

    /// <summary>The first of the commands that an error says to use, run as it stands.</summary>
    private static string CommandIn(string nextStep) =>
        nextStep["Stop it with: ".Length..nextStep.IndexOf(" or: ", StringComparison.Ordinal)];
}
