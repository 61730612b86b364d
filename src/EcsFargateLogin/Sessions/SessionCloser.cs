using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Sessions;

/// <summary>Ends sessions: StopTask with a reason, then the key and the journal entry go.</summary>
internal sealed class SessionCloser(IFargateCloud cloud, Journal journal)
{
    /// <summary>What ECS takes as a reason.</summary>
    private const int LongestReason = 255;

    /// <summary>Looks that may fail in a row, each after the SDK's own retries, before a wait is given up.</summary>
    private const int ToleratedFailures = 3;

    /// <summary>How long ECS may not know a task that it has just accepted; no task is forgotten as early as that.</summary>
    public static readonly TimeSpan NewTaskLimit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan CleanupTime = TimeSpan.FromSeconds(30);

    /// <summary>How long StopTask may take to answer.</summary>
    public TimeSpan StopLimit { get; init; } = CleanupTime;

    /// <summary>How long the task may take to stop: its stopTimeout, at most 120 s, and the end of its network.</summary>
    public TimeSpan StoppedLimit { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>Between looks at a task that is stopping, and between attempts to stop one that ECS does not know yet.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Between looks at a task that is stopping, while ECS slows the account down.</summary>
    public TimeSpan ThrottledInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What looks for the task of a session that has no ARN.</summary>
    public TaskMark Mark { get; init; } = new(cloud);

    private readonly SessionIngress _ingress = new(cloud, journal);

    /// <summary>
    /// The limit of a clean-up. It is never the token that the user cancelled: what runs must be stopped all the same.
    /// </summary>
    public static CancellationTokenSource CleanupLimit() => new(CleanupTime);

    /// <summary>Stops the session's task, takes back what it was let in by, and forgets the session. Safe to repeat, and never cut short by the user.</summary>
    /// <param name="session">What to stop; one that has ended already is only forgotten.</param>
    /// <param name="reason">Why, in a few words, for those who find the stopped task.</param>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.StopFailed"/>: the task may still run, and the session stays in the journal.
    /// <see cref="FargateError.IngressNotRevoked"/>: the task was stopped, and the rule stays in the journal.
    /// <see cref="FargateError.TaskNotFound"/>: it is no session of this machine, and ECS does not know it.
    /// </exception>
    public async Task CloseAsync(FargateSession session, string reason)
    {
        var journalId = JournalIdOf(session);
        session.Ingress ??= journalId is null ? null : journal.Find(journalId)?.Ingress;
        try
        {
            await EndTaskAsync(session, reason).ConfigureAwait(false);
        }
        catch (FargateException notStopped) when (session.Ingress is not null)
        {
            // Then nobody is to reach the task either.
            throw await _ingress.CloseAsync(session, journalId!).ConfigureAwait(false) is { } alsoNotRevoked
                ? FargateErrors.AndIngressNotRevoked(notStopped, alsoNotRevoked)
                : notStopped;
        }

        session.Status = session.TaskArn.Length > 0 ? session.Status : TaskStatuses.Stopped;
        if (journalId is null)
        {
            session.IsClosed = true;
        }
        else if (await ForgetAsync(session, journalId).ConfigureAwait(false) is { } notRevoked)
        {
            throw notRevoked;
        }
    }

    /// <summary>Takes back what a session was let in by, and forgets it: its task has ended, or it never had one.</summary>
    /// <returns>Null, or why the address is still let in; the session, without its key, then stays in the journal.</returns>
    public Task<FargateException?> ForgetAsync(FargateSession session) => ForgetAsync(session, session.SessionId);

    private async Task<FargateException?> ForgetAsync(FargateSession session, string sessionId)
    {
        var notRevoked = await _ingress.CloseAsync(session, sessionId).ConfigureAwait(false);
        session.IsClosed = true;
        if (notRevoked is null)
        {
            journal.Close(sessionId);
            SessionCredentials.Forget(sessionId);
        }
        else
        {
            journal.DeleteKey(sessionId);
        }

        return notRevoked;
    }

    private async Task EndTaskAsync(FargateSession session, string reason)
    {
        if (!session.IsClosed && session.TaskArn.Length == 0 && SessionMark.IsOne(session.SessionId))
        {
            session.TaskArn = await FindTaskAsync(session).ConfigureAwait(false);
        }

        if (!session.IsClosed && session.TaskArn.Length > 0)
        {
            await StopTaskAsync(session, reason).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until ECS reports the task STOPPED or has forgotten it.</summary>
    /// <exception cref="FargateException">It has not stopped in time, or AWS could not be asked.</exception>
    public async Task WaitForStoppedAsync(
        FargateSession session, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StoppedLimit);
        try
        {
            var failuresInARow = 0;
            while (session.Status != TaskStatuses.Stopped)
            {
                var interval = PollInterval;
                try
                {
                    await LookAsync(session, limit.Token).ConfigureAwait(false);
                    failuresInARow = 0;
                    progress.Report(new PhaseSeen(session, session.Status, DateTimeOffset.UtcNow - session.CreatedAt));
                }
                catch (FargateException e) when (e.Error == FargateError.Throttled || IsPassing(e, ++failuresInARow))
                {
                    progress.Report(new Detail(session, e.Message));
                    interval = ThrottledInterval;
                }

                if (session.Status != TaskStatuses.Stopped)
                {
                    await Task.Delay(interval, limit.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw FargateErrors.StopTimeout(session, StoppedLimit);
        }
    }

    private async Task LookAsync(FargateSession session, CancellationToken cancellationToken)
    {
        var reply = await cloud
            .DescribeTasksAsync(session.Cluster, [session.TaskArn], cancellationToken)
            .ConfigureAwait(false);
        if (reply.Tasks.Count > 0)
        {
            session.Update(reply.Tasks[0]);
        }
        else
        {
            session.Status = TaskStatuses.Stopped;
        }
    }

    private static bool IsPassing(FargateException e, int failuresInARow) =>
        e.Error is FargateError.EndpointUnreachable or FargateError.ServiceFailed && failuresInARow < ToleratedFailures;

    /// <summary>Finds the task of a session whose RunTask was not answered.</summary>
    /// <returns>Its ARN; empty when there is no such task, which only a session of some age tells for certain.</returns>
    /// <exception cref="FargateException">There may be one yet, or AWS could not be asked.</exception>
    private async Task<string> FindTaskAsync(FargateSession session)
    {
        using var limit = CleanupLimit();
        try
        {
            if (await Mark.SearchAsync(session, limit.Token).ConfigureAwait(false) is { } taskArn)
            {
                return taskArn;
            }
        }
        catch (FargateException e)
        {
            throw FargateErrors.RunTaskUncertain(session, e);
        }
        catch (OperationCanceledException e)
        {
            throw FargateErrors.RunTaskUncertain(session, FargateErrors.NoAnswerInTime(cloud.Connection.EcsEndpoint, e));
        }

        return DateTimeOffset.UtcNow - session.CreatedAt > NewTaskLimit && IsOwnIn(cloud.Connection.Region, session)
            ? ""
            : throw FargateErrors.TaskNotListed(session);
    }

    private async Task StopTaskAsync(FargateSession session, string reason)
    {
        using CancellationTokenSource limit = new(StopLimit);
        var text = $"EcsFargateLogin session {session}: {reason}";
        text = text[..Math.Min(text.Length, LongestReason)];
        FargateException? unknown = null;
        try
        {
            while ((unknown = await TryStopAsync(session, text, limit.Token).ConfigureAwait(false)) is not null)
            {
                await Task.Delay(PollInterval, limit.Token).ConfigureAwait(false);
            }
        }
        catch (FargateException e) when (e.Error != FargateError.TaskNotFound)
        {
            throw FargateErrors.StopFailed(session, e);
        }
        catch (OperationCanceledException e)
        {
            throw FargateErrors.StopFailed(
                session, unknown ?? FargateErrors.NoAnswerInTime(cloud.Connection.EcsEndpoint, e));
        }
    }

    /// <summary>Stops the task once.</summary>
    /// <returns>Null, or ECS's answer that it does not know the task, where that may be so because it is new.</returns>
    private async Task<FargateException?> TryStopAsync(
        FargateSession session, string reason, CancellationToken cancellationToken)
    {
        try
        {
            await cloud.StopTaskAsync(session.Cluster, session.TaskArn, reason, cancellationToken).ConfigureAwait(false);
            if (session.Status != TaskStatuses.Stopped)
            {
                session.Status = TaskStatuses.Stopping;
            }
        }
        catch (FargateException e) when (e.Error == FargateError.TaskNotFound && IsOwnIn(cloud.Connection.Region, session))
        {
            if (session.Status != TaskStatuses.Stopped && DateTimeOffset.UtcNow - session.CreatedAt < NewTaskLimit)
            {
                return e;
            }

            // ECS forgets tasks an hour after they stop: it is gone, which is what was asked for.
            session.Status = TaskStatuses.Stopped;
        }

        return null;
    }

    /// <summary>
    /// Whether the session is one of this machine's, in this region. Only then has an unknown task ended; otherwise it
    /// is a mistyped one, which must not look stopped.
    /// </summary>
    private static bool IsOwnIn(string region, FargateSession session) =>
        session.SessionId.Length > 0 && session.Region == region;

    /// <summary>A task named by its ARN may be one of this machine's sessions, whose key must go with it.</summary>
    private string? JournalIdOf(FargateSession session) => session.SessionId.Length > 0
        ? session.SessionId
        : journal.FindByTask(session.TaskArn)?.SessionId;
}
