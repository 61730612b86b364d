using EcsFargateLogin.Cloud;
using EcsFargateLogin.Lifecycle.Waiting;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Lifecycle.Waiting;

/// <summary>The base of tests of a wait: a cloud that tells of one task, quick polls, and the events that were seen.</summary>
public abstract class WaitTest : IDisposable
{
    private protected const string Banner = "SSH-2.0-x\r\n";

    private protected static readonly Readiness Shell = new(CanBeEntered: true);
    private protected static readonly Readiness Address = new(CanBeEntered: false);

    private protected static readonly WaitOptions Quick = new()
    {
        FirstPollDelay = TimeSpan.Zero,
        PollInterval = TimeSpan.FromMilliseconds(5),
        ThrottledInterval = TimeSpan.FromMilliseconds(20),
    };

    private protected ScriptedCloud Cloud { get; } = new();

    private protected EventLog Events { get; } = new();

    public void Dispose()
    {
        Cloud.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected void TasksAre(params string[] statuses) => Cloud.OnDescribeTasks = (_, _, before) =>
        SampleTask.Reply(SampleTask.Of(statuses[Math.Min(before, statuses.Length - 1)]));

    private protected void TasksAre(TaskDescription task) => Cloud.OnDescribeTasks = (_, _, _) => SampleTask.Reply(task);

    private protected void PublicAddressIs(string address) =>
        Cloud.OnDescribeNetworkInterfaces = _ => [SampleTask.Interface(address)];

    private protected async Task WaitAsync(FargateSession session, Readiness readiness, WaitOptions? options = null)
    {
        using CancellationTokenSource limit = new(Eventually.Limit);
        await new SessionWaiter(Cloud, options ?? Quick).WaitAsync(session, readiness, Events, limit.Token);
    }

    private protected async Task WaitForAllAsync(IReadOnlyCollection<FargateSession> sessions, Readiness readiness)
    {
        using CancellationTokenSource limit = new(Eventually.Limit);
        await new SessionWaiter(Cloud, Quick).WaitAsync(sessions, readiness, Events, limit.Token);
    }

    private protected async Task<FargateException> FailAsync(
        FargateError expected, FargateSession session, Readiness readiness, WaitOptions? options = null)
    {
        var error = await Assert.ThrowsAsync<FargateException>(() => WaitAsync(session, readiness, options));
        Assert.Equal(expected, error.Error);
        return error;
    }
}
