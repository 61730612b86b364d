using System.Management.Automation;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>RunTask was performed, but its answer never came: one task is started at most, and none is forgotten.</summary>
public sealed class LostReplyTests
{
    [Fact]
    public async Task An_answer_that_is_lost_once_is_asked_for_again_and_starts_no_second_task()
    {
        await using var me = await Operator.StartAsync();
        var fault = me.Fargate.Faults.Add(new LostReply { Operation = "RunTask", Times = 1 });

        Assert.Empty(me.ErrorsOf("New-FargateSession | Stop-FargateSession"));

        Assert.Equal(1, fault.Uses);
        Assert.Equal(2, me.Calls("RunTask").Count);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task A_task_with_an_answer_that_stays_lost_is_found_by_its_id_and_stopped()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new LostReply { Operation = "RunTask" });

        var error = me.ErrorOf("New-FargateSession");

        error.Is("EndpointUnreachable", ErrorCategory.ConnectionError, me.Fargate.TaskDefinition);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task A_task_that_ECS_lists_late_is_found_all_the_same()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new LostReply { Operation = "RunTask" });
        me.Fargate.Faults.Add(new TaskMissing { For = TimeSpan.FromSeconds(6) });

        var error = me.ErrorOf("New-FargateSession");

        error.Is("EndpointUnreachable", ErrorCategory.ConnectionError, me.Fargate.TaskDefinition);
        Assert.True(me.Calls("ListTasks").Count > 1);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task A_task_that_cannot_be_listed_stays_in_the_journal_and_the_error_says_how_to_find_it()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new LostReply { Operation = "RunTask" });
        me.Fargate.Faults.Add(new AccessDenied { Operation = "ListTasks" });

        var error = me.ErrorOf("New-FargateSession");

        var id = Assert.Single(me.Fargate.Tasks).StartedBy!;
        error.Is("EndpointUnreachable", ErrorCategory.ConnectionError, me.Fargate.TaskDefinition);
        Assert.Contains(
            $"aws ecs list-tasks --cluster {me.Fargate.Cluster} --started-by {id} --region {me.Fargate.Region} "
            + $"--endpoint-url {me.Fargate.EndpointUrl}",
            error.NextStep,
            StringComparison.Ordinal);
        var folder = Assert.Single(me.SessionFolders());
        Assert.Equal(id, folder.SessionId);
        Directory.Delete(folder.Path, recursive: true);
    }

    [Fact]
    public async Task A_failing_RunTask_that_may_have_started_something_stays_in_the_journal()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new ServerError { Operation = "RunTask" });

        var error = me.ErrorOf("New-FargateSession");

        var folder = Assert.Single(me.SessionFolders());
        var message = error.Is("ServiceFailed", ErrorCategory.InvalidResult, me.Fargate.TaskDefinition);
        Assert.Contains($"not known whether the task of session {folder.SessionId} was started", message, StringComparison.Ordinal);
        Assert.Contains($"--started-by {folder.SessionId}", error.NextStep, StringComparison.Ordinal);
        Assert.Empty(me.Fargate.Tasks);
        Directory.Delete(folder.Path, recursive: true);
    }

    [Fact]
    public async Task A_task_that_loses_its_journal_entry_while_it_starts_is_stopped()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new DelayedReply { Operation = "RunTask", Delay = TimeSpan.FromSeconds(2) });

        var running = Task.Run(() => me.ErrorOf("New-FargateSession"));
        await Eventually.BecomesAsync(() => me.Fargate.Tasks.Count == 1, () => "No task was started.");
        var folder = Assert.Single(me.SessionFolders());
        Directory.Delete(folder.Path, recursive: true);
        var error = await running;

        var message = error.Is("JournalUnavailable", ErrorCategory.WriteError, folder.Path);
        Assert.Contains("XDG_STATE_HOME", message, StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }
}
