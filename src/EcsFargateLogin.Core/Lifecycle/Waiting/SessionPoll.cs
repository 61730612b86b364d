using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;

namespace EcsFargateLogin.Lifecycle.Waiting;

/// <summary>
/// Polls AWS for many sessions at once: one DescribeTasks per 100 tasks of a cluster, and one DescribeNetworkInterfaces for all
/// sessions that need a public address.
/// </summary>
internal sealed class SessionPoll(IFargateCloud cloud, WaitOptions options)
{
    /// <summary>Polls once for all sessions. A permanent failure fails the sessions that it concerns.</summary>
    /// <returns>The interval until the next poll.</returns>
    public async Task<TimeSpan> PollAsync(
        IReadOnlyCollection<PendingSession> pending, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        var answered = true;
        foreach (var cluster in pending.Where(session => session.NeedsTask).GroupBy(session => session.Session.Cluster).ToList())
        {
            PendingSession[] sessions = [.. cluster];
            answered &= await TryAsync(sessions, progress, () =>
                PollTasksAsync(cluster.Key, sessions, cancellationToken));
        }

        // Sessions that do not require a public address neither need permission to read interfaces nor wait for those that do.
        PendingSession[] waiting = [.. pending.Where(session => session.NeedsInterface)];
        answered &= await TryAsync([.. waiting.Where(session => session.RequiresPublicAddress)], progress, () =>
            PollInterfacesAsync([.. waiting.Select(session => session.Session)], cancellationToken));
        if (answered)
        {
            foreach (var session in pending)
            {
                session.ResetFailures();
            }
        }

        return Jitter.Of(answered ? options.PollInterval : options.ThrottledInterval);
    }

    /// <summary>Polls a session's task once and updates the session.</summary>
    /// <exception cref="FargateException">ECS does not know the task, or AWS could not be asked.</exception>
    public async Task PollOnceAsync(FargateSession session, CancellationToken cancellationToken)
    {
        var reply = await cloud
            .DescribeTasksAsync(session.Cluster, [session.TaskArn], cancellationToken);
        if (reply.Tasks.FirstOrDefault(session.IsOf) is { } task)
        {
            session.Update(task);
            await using PendingSession pending = new(session, new Readiness(PreferPrivate: true, CanBeEntered: false), options);
            await PollInterfaceAsync(pending, cancellationToken);
        }
        else if (DateTimeOffset.UtcNow - session.CreatedAt > options.MissingLimit || session.SessionId.Length == 0)
        {
            throw SessionErrors.TaskNotFound(session);
        }
    }

    private async Task PollInterfaceAsync(PendingSession pending, CancellationToken cancellationToken)
    {
        try
        {
            await PollInterfacesAsync(pending.NeedsInterface ? [pending.Session] : [], cancellationToken);
        }
        catch (FargateException) when (!pending.RequiresPublicAddress)
        {
            // The private address is enough.
        }
    }

    /// <summary>
    /// Runs a poll. A permanent failure ends the wait for the sessions that need the reply, and for no others.
    /// </summary>
    /// <returns>False when some of these sessions still wait for a reply.</returns>
    private static async Task<bool> TryAsync(
        IReadOnlyList<PendingSession> needing, IProgress<SessionEvent> progress, Func<Task> ask)
    {
        try
        {
            await ask();
            return true;
        }
        catch (FargateException e)
        {
            foreach (var session in needing)
            {
                session.ObserveFailure(e);
            }

            if (needing.FirstOrDefault(session => session.Failure is null) is not { } waiting)
            {
                return true;
            }

            // One report for all sessions.
            progress.Report(new Detail(waiting.Session, e.Message));
            return false;
        }
    }

    private async Task PollTasksAsync(
        string cluster, IReadOnlyList<PendingSession> sessions, CancellationToken cancellationToken)
    {
        var reply = await cloud
            .DescribeTasksAsync(cluster, [.. sessions.Select(session => session.Session.TaskArn)], cancellationToken);

        // By id, because users may specify tasks so, and ids are unique within a cluster.
        var tasks = reply.Tasks.DistinctBy(task => TaskArn.IdOf(task.TaskArn)).ToDictionary(task => TaskArn.IdOf(task.TaskArn));
        foreach (var session in sessions)
        {
            if (tasks.GetValueOrDefault(session.Session.TaskId) is { } task)
            {
                session.Observe(task);
            }
            else
            {
                session.ObserveUnknown();
            }
        }
    }

    private async Task PollInterfacesAsync(IReadOnlyList<FargateSession> sessions, CancellationToken cancellationToken)
    {
        if (sessions.Count == 0)
        {
            return;
        }

        // EC2 may lag behind ECS. An unknown interface is polled again the next time.
        var interfaces = await cloud
            .DescribeNetworkInterfacesAsync([.. sessions.Select(session => session.NetworkInterfaceId!)], cancellationToken);
        var sessionsByInterface = sessions.ToLookup(session => session.NetworkInterfaceId);
        foreach (var networkInterface in interfaces)
        {
            foreach (var session in sessionsByInterface[networkInterface.Id])
            {
                session.Update(networkInterface);
            }
        }
    }
}
