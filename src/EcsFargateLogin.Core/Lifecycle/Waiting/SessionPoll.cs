using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;

namespace EcsFargateLogin.Lifecycle.Waiting;

/// <summary>
/// Asks AWS about many sessions at once: all of a cluster share one DescribeTasks per 100 tasks, and all that need a
/// public address share one DescribeNetworkInterfaces.
/// </summary>
internal sealed class SessionPoll(IFargateCloud cloud, WaitOptions options)
{
    /// <summary>Asks once about all sessions. What lasts of what goes wrong fails the sessions that it concerns.</summary>
    /// <returns>How long to wait until the next time.</returns>
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

        // Who can do without a public address needs no right to read interfaces, and waits for nobody's.
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

    /// <summary>Looks at a session's task once and takes over what is known by now.</summary>
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
            // The private address will do.
        }
    }

    /// <summary>Asks AWS. A failure that lasts ends the wait for the sessions that need the answer, and for no others.</summary>
    /// <returns>False when some of these go on waiting for an answer.</returns>
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

            // Once for all of them.
            progress.Report(new Detail(waiting.Session, e.Message));
            return false;
        }
    }

    private async Task PollTasksAsync(
        string cluster, IReadOnlyList<PendingSession> sessions, CancellationToken cancellationToken)
    {
        var reply = await cloud
            .DescribeTasksAsync(cluster, [.. sessions.Select(session => session.Session.TaskArn)], cancellationToken);

        // By id: users may name tasks so, and within a cluster it is enough.
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

        // EC2 can be behind ECS: one that it does not know yet is asked for again the next time.
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
