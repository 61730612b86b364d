using System.Diagnostics;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Lifecycle.Closing;

/// <summary>Waits until tasks have stopped after StopTask.</summary>
internal sealed class StoppedWait(IFargateCloud cloud)
{
    /// <summary>The time limit: the container's stopTimeout, at most 120 s, and the removal of its network interface.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>The pause between two polls.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The same while ECS throttles the account.</summary>
    public TimeSpan ThrottledInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Waits until ECS reports the task STOPPED or has forgotten it.</summary>
    /// <exception cref="FargateException">The task has not stopped in time, or AWS could not be asked.</exception>
    public async Task WaitAsync(
        FargateSession session, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        using var limit = TimeLimit.Begin(Limit, cancellationToken);
        var watch = Stopwatch.StartNew();
        try
        {
            FailureTolerance tolerance = new();
            while (session.Status != TaskStatuses.Stopped)
            {
                var interval = PollInterval;
                try
                {
                    await PollAsync(session, limit.Token);
                    tolerance.Reset();
                    progress.Report(new PhaseSeen(session, session.Status, watch.Elapsed, "StopTask"));
                }
                catch (FargateException e) when (tolerance.Tolerates(e))
                {
                    progress.Report(new Detail(session, e.Message));
                    interval = ThrottledInterval;
                }

                if (session.Status != TaskStatuses.Stopped)
                {
                    await Task.Delay(interval, limit.Token);
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw SessionErrors.StopTimeout(session, Limit);
        }
    }

    private async Task PollAsync(FargateSession session, CancellationToken cancellationToken)
    {
        var reply = await cloud
            .DescribeTasksAsync(session.Cluster, [session.TaskArn], cancellationToken);
        if (reply.Tasks.Count > 0)
        {
            session.Update(reply.Tasks[0]);
        }
        else
        {
            session.Status = TaskStatuses.Stopped;
        }
    }
}
