using EcsFargateLogin.Cloud;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Lifecycle.Starting;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Lifecycle.Starting;

/// <summary>Launches that fail or are cancelled: no task is left running unremembered.</summary>
public sealed class SessionLauncherFailureTests : LaunchTest
{
    [Theory]
    [InlineData("RESOURCE:FARGATE", FargateError.CapacityUnavailable)]
    [InlineData("You've reached the limit on the number of tasks you can run concurrently", FargateError.QuotaExceeded)]
    [InlineData("Capacity is unavailable at this time.", FargateError.CapacityUnavailable)]
    [InlineData("MISSING", FargateError.RequestRejected)]
    public async Task Failures_of_RunTask_are_errors_with_their_reason(string reason, FargateError expected)
    {
        Cloud.OnRunTask = (_, _) => Task.FromResult(new RunTaskReply([], [new CloudFailure(null, reason, "more of it")]));

        var error = await FailAsync(expected);

        Assert.Contains($"{reason} (more of it)", error.Message, StringComparison.Ordinal);
        AssertForgotten();
    }

    [Fact]
    public async Task A_reply_without_a_task_or_a_failure_is_an_error()
    {
        Cloud.OnRunTask = (_, _) => Task.FromResult(new RunTaskReply([], []));

        await FailAsync(FargateError.RequestRejected);

        AssertForgotten();
    }

    [Fact]
    public async Task A_refused_RunTask_leaves_nothing_behind()
    {
        Cloud.OnRunTask = (_, _) => throw SampleTask.AccessDenied("ecs:RunTask");

        await FailAsync(FargateError.AccessDenied);

        AssertForgotten();
        Assert.Empty(Cloud.CallsOf("ListTasks"));
    }

    [Fact]
    public async Task A_RunTask_that_was_refused_after_a_lost_answer_stops_the_task_of_that()
    {
        Cloud.OnRunTask = (_, _) => throw SampleTask.Throttled();
        Cloud.OnListTasks = () => [SampleTask.Arn];

        await FailAsync(FargateError.Throttled);

        Assert.Equal(SampleTask.Arn, StoppedTask());
        AssertForgotten();
    }

    [Fact]
    public async Task A_throttled_RunTask_that_started_nothing_leaves_nothing_behind()
    {
        Cloud.OnRunTask = (_, _) => throw SampleTask.Throttled();

        var error = await FailAsync(FargateError.Throttled);

        Assert.DoesNotContain("not known whether", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(Cloud.CallsOf("ListTasks"));
        AssertForgotten();
    }

    [Fact]
    public async Task A_throttled_RunTask_that_cannot_be_followed_up_stays_remembered()
    {
        Cloud.OnRunTask = (_, _) => throw SampleTask.Throttled();
        Cloud.OnListTasks = () => throw SampleTask.Throttled();

        var error = await FailAsync(FargateError.Throttled);

        Assert.Contains("It is not known whether", error.Message, StringComparison.Ordinal);
        Assert.Single(Journal.ReadAll());
    }

    [Fact]
    public async Task A_task_with_a_lost_answer_is_found_by_its_id_and_stopped()
    {
        Cloud.OnRunTask = (_, _) => throw SampleTask.ServiceFailed();
        Cloud.OnListTasks = () => [SampleTask.Arn];

        await FailAsync(FargateError.ServiceFailed);

        Assert.Equal(("dev", RunTask().StartedBy), Assert.Single(Cloud.CallsOf("ListTasks")).Input);
        Assert.Equal(SampleTask.Arn, StoppedTask());
        AssertForgotten();
    }

    [Fact]
    public async Task A_lost_answer_without_a_task_is_an_uncertain_error_and_stays_remembered()
    {
        Cloud.OnRunTask = (_, _) => throw SampleTask.ServiceFailed();

        var error = await FailAsync(FargateError.ServiceFailed);

        var entry = Assert.Single(Journal.ReadAll());
        Assert.Contains("It is not known whether", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            $"aws ecs list-tasks --cluster dev --started-by {entry.SessionId} --region eu-central-1",
            error.NextStep,
            StringComparison.Ordinal);
        Assert.True(File.Exists(Journal.KeyPathOf(entry.SessionId)));
    }

    [Fact]
    public async Task A_task_that_is_found_but_cannot_be_stopped_is_named_in_the_error()
    {
        Cloud.OnRunTask = (_, _) => throw SampleTask.ServiceFailed();
        Cloud.OnListTasks = () => [SampleTask.Arn];
        Cloud.OnStopTask = _ => throw SampleTask.AccessDenied("ecs:StopTask");

        var error = await FailAsync(FargateError.StopFailed);

        Assert.Contains(SampleTask.Arn, error.NextStep, StringComparison.Ordinal);
        Assert.Single(Journal.ReadAll());
    }

    [Fact]
    public async Task Cancelled_before_RunTask_nothing_is_started_or_left()
    {
        using CancellationTokenSource cancellation = new();
        Cloud.OnDescribeTaskDefinition = () =>
        {
            cancellation.Cancel();
            return SampleTask.Definition("cli");
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => LaunchAsync(Request, cancellation.Token));

        AssertNothingStarted();
        AssertForgotten();
    }

    [Fact]
    public async Task Cancelled_during_RunTask_its_answer_is_awaited_and_the_task_stopped()
    {
        using CancellationTokenSource cancellation = new();
        Cloud.OnRunTask = async (_, cancellationToken) =>
        {
            await cancellation.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            return new RunTaskReply([SampleTask.Of("PROVISIONING")], []);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => LaunchAsync(Request, cancellation.Token));

        Assert.Equal(SampleTask.Arn, StoppedTask());
        AssertForgotten();
    }

    [Fact]
    public async Task Cancelled_while_RunTask_hangs_the_task_is_found_by_its_id_and_stopped()
    {
        using CancellationTokenSource cancellation = new();
        HangInRunTask(cancellation);
        Cloud.OnListTasks = () => [SampleTask.Arn];

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => LaunchAsync(Request, cancellation.Token));

        Assert.Equal(SampleTask.Arn, StoppedTask());
        AssertForgotten();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_task_that_is_found_and_cannot_be_stopped_is_remembered_by_its_ARN(bool isCancelled)
    {
        // Once it has stopped, ECS does not list it by its id any more.
        using CancellationTokenSource cancellation = new();
        HangInRunTask(cancellation);
        Cloud.OnRunTask = isCancelled ? Cloud.OnRunTask : (_, _) => throw SampleTask.Throttled();
        Cloud.OnListTasks = () => [SampleTask.Arn];
        Cloud.OnStopTask = _ => throw SampleTask.ServiceFailed();

        await Assert.ThrowsAsync<FargateException>(() => LaunchAsync(Request, cancellation.Token));

        Assert.Equal(SampleTask.Arn, Assert.Single(Journal.ReadAll()).TaskArn);
    }

    [Fact]
    public async Task Cancelled_while_RunTask_hangs_and_no_task_is_found_that_is_said_and_remembered()
    {
        using CancellationTokenSource cancellation = new();
        HangInRunTask(cancellation);

        var error = await Assert.ThrowsAsync<FargateException>(() => LaunchAsync(Request, cancellation.Token));

        Assert.Equal(FargateError.EndpointUnreachable, error.Error);
        Assert.Contains("It is not known whether", error.Message, StringComparison.Ordinal);
        Assert.False(Assert.Single(Cloud.CallsOf("ListTasks")).WasCancelled);
        Assert.Single(Journal.ReadAll());
    }

    [Fact]
    public async Task Without_aJournal_no_task_is_started()
    {
        await File.WriteAllTextAsync(Folder["file"], "");
        SessionLauncher launcher = new(Cloud, new SessionJournal(Folder["file/sessions"]), new KeyGenerator("ssh-keygen"));

        var error = Assert.Single(await launcher.LaunchAsync(Request, count: 1, new EventLog(), CancellationToken.None));

        Assert.Equal(FargateError.JournalUnavailable, error.Error);
        AssertNothingStarted();
    }

    [Fact]
    public async Task AJournal_that_is_lost_while_RunTask_runs_stops_the_task()
    {
        Cloud.OnRunTask = (_, _) =>
        {
            Directory.Delete(Folder["sessions"], recursive: true);
            return Task.FromResult(new RunTaskReply([SampleTask.Of("PROVISIONING")], []));
        };

        await FailAsync(FargateError.JournalUnavailable);

        Assert.Equal(SampleTask.Arn, StoppedTask());
    }

    [Fact]
    public async Task Without_a_key_no_task_is_started_and_no_entry_left()
    {
        SessionLauncher launcher = new(Cloud, Journal, new KeyGenerator(Folder.WriteScript("ssh-keygen", "exit 3")));

        var error = Assert.Single(await launcher.LaunchAsync(Request, count: 1, new EventLog(), CancellationToken.None));

        Assert.Equal(FargateError.KeyGenerationFailed, error.Error);
        AssertNothingStarted();
        AssertForgotten();
    }
}
