using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;
using EcsFargateLogin.Shells;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Shells;

public sealed class EcsExecShellTests : IDisposable
{
    private readonly ScriptedCloud _cloud = new();
    private readonly EventLog _events = new();
    private TimeSpan _limit = TimeSpan.FromMinutes(2);

    public EcsExecShellTests() => _cloud.OnDescribeTasks = (_, _, _) => SampleTask.Reply(SampleTask.Of("RUNNING") with
    {
        Containers =
        [
            new ContainerDescription { Name = "sidecar", RuntimeId = "other" },
            new ContainerDescription { Name = "cli", RuntimeId = "runtime-1" },
        ],
    });

    public void Dispose() => _cloud.Dispose();

    [Fact]
    public async Task A_shell_is_asked_for_in_the_sessions_container()
    {
        var channel = await OpenAsync();

        Assert.Equal(
            new ExecuteCommandRequest
            {
                Cluster = "dev",
                Task = SampleTask.Arn,
                ContainerName = "cli",
                Command = "/bin/sh -c 'if command -v bash >/dev/null; then exec bash -l; fi; exec sh -l'",
            },
            _cloud.CallsOf("ExecuteCommand")[0].Input);
        Assert.Equal(
            ($"ecs:dev_{SampleTask.Id}_runtime-1", "eu-central-1", "the-token"),
            (channel.Target, channel.Region, channel.TokenValue));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_splits_the_line_as_a_shell_does_gets_three_words(bool isResumable)
    {
        var (_, words, _) = await RunningProgram.RunAsync(
            "sh", "-c", $"printf '%s\\0' {EcsExecShell.CommandOf(isResumable)}");

        var parts = words.Split('\0');
        Assert.Equal(["/bin/sh", "-c"], parts[..2]);
        Assert.Equal(4, parts.Length);
        Assert.Equal(isResumable, parts[2].Contains("tmux", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_agent_that_is_not_connected_yet_is_asked_again()
    {
        _cloud.OnExecuteCommand = before => before < 2
            ? throw Refused()
            : new ExecuteCommandChannel("a", "b", "c");

        Assert.Equal("c", (await OpenAsync()).TokenValue);

        Assert.Equal(3, _cloud.CallsOf("ExecuteCommand").Count);
        Assert.Equal(2, _events.Events.OfType<Detail>().Count());
    }

    [Fact]
    public async Task One_that_stays_away_is_an_error()
    {
        _cloud.OnExecuteCommand = _ => throw Refused();
        _limit = TimeSpan.FromSeconds(1);

        var error = await Assert.ThrowsAsync<FargateException>(OpenAsync);

        Assert.Equal(FargateError.EcsExecUnavailable, error.Error);
        Assert.True(_cloud.CallsOf("ExecuteCommand").Count > 1);
    }

    [Fact]
    public async Task Another_refusal_is_an_error_at_once()
    {
        _cloud.OnExecuteCommand = _ => throw SampleTask.AccessDenied("ecs:ExecuteCommand");

        var error = await Assert.ThrowsAsync<FargateException>(OpenAsync);

        Assert.Equal(FargateError.AccessDenied, error.Error);
        Assert.Single(_cloud.CallsOf("ExecuteCommand"));
    }

    [Theory]
    [InlineData("RUNNING", false)]
    [InlineData("STOPPING", true)]
    [InlineData("STOPPED", true)]
    public async Task The_end_of_the_task_is_told_apart_from_that_of_the_shell(string status, bool isInterruption)
    {
        _cloud.OnDescribeTasks = (_, _, _) => SampleTask.Reply(SampleTask.Of(status) with { StopCode = "SpotInterruption" });

        var error = await Shell.ExplainEndAsync(stoppedTask: null, CancellationToken.None);

        Assert.Equal(isInterruption ? FargateError.TaskStopped : null, error?.Error);
    }

    private EcsExecShell Shell => new(_cloud, SampleTask.Session())
    {
        Limit = _limit,
        Pause = TimeSpan.FromMilliseconds(5),
    };

    private Task<EcsFargateLogin.SessionManager.PluginChannel> OpenAsync() =>
        Shell.OpenAsync(isResumable: false, _events, CancellationToken.None);

    private static FargateException Refused() =>
        EcsErrors.ExecuteCommandRefused(SampleTask.Arn, SampleTask.Answer("TargetNotConnectedException"));
}
