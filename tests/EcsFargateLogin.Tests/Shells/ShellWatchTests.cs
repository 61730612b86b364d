using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;
using EcsFargateLogin.Shells;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Shells;

public sealed class ShellWatchTests : IDisposable
{
    private static readonly ShellWatchOptions Quick = new()
    {
        Interval = TimeSpan.FromMilliseconds(5),
        ThrottledInterval = TimeSpan.FromMilliseconds(400),
    };

    private readonly ScriptedCloud _cloud = new();
    private readonly EventLog _events = new();

    public void Dispose() => _cloud.Dispose();

    [Theory]
    [InlineData("DEACTIVATING", null)]
    [InlineData("STOPPED", null)]
    [InlineData("RUNNING", "STOPPED")]
    public async Task A_task_that_is_stopping_ends_the_watch_and_is_told(string status, string? desired)
    {
        var stopping = SampleTask.Of(status) with
        {
            DesiredStatus = desired, StopCode = "UserInitiated", StoppedReason = "somebody said so",
        };
        _cloud.OnDescribeTasks = (_, _, before) => SampleTask.Reply(before < 3 ? SampleTask.Of("RUNNING") : stopping);

        var task = await WatchAsync(SampleTask.Session());

        Assert.Same(stopping, task);
        Assert.Equal(["the task is stopping: somebody said so"], Notices());
    }

    [Fact]
    public async Task What_AWS_refuses_is_never_noise_and_expired_credentials_are_told_once()
    {
        _cloud.OnDescribeTasks = (_, _, before) => before switch
        {
            0 => throw SampleTask.ServiceFailed(),
            1 => throw SampleTask.AccessDenied("ecs:DescribeTasks"),
            2 => SampleTask.Reply(),
            3 or 4 => throw CloudErrors.CredentialsExpired(SampleTask.Answer("ExpiredTokenException")),
            _ => SampleTask.Reply(SampleTask.Of("STOPPING")),
        };

        await WatchAsync(SampleTask.Session());

        Assert.Collection(
            Notices(),
            notice => Assert.StartsWith("the AWS credentials have expired", notice, StringComparison.Ordinal),
            notice => Assert.Equal("the task is stopping: ECS gives no reason", notice));
    }

    [Theory]
    [InlineData(590, true)]
    [InlineData(-5, true)]
    [InlineData(660, false)]
    [InlineData(null, false)]
    public async Task The_end_of_the_credentials_is_told_once_before_it_comes(int? secondsLeft, bool isTold)
    {
        _cloud.CredentialsEnd = secondsLeft is { } left ? DateTimeOffset.UtcNow.AddSeconds(left) : null;
        _cloud.OnDescribeTasks = (_, _, before) => SampleTask.Reply(SampleTask.Of(before < 3 ? "RUNNING" : "STOPPING"));

        await WatchAsync(SampleTask.Session());

        var told = Notices().Count(notice => notice.StartsWith("the AWS credentials (", StringComparison.Ordinal));
        Assert.Equal(isTold ? 1 : 0, told);
    }

    [Fact]
    public async Task Throttling_makes_the_polls_rarer()
    {
        _cloud.OnDescribeTasks = (_, _, before) =>
            before == 0 ? throw SampleTask.Throttled() : SampleTask.Reply(SampleTask.Of("STOPPING"));

        await WatchAsync(SampleTask.Session());

        var polls = _cloud.CallsOf("DescribeTasks");
        Assert.InRange(polls[1].At - polls[0].At, TimeSpan.FromMilliseconds(340), TimeSpan.MaxValue);
    }

    [Theory]
    [InlineData(7200, 6590, false)]
    [InlineData(7200, 6610, true)]
    [InlineData(60, 25, false)]
    [InlineData(60, 35, true)]
    public async Task The_end_of_a_lifetime_is_told_once_before_it_comes(int lifetime, int age, bool isTold)
    {
        _cloud.OnDescribeTasks = (_, _, before) => SampleTask.Reply(SampleTask.Of(before < 3 ? "RUNNING" : "STOPPING"));
        FargateSession session = new(new SessionRecord
        {
            TaskArn = SampleTask.Arn,
            CommandLimit = TimeSpan.FromSeconds(lifetime),
        })
        {
            StartedAt = DateTimeOffset.UtcNow - TimeSpan.FromSeconds(age),
        };

        await WatchAsync(session);

        Assert.Equal(isTold ? 1 : 0, Notices().Count(notice => notice.Contains("at the end of its lifetime", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Nothing_is_told_where_the_container_itself_keeps_the_limit()
    {
        _cloud.OnDescribeTasks = (_, _, _) => SampleTask.Reply(SampleTask.Of("STOPPING"));

        await WatchAsync(SampleTask.Session());

        Assert.Single(Notices());
    }

    private async Task<TaskDescription> WatchAsync(FargateSession session)
    {
        using CancellationTokenSource limit = new(Eventually.Limit);
        return await new ShellWatch(_cloud, session, Quick).WatchAsync(_events, limit.Token);
    }

    private List<string> Notices() => [.. _events.Events.Cast<ShellNotice>().Select(notice => notice.Text)];
}
