using EcsFargateLogin.Cloud;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Lifecycle.Starting;
using EcsFargateLogin.Lifecycle.Waiting;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Lifecycle.Starting;

/// <summary>Tasks that stop while they are waited for, and are started again.</summary>
public sealed class StartAgainTests : LaunchTest
{
    private static readonly Readiness Address = new(CanBeEntered: false) { Route = FargateRoute.Private };

    private readonly EventLog _events = new();

    [Fact]
    public async Task A_task_that_found_no_room_is_stopped_and_started_again_for_the_same_session()
    {
        NumberTasks();
        FirstTaskStops("DEPROVISIONING", "Timeout waiting for network interface provisioning to complete.");
        var session = await LaunchAsync(Request with { Subnets = ["subnet-1", "subnet-2"] });
        var (id, first, started) = (session.SessionId, session.TaskArn, session.CreatedAt);

        await WaitAsync(session);

        Assert.Equal((id, "RUNNING"), (session.SessionId, session.Status));
        Assert.NotEqual(first, session.TaskArn);
        Assert.True(session.CreatedAt > started);
        Assert.Equal(first, StoppedTask());
        var sent = Cloud.CallsOf("RunTask").Select(call => (RunTaskRequest)call.Input).ToList();
        Assert.Equal(["subnet-1,subnet-2", "subnet-1"], sent.Select(request => string.Join(',', request.Subnets)));
        Assert.Equal(sent[0].Environment["_AUTHORIZED_PUBLIC_KEY"], sent[1].Environment["_AUTHORIZED_PUBLIC_KEY"]);
        Assert.Equal((id, session.TaskArn), (Assert.Single(Journal.ReadAll()).SessionId, Journal.ReadAll()[0].TaskArn!));
        Assert.Contains(_events.Events.OfType<Detail>(), detail =>
            detail.Message.Contains("network interface provisioning", StringComparison.Ordinal)
            && detail.Message.Contains("attempt 2 of 3, FARGATE in subnet-1", StringComparison.Ordinal));
        Assert.Same(session, Assert.Single(_events.Events.OfType<SessionReady>()).Session);
    }

    [Theory]
    [InlineData("CannotPullContainerError: image not found")]
    [InlineData("ResourceInitializationError: unable to pull secrets")]
    public async Task A_task_that_would_fail_again_is_not_started_again(string reason)
    {
        NumberTasks();
        FirstTaskStops("STOPPED", reason);
        var session = await LaunchAsync(Request);

        await WaitAsync(session);

        Assert.Single(Cloud.CallsOf("RunTask"));
        Assert.Equal(FargateError.TaskStopped, Assert.Single(_events.Events.OfType<SessionFailed>()).Error.Error);
    }

    [Fact]
    public async Task When_no_attempt_is_left_the_session_fails_with_the_last_reason()
    {
        NumberTasks();
        Cloud.OnDescribeTasks = (_, asked, _) => SampleTask.Reply(
            [.. asked.Select(arn => SampleTask.Of("STOPPED", arn) with { StoppedReason = "Capacity is unavailable at this time." })]);
        var session = await LaunchAsync(Request);

        await WaitAsync(session);

        Assert.Equal(3, Cloud.CallsOf("RunTask").Count);
        var error = Assert.Single(_events.Events.OfType<SessionFailed>()).Error;
        Assert.Equal(FargateError.TaskStopped, error.Error);
        Assert.Contains("Capacity is unavailable", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_answer_to_another_RunTask_is_lost_the_entry_stays_until_the_task_is_found()
    {
        NumberTasks();
        FirstTaskStops("STOPPED", "Capacity is unavailable at this time.");
        var session = await LaunchAsync(Request);
        Cloud.OnRunTask = (_, _) => throw SampleTask.ServiceFailed();

        await WaitAsync(session);

        Assert.Equal(FargateError.ServiceFailed, Assert.Single(_events.Events.OfType<SessionFailed>()).Error.Error);
        SessionCloser closer = new(Cloud, Journal);
        var error = await Assert.ThrowsAsync<FargateException>(() => closer.CloseAsync(session, "test"));
        Assert.Equal(FargateError.StopFailed, error.Error);
        Assert.Null(Assert.Single(Journal.ReadAll()).TaskArn);
        Assert.Empty(Cloud.CallsOf("StopTask"));

        Cloud.OnListTasks = () => [$"{SampleTask.Arn}7"];
        await closer.CloseAsync(session, "test");
        Assert.Equal($"{SampleTask.Arn}7", StoppedTask());
        AssertForgotten();
    }

    private async Task WaitAsync(FargateSession session)
    {
        using CancellationTokenSource limit = new(Eventually.Limit);
        TaskStarter starter = new(Cloud, Journal)
        {
            AttemptPause = TimeSpan.FromMilliseconds(1),
            Pacer = Pacer,
            Search = new TaskSearch(Cloud) { Limit = TimeSpan.Zero },
        };
        WaitOptions quick = new() { FirstPollDelay = TimeSpan.Zero, PollInterval = TimeSpan.FromMilliseconds(5) };
        await new SessionWaiter(Cloud, quick, starter).WaitAsync([session], Address, _events, limit.Token);
    }

    private void NumberTasks()
    {
        var number = 0;
        Cloud.OnRunTask = (_, _) => Task.FromResult(new RunTaskReply(
            [SampleTask.Of("PROVISIONING", $"{SampleTask.Arn}{Interlocked.Increment(ref number)}")], []));
    }

    /// <summary>All tasks run but the first.</summary>
    private void FirstTaskStops(string status, string reason) => Cloud.OnDescribeTasks = (_, asked, _) => SampleTask.Reply(
        [.. asked.Select(arn => arn.EndsWith('1')
            ? SampleTask.Of(status, arn) with { StopCode = "TaskFailedToStart", StoppedReason = reason }
            : SampleTask.Of("RUNNING", arn) with { PrivateIPv4Address = "127.0.0.1" })]);
}
