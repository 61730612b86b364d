using System.Diagnostics;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Lifecycle.Closing;

/// <summary>Ends sessions: StopTask with a reason, then the key and the journal entry go.</summary>
internal sealed class SessionCloser(IFargateCloud cloud, SessionJournal journal)
{
    /// <summary>What ECS takes as a reason.</summary>
    private const int LongestReason = 255;

    /// <summary>How long ECS may not know a task that it has just accepted; no task is forgotten as early as that.</summary>
    public static readonly TimeSpan NewTaskLimit = TimeSpan.FromSeconds(60);

    /// <summary>After this long there is no task that ECS does not list, and none is on its way.</summary>
    public static readonly TimeSpan UnansweredLimit = TimeSpan.FromHours(1);

    /// <summary>How long looking for the task and stopping it may take, together.</summary>
    public TimeSpan StopLimit { get; init; } = CleanUpLimit.Time;

    /// <summary>Cancelled when the user waits no longer for the answer to StopTask.</summary>
    public CancellationToken GiveUp { get; init; }

    /// <summary>How long the task may take to stop: its stopTimeout, at most 120 s, and the end of its network.</summary>
    public TimeSpan StoppedLimit { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>Between looks at a task that is stopping, and between attempts to stop one that ECS does not know yet.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Between looks at a task that is stopping, while ECS slows the account down.</summary>
    public TimeSpan ThrottledInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What looks for the task of a session that has no ARN.</summary>
    public TaskSearch Search { get; init; } = new(cloud);

    /// <summary>
    /// Stops the session's task, takes back what it was let in by, and forgets the session. Safe to repeat. It ends by
    /// itself in time, and earlier only when the user gives up.
    /// </summary>
    /// <param name="session">What to stop; one that has ended already is only forgotten.</param>
    /// <param name="reason">Why, in a few words, for those who find the stopped task.</param>
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
        // Side by side: also where the task cannot be stopped, nobody is to reach it.
        var ending = EndTaskAsync(session, reason);
        var revoking = RevokeIngressAsync(session, journalId);
        await Task.WhenAll(CloseMasterAsync(session), ending, revoking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var notRevoked = await revoking;
        try
        {
            await ending;
        }
        catch (FargateException notStopped) when (notRevoked is not null)
        {
            throw GeneralErrors.And(notStopped, notRevoked);
        }

        if (journalId is not null && Forget(journalId, notRevoked) is { } left)
        {
            throw left;
        }
    }

    /// <summary>Takes back what a session was let in by, and forgets it: its task has ended, or it never had one.</summary>
    /// <returns>Null, or what is left of it: then the session stays in the journal.</returns>
    public async Task<FargateException?> ForgetAsync(FargateSession session)
    {
        session.IsClosed = true;
        var notRevoked = await RevokeIngressAsync(session, session.SessionId);
        return Forget(session.SessionId, notRevoked);
    }

    /// <summary>Waits until ECS reports the task STOPPED or has forgotten it.</summary>
    /// <exception cref="FargateException">It has not stopped in time, or AWS could not be asked.</exception>
    public async Task WaitForStoppedAsync(
        FargateSession session, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StoppedLimit);
        var watch = Stopwatch.StartNew();
        try
        {
            FailureTolerance tolerance = new();
            while (session.Status != TaskStatuses.Stopped)
            {
                var interval = PollInterval;
                try
                {
                    await LookAsync(session, limit.Token);
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
            throw SessionErrors.StopTimeout(session, StoppedLimit);
        }
    }

    private async Task<FargateException?> RevokeIngressAsync(FargateSession session, string? journalId)
    {
        if (journalId is null)
        {
            return null;
        }

        session.Ingress ??= Remembered(() => journal.Find(journalId))?.Ingress;
        return await new SessionIngress(cloud, journal) { GiveUp = GiveUp }.CloseAsync(session, journalId);
    }

    /// <summary>Deletes the session's key, and its entry as well unless there is something left to clean up.</summary>
    /// <returns>What is left of it; null for nothing.</returns>
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

    /// <summary>Ends the connection that commands share, while the task is being stopped.</summary>
    private static Task CloseMasterAsync(FargateSession session) => session.Folder is { } folder
        ? Task.Run(new SshMaster(folder).CloseAsync)
        : Task.CompletedTask;

    private async Task EndTaskAsync(FargateSession session, string reason)
    {
        using var limit = CleanUpLimit.Begin(StopLimit, GiveUp);
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

    private async Task LookAsync(FargateSession session, CancellationToken cancellationToken)
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

    /// <summary>Finds the task of a session whose RunTask was not answered.</summary>
    /// <returns>Its ARN; empty when there is no such task, which only a session of some age tells for certain.</returns>
    /// <exception cref="FargateException">There may be one yet, or AWS could not be asked.</exception>
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
            throw SessionErrors.RunTaskUncertain(session, NoAnswer(e));
        }

        // Where the account is not known, only time tells.
        var limit = session.Account is null ? UnansweredLimit : NewTaskLimit;
        return DateTimeOffset.UtcNow - session.CreatedAt > limit
            && IsOwnIn(cloud.Connection.Region, session)
            && await IsAskedInItsAccountAsync(session, cancellationToken)
            ? ""
            : throw SessionErrors.TaskNotListed(session);
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
                await Task.Delay(PollInterval, cancellationToken);
            }
        }
        catch (FargateException e) when (e.Error != FargateError.TaskNotFound)
        {
            throw SessionErrors.StopFailed(session, e);
        }
        catch (OperationCanceledException e)
        {
            throw SessionErrors.StopFailed(session, unknown ?? NoAnswer(e));
        }
    }

    private FargateException NoAnswer(OperationCanceledException cause) => GiveUp.IsCancellationRequested
        ? CloudErrors.AnswerNotAwaited(cloud.Connection.EcsEndpoint, cause)
        : CloudErrors.NoAnswerInTime(cloud.Connection.EcsEndpoint, cause);

    /// <summary>Stops the task once.</summary>
    /// <returns>Null, or ECS's answer that it does not know the task, where that may be so because it is new.</returns>
    private async Task<FargateException?> TryStopAsync(
        FargateSession session, string reason, CancellationToken cancellationToken)
    {
        try
        {
            await cloud.StopTaskAsync(session.Cluster, session.TaskArn, reason, cancellationToken);
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

            // ECS forgets tasks an hour after they stop: it is gone, which is what was asked for.
            session.Status = TaskStatuses.Stopped;
        }

        return null;
    }

    /// <summary>
    /// Whether the session is one of this machine's, in this region. Only then may an unknown task have ended; otherwise
    /// it is a mistyped one, which must not look stopped.
    /// </summary>
    private static bool IsOwnIn(string region, FargateSession session) =>
        session.SessionId.Length > 0 && session.Region == region;

    /// <summary>Whether ECS is asked in the session's account: elsewhere its task is unknown and runs all the same.</summary>
    private async Task<bool> IsAskedInItsAccountAsync(FargateSession session, CancellationToken cancellationToken) =>
        session.Account is not { } account
        || await AskedAccount.IsAsync(account, cloud, session.Cluster, cancellationToken);

    /// <summary>A task named by its ARN may be one of this machine's sessions, whose key must go with it.</summary>
    private string? JournalIdOf(FargateSession session) => session.SessionId.Length > 0
        ? session.SessionId
        : Remembered(() => journal.FindByTask(session.TaskArn))?.SessionId;

    /// <summary>What the journal says; nothing where it cannot be read, which is no reason to let a task run on.</summary>
    private static SessionRecord? Remembered(Func<SessionRecord?> find)
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
