using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Lifecycle.Starting;

/// <summary>Several sessions at once, and starts for which there is no room.</summary>
public sealed class LaunchManyTests : LaunchTest
{
    private const string NoRoom = "Capacity is unavailable at this time.";

    private static SessionRequest Zones => Request with { Subnets = ["subnet-1", "subnet-2", "subnet-3"] };

    [Fact]
    public async Task Each_session_has_a_key_an_id_and_a_task_of_its_own()
    {
        NumberTasks();
        EventLog events = new();

        Assert.Empty(await Launcher.LaunchAsync(Request, count: 5, events, CancellationToken.None));

        var sent = Requests();
        Assert.Equal(5, sent.Select(request => request.StartedBy).Distinct().Count());
        Assert.Equal(5, sent.Select(request => request.Environment["_AUTHORIZED_PUBLIC_KEY"]).Distinct().Count());
        var sessions = events.Events.OfType<SessionStarted>().Select(started => started.Session).ToList();
        Assert.Equal(5, sessions.Select(session => session.TaskArn).Distinct().Count());
        Assert.Equal(
            sessions.Select(session => (session.SessionId, (string?)session.TaskArn)).Order(),
            Journal.ReadAll().Select(entry => (entry.SessionId, entry.TaskArn)).Order());
        Assert.Single(Cloud.CallsOf("DescribeTaskDefinition"));
    }

    [Fact]
    public async Task Those_that_ECS_refuses_do_not_take_the_others_along()
    {
        var number = 0;
        Cloud.OnRunTask = (_, _) => Interlocked.Increment(ref number) % 2 == 0
            ? throw SampleTask.AccessDenied("ecs:RunTask")
            : Task.FromResult(new RunTaskReply([SampleTask.Of("PROVISIONING", $"{SampleTask.Arn}{number}")], []));
        EventLog events = new();

        var errors = await Launcher.LaunchAsync(Request, count: 4, events, CancellationToken.None);

        Assert.Equal([FargateError.AccessDenied, FargateError.AccessDenied], errors.Select(error => error.Error));
        Assert.Equal(2, events.Events.OfType<SessionStarted>().Count());
        Assert.Equal(2, Journal.ReadAll().Count);
    }

    [Fact]
    public async Task A_cancelled_launch_stops_what_was_started_and_not_told()
    {
        using CancellationTokenSource cancellation = new();
        // Once for all calls: a second CancelAsync would return before the first one has told everybody.
        Lazy<Task> cancelling = new(cancellation.CancelAsync);
        Cloud.OnRunTask = async (_, _) =>
        {
            await cancelling.Value;
            return new RunTaskReply([SampleTask.Of("PROVISIONING")], []);
        };
        EventLog events = new();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Launcher.LaunchAsync(Request, count: 8, events, cancellation.Token));

        Assert.Empty(events.Events.OfType<SessionStarted>());
        Assert.Equal(Cloud.CallsOf("RunTask").Count, Cloud.CallsOf("StopTask").Count);
        AssertForgotten();
    }

    [Fact]
    public async Task Without_room_the_start_is_repeated_subnet_by_subnet()
    {
        RefuseFirst(2);

        var session = await LaunchAsync(Zones);

        Assert.Equal(
            ["subnet-1,subnet-2,subnet-3", "subnet-1", "subnet-2"],
            Requests().Select(request => string.Join(',', request.Subnets)));
        Assert.Single(Requests().Select(request => request.StartedBy).Distinct());
        Assert.Equal(3, Requests().Select(request => request.ClientToken).Distinct().Count());
        Assert.Equal(session.TaskArn, Assert.Single(Journal.ReadAll()).TaskArn);
    }

    [Fact]
    public async Task When_there_is_never_room_the_last_reason_is_told_and_nothing_is_left()
    {
        RefuseFirst(100);

        var error = await FailAsync(FargateError.CapacityUnavailable, Zones);

        Assert.Contains(NoRoom, error.Message, StringComparison.Ordinal);
        Assert.Equal(3, Requests().Count);
        AssertForgotten();
    }

    [Fact]
    public async Task Without_room_on_Spot_the_last_attempt_is_on_demand_where_that_is_allowed()
    {
        RefuseFirst(3);

        await LaunchAsync(Zones with { CapacityProvider = RunTaskRequest.FargateSpot, FallsBackToOnDemand = true });

        Assert.Equal(
            ["FARGATE_SPOT", "FARGATE_SPOT", "FARGATE_SPOT", "FARGATE"],
            Requests().Select(request => request.CapacityProvider));
        Assert.Equal(Zones.Subnets, Requests()[^1].Subnets);
    }

    [Fact]
    public async Task What_ECS_refuses_for_another_reason_is_not_repeated()
    {
        Cloud.OnRunTask = (_, _) => throw SampleTask.AccessDenied("ecs:RunTask");

        await FailAsync(FargateError.AccessDenied, Zones);

        Assert.Single(Requests());
    }

    [Fact]
    public async Task A_launch_that_is_cancelled_between_two_attempts_leaves_nothing()
    {
        using CancellationTokenSource cancellation = new();
        Cloud.OnRunTask = async (_, _) =>
        {
            await cancellation.CancelAsync();
            return new RunTaskReply([], [new CloudFailure(null, NoRoom, null)]);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => LaunchAsync(Zones, cancellation.Token));

        Assert.Single(Requests());
        Assert.Empty(Cloud.CallsOf("StopTask"));
        AssertForgotten();
    }

    private List<RunTaskRequest> Requests() => [.. Cloud.CallsOf("RunTask").Select(call => (RunTaskRequest)call.Input)];

    private void NumberTasks()
    {
        var number = 0;
        Cloud.OnRunTask = (_, _) => Task.FromResult(new RunTaskReply(
            [SampleTask.Of("PROVISIONING", $"{SampleTask.Arn}{Interlocked.Increment(ref number)}")], []));
    }

    private void RefuseFirst(int count) => Cloud.OnRunTask = (_, _) => Task.FromResult(
        Requests().Count <= count
            ? new RunTaskReply([], [new CloudFailure(null, NoRoom, null)])
            : new RunTaskReply([SampleTask.Of("PROVISIONING")], []));
}
