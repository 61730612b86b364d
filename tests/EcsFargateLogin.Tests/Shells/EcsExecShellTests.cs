using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;
using EcsFargateLogin.SessionManager;
using EcsFargateLogin.Shells;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Shells;

public sealed class EcsExecShellTests : IDisposable
{
    private static readonly ChannelTicket Unusable = new("ecs-execute-command-1", "http://not.a.websocket", "the-token");

    private readonly ScriptedCloud _cloud = new();
    private readonly EventLog _events = new();
    private TimeSpan _limit = TimeSpan.FromMinutes(2);

    private readonly EndedSessions _sessions = new();

    public EcsExecShellTests()
    {
        _cloud.SessionManager = _sessions;
        _cloud.OnDescribeTasks = (_, _, _) => SampleTask.Reply(SampleTask.Of("RUNNING") with
        {
            Containers =
            [
                new ContainerDescription { Name = "sidecar", RuntimeId = "other" },
                new ContainerDescription { Name = "cli", RuntimeId = "runtime-1" },
            ],
        });
    }

    public void Dispose() => _cloud.Dispose();

    [Fact]
    public async Task A_shell_is_asked_for_in_the_sessions_container_by_a_line_that_is_always_the_same()
    {
        _cloud.OnExecuteCommand = _ => Unusable;

        await Assert.ThrowsAsync<FargateException>(StartAsync);

        Assert.Equal(
            new ExecuteCommandRequest
            {
                Cluster = "dev",
                Task = SampleTask.Arn,
                ContainerName = "cli",
                Command = ExecScript.Bootstrap,
            },
            _cloud.CallsOf("ExecuteCommand")[0].Input);
        Assert.Equal(["ecs-execute-command-1"], _sessions.Ended);
    }

    [Fact]
    public async Task An_agent_that_is_not_connected_yet_is_asked_again()
    {
        _cloud.OnExecuteCommand = before => before < 2 ? throw Refused() : Unusable;

        Assert.Equal(FargateError.SessionManagerFailed, (await Assert.ThrowsAsync<FargateException>(StartAsync)).Error);

        Assert.Equal(3, _cloud.CallsOf("ExecuteCommand").Count);
        Assert.Equal(2, _events.Events.OfType<Detail>().Count());
    }

    [Fact]
    public async Task One_that_stays_away_is_an_error()
    {
        _cloud.OnExecuteCommand = _ => throw Refused();
        _limit = TimeSpan.FromSeconds(1);

        var error = await Assert.ThrowsAsync<FargateException>(StartAsync);

        Assert.Equal(FargateError.EcsExecUnavailable, error.Error);
        Assert.True(_cloud.CallsOf("ExecuteCommand").Count > 1);
    }

    [Fact]
    public async Task Another_refusal_is_an_error_at_once()
    {
        _cloud.OnExecuteCommand = _ => throw SampleTask.AccessDenied("ecs:ExecuteCommand");

        var error = await Assert.ThrowsAsync<FargateException>(StartAsync);

        Assert.Equal(FargateError.AccessDenied, error.Error);
        Assert.Single(_cloud.CallsOf("ExecuteCommand"));
    }

    [Theory]
    [InlineData("RUNNING", 0, null)]
    [InlineData("RUNNING", null, FargateError.SessionManagerFailed)]
    [InlineData("STOPPING", null, FargateError.TaskStopped)]
    [InlineData("STOPPED", null, FargateError.TaskStopped)]
    [InlineData("STOPPED", 3, null)]
    public async Task The_end_of_the_task_is_told_apart_from_that_of_the_shell_and_of_its_connection(
        string status, int? exitCode, FargateError? expected)
    {
        _cloud.OnDescribeTasks = (_, _, _) => SampleTask.Reply(SampleTask.Of(status) with { StopCode = "SpotInterruption" });
        ExecEnd end = new(exitCode, exitCode is null ? new ChannelEnd("Your session timed out due to inactivity.", null) : null);

        var error = await Shell.ExplainEndAsync(end, stoppedTask: null, CancellationToken.None);

        Assert.Equal(expected, error?.Error);
        Assert.Equal(
            expected == FargateError.SessionManagerFailed,
            error?.Message.Contains("timed out due to inactivity", StringComparison.Ordinal) == true);
    }

    private EcsExecShell Shell => new(_cloud, SampleTask.Session())
    {
        Options = new ChannelOptions { ConnectLimit = _limit, ConnectPause = TimeSpan.FromMilliseconds(5) },
    };

    private Task<ExecProgram> StartAsync() => Shell.StartAsync(
        EcsExecShell.ScriptOf(isResumable: false, new TerminalSize(80, 24)), _events, CancellationToken.None);

    private static FargateException Refused() =>
        EcsErrors.ExecuteCommandRefused(SampleTask.Arn, SampleTask.Answer("TargetNotConnectedException"));

    /// <summary>Systems Manager, of which nothing is wanted but the end of sessions.</summary>
    private sealed class EndedSessions : ISessionManager
    {
        public List<string> Ended { get; } = [];

        public Task TerminateAsync(string sessionId, CancellationToken cancellationToken)
        {
            Ended.Add(sessionId);
            return Task.CompletedTask;
        }

        public Task<ChannelTicket> StartPortAsync(
            string target, int port, string? remoteHost, string reason, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<ChannelTicket?> ResumeAsync(string sessionId, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<IReadOnlyDictionary<string, string>> SignAsync(Uri streamUrl, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<SessionDataKey> GenerateDataKeyAsync(
            string keyId, IReadOnlyDictionary<string, string> context, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
