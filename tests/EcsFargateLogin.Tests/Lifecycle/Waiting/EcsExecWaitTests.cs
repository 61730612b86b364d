using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Lifecycle.Waiting;

/// <summary>Waiting for sessions that are entered by ECS Exec, or may be.</summary>
public sealed class EcsExecWaitTests : WaitTest
{
    private static readonly WaitOptions Hasty = Quick with
    {
        AgentLimit = TimeSpan.FromMilliseconds(200),
        BannerLimit = TimeSpan.FromMilliseconds(400),
        FallbackLimit = TimeSpan.FromMilliseconds(50),
        PublicAddressLimit = TimeSpan.FromMilliseconds(400),
    };

    [Fact]
    public async Task A_session_is_ready_when_its_agent_runs_and_needs_no_address()
    {
        Cloud.OnDescribeTasks = (_, _, before) => SampleTask.Reply(before switch
        {
            0 => Task("PENDING", agent: null),
            1 => Task("RUNNING", agent: null),
            2 => Task("RUNNING", "PENDING"),
            _ => Task("RUNNING", "RUNNING"),
        });
        var session = Session(FargateTransport.EcsExec);

        await WaitAsync(session, Shell);

        Assert.Equal(4, Cloud.CallsOf("DescribeTasks").Count);
        Assert.Empty(Cloud.CallsOf("DescribeNetworkInterfaces"));
        Assert.Equal(FargateTransport.EcsExec, session.OpenTransport);
        Assert.NotNull(session.Timing.Agent);
        Assert.Contains(Events.Events.OfType<PhaseSeen>(), phase => phase.Phase == "RUNNING, waiting for the agent of ECS Exec");
    }

    [Theory]
    [InlineData(null, "it is not there")]
    [InlineData("STOPPED", "it is STOPPED (no rights)")]
    public async Task An_agent_that_never_runs_is_an_error_that_says_how_it_is(string? status, string words)
    {
        TasksAre(Task("RUNNING", status));

        var error = await FailAsync(FargateError.EcsExecUnavailable, Session(FargateTransport.EcsExec), Shell, Hasty);

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Contains("ssmmessages", error.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_agent_that_counts_is_that_of_the_sessions_container()
    {
        var task = Task("RUNNING", "PENDING");
        TasksAre(task with
        {
            Containers =
            [
                .. task.Containers,
                new ContainerDescription { Name = "sidecar", ExecuteCommandAgent = new ManagedAgentDescription("RUNNING", null) },
            ],
        });

        await FailAsync(FargateError.EcsExecUnavailable, Session(FargateTransport.EcsExec), Shell, Hasty);
    }

    [Fact]
    public async Task Auto_is_entered_by_ssh_where_that_answers()
    {
        using var server = GreetingServer.Greeting(Banner);
        TasksAre(Task("RUNNING", "RUNNING"));
        PublicAddressIs("127.0.0.1");
        var session = Session(FargateTransport.Auto, server.Port);

        await WaitAsync(session, Shell);

        Assert.Equal(FargateTransport.Ssh, session.OpenTransport);
        Assert.Empty(Events.Events.OfType<Caution>());
    }

    [Theory]
    [InlineData("127.0.0.1", "No SSH server answered")]
    [InlineData(null, "no public address")]
    public async Task Auto_falls_back_where_ssh_does_not_reach_it_and_says_why_once(string? address, string why)
    {
        TasksAre(Task("RUNNING", "RUNNING"));
        Cloud.OnDescribeNetworkInterfaces = _ => [SampleTask.Interface(address)];
        var session = Session(FargateTransport.Auto, ClosedPort());

        await WaitAsync(session, Shell, Hasty);

        Assert.Equal((FargateTransport.EcsExec, FargateTransport.Auto), (session.OpenTransport, session.Transport));
        Assert.Contains(why, Assert.Single(Events.Events.OfType<Caution>()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Once_it_has_fallen_back_it_is_not_tried_again_by_ssh()
    {
        TasksAre(Task("RUNNING", "RUNNING"));
        var session = Session(FargateTransport.Auto);
        session.OpenTransport = FargateTransport.EcsExec;

        await WaitAsync(session, Shell);

        Assert.Empty(Events.Events.OfType<Caution>());
        Assert.Empty(Cloud.CallsOf("DescribeNetworkInterfaces"));
    }

    [Fact]
    public async Task As_long_as_there_is_no_other_way_ssh_has_its_whole_time()
    {
        TasksAre(Task("RUNNING", "PENDING"));
        PublicAddressIs("127.0.0.1");
        var session = Session(FargateTransport.Auto, ClosedPort());

        var error = await FailAsync(FargateError.EcsExecUnavailable, session, Shell, Hasty);

        Assert.Contains("it is PENDING", error.Message, StringComparison.Ordinal);
        Assert.Single(Events.Events.OfType<Caution>());
        Assert.True(DateTimeOffset.UtcNow - session.CreatedAt >= Hasty.BannerLimit);
    }

    [Fact]
    public async Task A_server_that_is_not_its_own_is_no_reason_to_fall_back()
    {
        using TemporaryFolder folder = new();
        using var server = GreetingServer.Greeting(Banner);
        TasksAre(Task("RUNNING", "RUNNING"));
        PublicAddressIs("127.0.0.1");
        var session = Own(folder, server.Port);
        session.HostKeyVerification = HostKeyVerification.Strict;

        // Time enough to meet it before the other transport is used.
        await FailAsync(FargateError.HostKeyNotVerified, session, Shell, Hasty with
        {
            BannerLimit = TimeSpan.FromMinutes(1), FallbackLimit = TimeSpan.FromMinutes(1),
        });

        Assert.Null(session.OpenTransport);
    }

    [Fact]
    public async Task Who_wants_ssh_gets_no_other()
    {
        TasksAre(Task("RUNNING", "RUNNING"));
        PublicAddressIs("127.0.0.1");

        await FailAsync(
            FargateError.PortUnreachable,
            Session(FargateTransport.Auto, ClosedPort()),
            Shell with { Transport = FargateTransport.Ssh },
            Hasty);
    }

    private static FargateSession Session(FargateTransport transport, int port = 22) =>
        new(SampleTask.Session(port).Record with { Transport = transport });

    /// <summary>A session of this machine with a log that tells nothing.</summary>
    private static FargateSession Own(TemporaryFolder folder, int port) => new(
        new SessionRecord
        {
            SessionId = "fl-abcdefghjk",
            TaskArn = SampleTask.Arn,
            Cluster = "dev",
            ContainerName = "cli",
            Port = port,
            AssignPublicIp = true,
            Transport = FargateTransport.Auto,
            CreatedAt = DateTimeOffset.UtcNow,
        },
        folder.Path);

    private static TaskDescription Task(string status, string? agent) => SampleTask.Of(status) with
    {
        EnablesExecuteCommand = true,
        Containers =
        [
            new ContainerDescription
            {
                Name = "cli",
                ExecuteCommandAgent = agent is null ? null : new ManagedAgentDescription(agent, agent == "STOPPED" ? "no rights" : null),
            },
        ],
    };

    private static int ClosedPort()
    {
        using var server = GreetingServer.Greeting(Banner);
        return server.Port;
    }
}
