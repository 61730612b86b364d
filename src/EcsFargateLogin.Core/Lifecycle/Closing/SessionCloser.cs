using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Lifecycle.Closing;

/// <summary>Closes sessions: stops the task with a reason, then removes the rule, the key and the journal entry.</summary>
internal sealed class SessionCloser(IFargateCloud cloud, SessionJournal journal)
{
    /// <summary>The maximum length of a reason in ECS.</summary>
    private const int LongestReason = 255;

    /// <summary>
    /// The time for which ECS may not know a task that it has just accepted. ECS forgets no task as early as that.
    /// </summary>
    public static readonly TimeSpan NewTaskLimit = TimeSpan.FromSeconds(60);

    /// <summary>The time after which an unanswered RunTask cannot lead to a task any more that ECS does not list.</summary>
    public static readonly TimeSpan UnansweredLimit = TimeSpan.FromHours(1);

    /// <summary>The time limit for finding the task and stopping it, together.</summary>
    public TimeSpan StopLimit { get; init; } = TimeLimit.OfCleanUp;

    /// <summary>Cancelled when the user stops waiting for the reply to StopTask.</summary>
    public CancellationToken GiveUp { get; init; }

    /// <summary>The pause between attempts to stop a task that ECS does not know yet.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The search for the task of a session without an ARN.</summary>
    public TaskSearch Search { get; init; } = new(cloud);

    /// <summary>
    /// Stops the session's task, removes its ingress rule and forgets the session. May be repeated. It has its own time limits,
    /// and ends earlier only when the user gives up.
    /// </summary>
    /// <param name="session">The session. One that has ended already is only forgotten.</param>
    /// <param name="reason">The reason in a few words, which the stopped task shows.</param>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.StopFailed"/>: the task may still run, and the session stays in the journal.
    /// <see cref="FargateError.IngressNotRevoked"/>: the task was stopped, and the rule stays in the journal.
    /// <see cref="FargateError.FilesNotDeleted"/>: the task was stopped, and something holds the session's files.
    /// <see cref="FargateError.TaskNotFound"/>: ECS does not know it, and it is no session of this machine, or was asked for
    /// in another account or region.
    /// </exception>
    public async Task CloseAsync(FargateSession session, string reason)
    {
        var journalId = JournalIdOf(session);
        // In parallel: even where the task cannot be stopped, the rule must be removed.
        var ending = EndTaskAsync(session, reason);
        var revoking = RevokeIngressAsync(session, journalId);
        await Task.WhenAll(CloseMasterAsync(session), LocalRoutes.CloseAsync(session), ending, revoking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var notRevoked = await revoking;
        try
        {
            await ending;
        }
        catch (FargateException notStopped) when (notRevoked is not null)
        {
            throw GeneralErrors.Combine(notStopped, notRevoked);
        }

        await journal.Starts.RecordAsync([session], GiveUp);
        if (journalId is not null && Forget(journalId, notRevoked) is { } left)
        {
            throw left;
        }
    }

    /// <summary>Removes the rule of a session without a running task, and forgets the session.</summary>
    /// <returns>Null, or the error of an incomplete clean-up: the session then stays in the journal.</returns>
    public async Task<FargateException?> ForgetAsync(FargateSession session)
    {
        session.IsClosed = true;
        var notRevoked = await RevokeIngressAsync(session, session.SessionId);
        return Forget(session.SessionId, notRevoked);
    }

    private async Task<FargateException?> RevokeIngressAsync(FargateSession session, string? journalId)
    {
        if (journalId is null)
        {
            return null;
        }

        session.Ingress ??= FindEntry(() => journal.Find(journalId))?.Ingress;
        return await new SessionIngress(cloud, journal) { GiveUp = GiveUp }.CloseAsync(session, journalId);
    }

    /// <summary>Deletes the session's key, and its entry too unless the rule still exists.</summary>
    /// <returns>The error of an incomplete clean-up, or null.</returns>
    private FargateException? Forget(string journalId, FargateException? notRevoked)
    {
        try
        {
            if (notRevoked is null)
            {
                SessionCredentials.Forget(journalId);
                journal.Close(journalId);
            }
            else
            {
                journal.DeleteKey(journalId);
            }

            return notRevoked;
        }
        catch (FargateException notDeleted)
        {
            return notRevoked ?? notDeleted;
        }
    }

    /// <summary>Ends the master connection while the task is being stopped.</summary>
    private static Task CloseMasterAsync(FargateSession session) => session.Folder is { } folder
        ? Task.Run(new SshMaster(folder).CloseAsync)
        : Task.CompletedTask;

    private async Task EndTaskAsync(FargateSession session, string reason)
    {
        using var limit = TimeLimit.Begin(StopLimit, GiveUp);
        if (!session.IsClosed && session.TaskArn.Length == 0 && SessionIds.IsValid(session.SessionId))
        {
            session.TaskArn = await FindTaskAsync(session, limit.Token);
            journal.NoteTask(session.SessionId, session.TaskArn);
        }

        if (!session.IsClosed && session.TaskArn.Length > 0)
        {
            await StopTaskAsync(session, reason, limit.Token);
        }

        session.IsClosed = true;
        session.Status = session.TaskArn.Length > 0 ? session.Status : TaskStatuses.Stopped;
    }

    /// <summary>Finds the task of a session after RunTask was not answered.</summary>
    /// <returns>Its ARN; empty when there is no such task, which is certain only after some time.</returns>
    /// <exception cref="FargateException">A task may still appear, or AWS could not be asked.</exception>
    private async Task<string> FindTaskAsync(FargateSession session, CancellationToken cancellationToken)
    {
        try
        {
            if (await Search.SearchAsync(session, cancellationToken) is { } taskArn)
            {
                return taskArn;
            }
        }
        catch (FargateException e)
        {
            throw SessionErrors.RunTaskUncertain(session, e);
        }
        catch (OperationCanceledException e)
        {
            throw SessionErrors.RunTaskUncertain(session, NoReply(e));
        }

        // Where the account is unknown, only time can tell.
        var limit = session.Account is null ? UnansweredLimit : NewTaskLimit;
        return DateTimeOffset.UtcNow - session.CreatedAt > limit
            && IsOwnIn(cloud.Connection.Region, session)
            && await IsAskedInItsAccountAsync(session, cancellationToken)
            ? ""
            : throw SessionErrors.TaskNotListed(session, limit);
    }

    private async Task StopTaskAsync(FargateSession session, string reason, CancellationToken cancellationToken)
    {
        var text = $"EcsFargateLogin session {session}: {reason}";
        text = text[..Math.Min(text.Length, LongestReason)];
        FargateException? unknown = null;
        try
        {
            while ((unknown = await TryStopAsync(session, text, cancellationToken)) is not null)
            {
                await Task.Delay(RetryPause, cancellationToken);
            }
        }
        catch (FargateException e) when (e.Error != FargateError.TaskNotFound)
        {
            throw SessionErrors.StopFailed(session, e);
        }
        catch (OperationCanceledException e)
        {
            throw SessionErrors.StopFailed(session, unknown ?? NoReply(e));
        }
    }

    private FargateException NoReply(OperationCanceledException cause) => GiveUp.IsCancellationRequested
        ? CloudErrors.ReplyNotAwaited(cloud.Connection.EcsEndpoint, cause)
        : CloudErrors.NoReplyInTime(cloud.Connection.EcsEndpoint, cause);

    /// <summary>Stops the task once.</summary>
    /// <returns>Null, or the error by which ECS does not know the task, where the task may be too new.</returns>
    private async Task<FargateException?> TryStopAsync(
        FargateSession session, string reason, CancellationToken cancellationToken)
    {
        try
        {
            if (await cloud.StopTaskAsync(session.Cluster, session.TaskArn, reason, cancellationToken) is { } task)
            {
                // A server can answer before ECS has reported all times of the start.
                session.Timing.Update(task);
            }

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

            if (!await IsAskedInItsAccountAsync(session, cancellationToken))
            {
                throw SessionErrors.TaskOfAnotherAccount(session, e);
            }

            // ECS forgets tasks an hour after they stop, so the task has stopped.
            session.Status = TaskStatuses.Stopped;
        }

        return null;
    }

    /// <summary>
    /// Whether the session is one of this machine's in this region. Only then may an unknown task have ended; otherwise its ARN
    /// may be mistyped, and the task must not be reported as stopped.
    /// </summary>
    private static bool IsOwnIn(string region, FargateSession session) =>
        session.SessionId.Length > 0 && session.Region == region;

    /// <summary>
    /// Whether the credentials are for the session's account. In another account its task is unknown although it runs.
    /// </summary>
    private async Task<bool> IsAskedInItsAccountAsync(FargateSession session, CancellationToken cancellationToken) =>
        session.Account is not { } account
        || await AskedAccount.IsAsync(account, cloud, session.Cluster, cancellationToken);

    /// <summary>
    /// Returns the id in the journal. A task that is specified by its ARN may be one of this machine's sessions, and its key must
    /// be deleted as well.
    /// </summary>
    private string? JournalIdOf(FargateSession session) => session.SessionId.Length > 0
        ? session.SessionId
        : FindEntry(() => journal.FindByTask(session.TaskArn))?.SessionId;

    /// <summary>Reads the journal; null where it cannot be read, because the task must be stopped anyway.</summary>
    private static SessionRecord? FindEntry(Func<SessionRecord?> find)
    {
        try
        {
            return find();
        }
        catch (FargateException)
        {
            return null;
        }
    }
}
