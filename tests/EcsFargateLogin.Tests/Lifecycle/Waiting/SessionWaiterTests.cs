using EcsFargateLogin.Cloud;
using EcsFargateLogin.Lifecycle.Waiting;
using EcsFargateLogin.Model;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Lifecycle.Waiting;

public sealed class SessionWaiterTests : WaitTest
{
    [Fact]
    public async Task A_session_is_ready_when_its_server_answers_even_before_RUNNING_is_seen()
    {
        using var server = GreetingServer.Greeting(Banner);
        TasksAre("PENDING");
        PublicAddressIs("127.0.0.1");
        var session = SampleTask.Session(server.Port);

        await WaitAsync(session, Shell);

        Assert.Equal(("PENDING", "127.0.0.1"), (session.Status, session.PublicAddress));
    }

    [Fact]
    public async Task A_server_that_has_answered_is_not_asked_again_but_at_another_address()
    {
        TasksAre("RUNNING");
        PublicAddressIs("127.0.0.1");
        FargateSession session;
        using (var server = GreetingServer.Greeting(Banner))
        {
            session = SampleTask.Session(server.Port);
            await WaitAsync(session, Shell);
        }

        // Nobody listens there any more.
        await WaitAsync(session, Shell);
        session.PublicAddress = "127.0.0.2";
        await FailAsync(FargateError.PortUnreachable, session, Shell, Quick with { BannerLimit = TimeSpan.FromMilliseconds(100) });
    }

    [Fact]
    public async Task A_server_that_answers_while_progress_is_shown_is_not_left_waiting_until_the_next_poll()
    {
        using var server = GreetingServer.Greeting(Banner);
        TasksAre("RUNNING");
        PublicAddressIs("127.0.0.1");
        var session = SampleTask.Session(server.Port);
        using CancellationTokenSource limit = new(Eventually.Limit);

        await new SessionWaiter(Cloud, Quick with { PollInterval = TimeSpan.FromMinutes(1) })
            .WaitAsync(session, Shell, new SlowProgress(), limit.Token);

        Assert.Single(Cloud.CallsOf("DescribeTasks"));
    }

    [Fact]
    public async Task A_wait_for_an_address_ends_when_the_task_runs_and_has_one()
    {
        TasksAre("PROVISIONING", "PENDING", "ACTIVATING", "RUNNING");
        Cloud.OnDescribeNetworkInterfaces = before => before < 2 ? [] : [SampleTask.Interface("127.1.2.3")];
        var session = SampleTask.Session();

        await WaitAsync(session, Address);

        Assert.Equal(("RUNNING", "127.1.2.3", "subnet-1"), (session.Status, session.PublicAddress, session.SubnetId));
        Assert.Equal(
            ["PROVISIONING", "PENDING", "ACTIVATING"],
            Events.Events.OfType<PhaseSeen>().Select(phase => phase.Phase).Distinct().Take(3));
    }

    [Fact]
    public async Task The_first_poll_waits_until_ECS_knows_its_new_task()
    {
        TasksAre("RUNNING");
        PublicAddressIs("127.0.0.1");
        var session = SampleTask.Session();

        await WaitAsync(session, Address, Quick with { FirstPollDelay = TimeSpan.FromMilliseconds(300) });

        Assert.True(Cloud.Calls[0].At - session.CreatedAt >= TimeSpan.FromMilliseconds(290));
    }

    [Fact]
    public async Task A_task_that_ECS_does_not_know_yet_is_waited_for()
    {
        Cloud.OnDescribeTasks = (_, _, before) =>
            before < 3 ? SampleTask.Reply() : SampleTask.Reply(SampleTask.Of("RUNNING"));
        PublicAddressIs("127.0.0.1");

        await WaitAsync(SampleTask.Session(), Address);

        Assert.Equal(4, Cloud.CallsOf("DescribeTasks").Count);
    }

    [Fact]
    public async Task A_throttled_poll_is_repeated_after_a_longer_pause()
    {
        Cloud.OnDescribeTasks = (_, _, before) =>
            before == 0 ? throw SampleTask.Throttled() : SampleTask.Reply(SampleTask.Of("RUNNING"));
        PublicAddressIs("127.0.0.1");

        await WaitAsync(SampleTask.Session(), Address, Quick with { ThrottledInterval = TimeSpan.FromMilliseconds(400) });

        var polls = Cloud.CallsOf("DescribeTasks");
        Assert.Equal(2, polls.Count);
        Assert.True(polls[1].At - polls[0].At >= TimeSpan.FromMilliseconds(350));
        Assert.Contains(Events.Events.OfType<Detail>(), detail => detail.Message.Contains("slows", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_old_session_is_not_late_before_ECS_was_asked()
    {
        Cloud.OnDescribeTasks = (_, _, before) =>
            before == 0 ? throw SampleTask.Throttled() : SampleTask.Reply(SampleTask.Of("RUNNING"));
        PublicAddressIs("127.0.0.1");
        FargateSession session = new(new SessionRecord
        {
            TaskArn = SampleTask.Arn,
            AssignPublicIp = true,
            CreatedAt = DateTimeOffset.UtcNow.AddHours(-1),
        });

        await WaitAsync(session, Address);

        Assert.Equal("RUNNING", session.Status);
    }

    [Fact]
    public async Task A_poll_may_fail_twice_in_a_row()
    {
        Cloud.OnDescribeTasks = (_, _, before) =>
            before % 3 < 2 ? throw SampleTask.ServiceFailed() : SampleTask.Reply(SampleTask.Of(before < 3 ? "PENDING" : "RUNNING"));
        PublicAddressIs("127.0.0.1");

        await WaitAsync(SampleTask.Session(), Address);

        Assert.Equal(6, Cloud.CallsOf("DescribeTasks").Count);
    }

    [Fact]
    public async Task The_private_address_is_used_when_it_is_preferred_whatever_EC2_says()
    {
        using var server = GreetingServer.Greeting(Banner);
        TasksAre(SampleTask.Of("RUNNING") with { PrivateIPv4Address = "127.0.0.1" });
        Cloud.OnDescribeNetworkInterfaces = _ => throw SampleTask.AccessDenied("ec2:DescribeNetworkInterfaces");
        var session = SampleTask.Session(server.Port);

        await WaitAsync(session, Shell with { Route = FargateRoute.Private });

        Assert.Null(session.PublicAddress);
    }

    [Fact]
    public async Task Without_a_public_address_wanted_EC2_is_not_asked()
    {
        using var server = GreetingServer.Greeting(Banner);
        TasksAre(SampleTask.Of("RUNNING") with { PrivateIPv4Address = "127.0.0.1" });

        await WaitAsync(SampleTask.Session(server.Port, assignPublicIp: false), Shell);

        Assert.Empty(Cloud.CallsOf("DescribeNetworkInterfaces"));
    }

    [Fact]
    public async Task An_interface_that_EC2_does_not_know_yet_is_waited_for()
    {
        TasksAre("RUNNING");
        Cloud.OnDescribeNetworkInterfaces = before => before < 2
            ? throw EcsErrors.NetworkInterfaceNotFound(
                SampleTask.InterfaceId, SampleTask.Answer("InvalidNetworkInterfaceID.NotFound"))
            : [SampleTask.Interface("127.0.0.1")];

        await WaitAsync(SampleTask.Session(), Address);

        Assert.Equal(3, Cloud.CallsOf("DescribeNetworkInterfaces").Count);
    }

    [Fact]
    public async Task Sessions_of_one_cluster_share_a_poll()
    {
        string[] taskArns = [.. Enumerable.Range(0, 3).Select(number => $"{SampleTask.Arn}{number}")];
        Cloud.OnDescribeTasks = (_, asked, before) => SampleTask.Reply(
            [.. asked.Select(arn => SampleTask.Of(before == 0 ? "PENDING" : "RUNNING", arn))]);
        PublicAddressIs("127.0.0.1");

        await WaitForAllAsync([.. taskArns.Select(arn => SampleTask.Session(arn: arn))], Address);

        Assert.Equal(3, Events.Events.OfType<SessionReady>().Count());
        Assert.All(Cloud.CallsOf("DescribeTasks"), call => Assert.Equal(taskArns, call.Input));
        Assert.Equal(2, Cloud.CallsOf("DescribeTasks").Count);
    }

    [Fact]
    public async Task A_session_that_fails_does_not_take_the_others_along()
    {
        string[] clusters = ["dev", "gone", "dev"];
        FargateSession[] sessions = [.. clusters.Select((cluster, number) => new FargateSession(new SessionRecord
        {
            TaskArn = $"{SampleTask.Arn}{number}",
            Cluster = cluster,
            AssignPublicIp = false,
            CreatedAt = DateTimeOffset.UtcNow,
        }))];
        Cloud.OnDescribeTasks = (cluster, asked, _) => cluster == "gone"
            ? throw EcsErrors.ClusterNotFound(cluster, SampleTask.Answer("ClusterNotFoundException"))
            : SampleTask.Reply([.. asked.Select(arn => arn == sessions[0].TaskArn
                ? SampleTask.Of("STOPPED", arn)
                : SampleTask.Of("RUNNING", arn) with { PrivateIPv4Address = "127.0.0.1" })]);

        await WaitForAllAsync(sessions, Address);

        Assert.Equal(
            [(sessions[0], FargateError.TaskStopped), (sessions[1], FargateError.ClusterNotFound)],
            Events.Events.OfType<SessionFailed>().OrderBy(failed => failed.Session.TaskArn, StringComparer.Ordinal)
                .Select(failed => (failed.Session, failed.Error.Error)));
        Assert.Same(sessions[2], Assert.Single(Events.Events.OfType<SessionReady>()).Session);
    }

    [Fact]
    public async Task A_cancelled_wait_leaves_no_probe_behind()
    {
        using var server = GreetingServer.Greeting("");
        using CancellationTokenSource cancellation = new();
        TasksAre("RUNNING");
        PublicAddressIs("127.0.0.1");
        var waiting = new SessionWaiter(Cloud, Quick)
            .WaitAsync(SampleTask.Session(server.Port), Shell, Events, cancellation.Token);
        var connection = await server.NextConnectionAsync();

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        // Sooner than a probe gives a silent server up by itself.
        var end = await connection.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(TimeSpan.FromSeconds(4));
        Assert.Equal(0, end);
        Assert.False(server.IsAwaited || server.HasMoreConnections);
    }

    [Fact]
    public async Task One_poll_tells_what_is_known_without_waiting()
    {
        TasksAre("PENDING");
        PublicAddressIs("127.0.0.1");
        var session = SampleTask.Session();

        await new SessionWaiter(Cloud, Quick).PollOnceAsync(session, CancellationToken.None);

        Assert.Equal(("PENDING", "127.0.0.1"), (session.Status, session.PublicAddress));
        Assert.Equal(2, Cloud.Calls.Count);
    }

    /// <summary>Shows each event so slowly that a server on this machine has answered meanwhile.</summary>
    private sealed class SlowProgress : IProgress<SessionEvent>
    {
        public void Report(SessionEvent value) => Thread.Sleep(TimeSpan.FromSeconds(0.3));
    }
}
