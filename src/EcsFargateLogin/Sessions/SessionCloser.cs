using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Sessions;

/// <summary>Ends sessions: StopTask with a reason, then the key and the journal entry go.</summary>
internal sealed class SessionCloser(IFargateCloud cloud, Journal journal)
{
    /// <summary>What ECS takes as a reason.</summary>
    private const int LongestReason = 255;

    /// <summary>How long ECS may not know a task that it has just accepted; no task is forgotten as early as that.</summary>
    private static readonly TimeSpan NewTaskLimit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan CleanupTime = TimeSpan.FromSeconds(30);

    /// <summary>How long StopTask may take to answer.</summary>
    public TimeSpan StopLimit { get; init; } = CleanupTime;

    /// <summary>How long the task may take to stop: its stopTimeout, at most 120 s, and the end of its network.</summary>
    public TimeSpan StoppedLimit { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>Between looks at a task that is stopping, and between attempts to stop one that ECS does not know yet.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The limit of a clean-up. It is never the token that the user cancelled: what runs must be stopped all the same.
    /// </summary>
    public static CancellationTokenSource CleanupLimit() => new(CleanupTime);

    /// <summary>Stops the session's task and forgets the session. Safe to repeat, and never cut short by the user.</summary>
    /// <param name="session">What to stop; one that has ended already is only forgotten.</param>
    /// <param name="reason">Why, in a few words, for those who find the stopped task.</param>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.StopFailed"/>: the task may still run, and the session stays in the journal.
    /// <see cref="FargateError.TaskNotFound"/>: it is no session of this machine, and ECS does not know it.
    /// </exception>
    public async Task CloseAsync(FargateSession session, string reason)
    {
        if (!session.IsClosed && session.TaskArn.Length == 0)
        {
            // The answer to its latest RunTask was lost: without the ARN its entry is the only trace of the task.
            session.TaskArn = await new TaskMark(cloud) { Limit = TimeSpan.Zero }.FindAsync(session).ConfigureAwait(false)
                ?? throw FargateErrors.TaskOfSessionNotFound(session);
        }

        if (!session.IsClosed)
        {
            await StopTaskAsync(session, reason).ConfigureAwait(false);
        }

        session.IsClosed = true;
        if (JournalIdOf(session) is { } sessionId)
        {
            journal.Close(sessionId);
            SessionCredentials.Forget(sessionId);
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
            while (session.Status != TaskStatuses.Stopped)
            {
                var reply = await cloud
                    .DescribeTasksAsync(session.Cluster, [session.TaskArn], limit.Token)
                    .ConfigureAwait(false);
                if (reply.Tasks.Count == 0)
                {
                    session.Status = TaskStatuses.Stopped;
                    return;
                }

                session.Update(reply.Tasks[0]);
                progress.Report(new PhaseSeen(session, session.Status, DateTimeOffset.UtcNow - session.CreatedAt));
                if (session.Status != TaskStatuses.Stopped)
                {
                    await Task.Delay(PollInterval, limit.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw FargateErrors.StopTimeout(session, StoppedLimit);
        }
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
