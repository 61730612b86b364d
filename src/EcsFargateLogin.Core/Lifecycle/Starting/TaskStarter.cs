using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Model;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Lifecycle.Starting;

/// <summary>
/// Starts the tasks of sessions: journal entry, RunTask, journal entry. After an attempt without capacity the next attempt of the
/// session's plan follows.
/// </summary>
internal sealed class TaskStarter(IFargateCloud cloud, SessionJournal journal)
{
    /// <summary>
    /// The time that a cancelled launch waits for RunTask's reply, which usually takes well under a second. Cancelling the call
    /// would leave unknown whether a task was started. The time limit of the clean-up begins afterwards.
    /// </summary>
    public TimeSpan ReplyGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Cancelled when the user stops waiting for the clean-up.</summary>
    public CancellationToken GiveUp { get; init; }

    /// <summary>The search for the task of a RunTask that got no reply.</summary>
    public TaskSearch Search { get; init; } = new(cloud);

    /// <summary>The search for a task that an earlier try of a refused RunTask may have started.</summary>
    public TaskSearch EarlierTry { get; init; } = new(cloud) { Limit = TimeSpan.FromSeconds(3) };

    /// <summary>The pause between two attempts, since capacity does not return at once.</summary>
    public TimeSpan AttemptPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The pace of RunTask.</summary>
    public TokenBucket Pacer { get; init; } = TokenBucket.OfLaunches;

    private SessionCloser Closer => CloserUntil(GiveUp);

    private SessionCloser CloserUntil(CancellationToken giveUp) => new(cloud, journal) { GiveUp = giveUp };

    /// <summary>Adds the rule that admits this machine's address to a new session, before that has a task.</summary>
    /// <exception cref="FargateException">The rule was not added, and the session is forgotten.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the session is forgotten.</exception>
    public Task AuthorizeIngressAsync(
        FargateSession session, IngressRule rule, IProgress<SessionEvent> progress, CancellationToken cancellationToken) =>
        WithoutTaskAsync(
            session, () => new SessionIngress(cloud, journal) { GiveUp = GiveUp }
                .OpenAsync(session, rule, progress, cancellationToken));

    /// <summary>Starts the task of a new session. Returns as soon as ECS has accepted it.</summary>
    /// <exception cref="FargateException">No task was started, or the message says that one may run.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; a started task was stopped.</exception>
    public async Task StartAsync(
        FargateSession session, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        await RunAsync(session, progress, cancellationToken);
        if (cancellationToken.IsCancellationRequested)
        {
            await Closer.CloseAsync(session, "it was cancelled");
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>
    /// Starts another task for a session after one that stopped before it was ready. Once it is accepted the task is kept even
    /// when the token is cancelled; the caller decides about it.
    /// </summary>
    /// <param name="session">A session with another attempt in its plan.</param>
    /// <param name="why">The reason why the task stopped, for people.</param>
    /// <param name="progress">Gets a detail for each attempt.</param>
    /// <param name="cancellationToken">Cancels the start until RunTask is called.</param>
    /// <exception cref="FargateException">No task was started, or the message says that one may run.</exception>
    public async Task StartAgainAsync(
        FargateSession session, string why, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        ReportNext(session, why, progress);
        if (session.Status != TaskStatuses.Stopped)
        {
            await StopFailedTaskAsync(session);
        }

        await Task.Delay(AttemptPause, cancellationToken);
        await RunAsync(session, progress, cancellationToken);
    }

    private static void ReportNext(FargateSession session, string why, IProgress<SessionEvent> progress) =>
        progress.Report(new Detail(session, $"{session}: {why} Starting again: {session.Plan!.Next}."));

    /// <summary>The task is stopping by itself. StopTask only adds a reason, for people who find the task.</summary>
    private async Task StopFailedTaskAsync(FargateSession session)
    {
        using var limit = TimeLimit.BeginCleanUp(GiveUp);
        try
        {
            await cloud
                .StopTaskAsync(
                    session.Cluster, session.TaskArn, $"EcsFargateLogin session {session}: it is started again", limit.Token);
        }
        catch (FargateException e) when (e.Error == FargateError.TaskNotFound)
        {
            // The task is gone.
        }
        catch (OperationCanceledException e)
        {
            throw SessionErrors.StopFailed(session, CloudErrors.NoReplyInTime(cloud.Connection.EcsEndpoint, e));
        }
    }

    /// <summary>Makes attempts until one starts a task.</summary>
    private async Task RunAsync(
        FargateSession session, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        var plan = session.Plan!;
        while (true)
        {
            var attempt = await PrepareAsync(session, cancellationToken);
            var (task, refusal) = await RunTaskAsync(session, attempt.RunTask, cancellationToken);
            if (task is not null)
            {
                await KeepAsync(session, task, attempt);
                return;
            }

            if (!plan.HasNext || !TransientFailures.Matches(refusal!))
            {
                throw await WithCleanUpAsync(session, refusal!);
            }

            ReportNext(session, refusal!.Message, progress);
            await WithoutTaskAsync(session, () => Task.Delay(AttemptPause, cancellationToken));
        }
    }

    /// <summary>Waits for the pace of RunTask and writes the attempt to the journal.</summary>
    private async Task<StartAttempt> PrepareAsync(FargateSession session, CancellationToken cancellationToken)
    {
        var attempt = session.Plan!.TakeNext();
        await WithoutTaskAsync(session, async () =>
        {
            await Pacer.TakeAsync(cancellationToken);
            journal.Write(attempt.In(session.Record));
            cancellationToken.ThrowIfCancellationRequested();
        });
        return attempt;
    }

    /// <summary>Runs work while the session has no task. When it fails, the session is forgotten.</summary>
    private async Task WithoutTaskAsync(FargateSession session, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (FargateException e)
        {
            throw await WithCleanUpAsync(session, e);
        }
        catch
        {
            if (await Closer.ForgetAsync(session) is { } left)
            {
                throw left;
            }

            throw;
        }
    }

    /// <returns>The error, combined with that of an incomplete clean-up.</returns>
    private async Task<FargateException> WithCleanUpAsync(FargateSession session, FargateException error) =>
        await Closer.ForgetAsync(session) is { } left ? GeneralErrors.Combine(error, left) : error;

    private async Task KeepAsync(FargateSession session, TaskDescription task, StartAttempt attempt)
    {
        session.Begin(task, attempt);
        try
        {
            journal.Write(session.Record);
        }
        catch (FargateException notKept)
        {
            throw await CloseAsync(session, "its journal entry could not be kept") is { } left
                ? GeneralErrors.Combine(notKept, left)
                : notKept;
        }
    }

    /// <returns>The error of an incomplete clean-up after the task was stopped; null for none.</returns>
    private async Task<FargateException?> CloseAsync(FargateSession session, string reason)
    {
        try
        {
            await Closer.CloseAsync(session, reason);
            return null;
        }
        catch (FargateException e) when (e.Row.IsWarning)
        {
            return e;
        }
    }

    /// <returns>The task, or the error by which ECS started none.</returns>
    private async Task<(TaskDescription? Task, FargateException? Refusal)> RunTaskAsync(
        FargateSession session, RunTaskRequest runTask, CancellationToken cancellationToken)
    {
        using CancellationTokenSource grace = new();
        using var registration = cancellationToken.Register(() => grace.CancelAfter(ReplyGrace));
        using var ending = GiveUp.Register(grace.Cancel);
        try
        {
            var reply = await cloud.RunTaskAsync(runTask, grace.Token);
            return reply.Tasks.Count > 0
                ? (reply.Tasks[0], null)
                : (null, StartErrors.RunTaskFailed(runTask, reply.Failures.Count > 0 ? reply.Failures[0] : null));
        }
        catch (FargateException e) when (MayFollowLostReply(e))
        {
            await StopEarlierTaskAsync(session, e);
            return (null, e);
        }
        catch (FargateException e) when (!IsStartUncertain(e))
        {
            return (null, e);
        }
        catch (FargateException e)
        {
            await StopUncertainTaskAsync(session, e);
            throw;
        }
        catch (OperationCanceledException e)
        {
            var cause = CloudErrors.NoReplyInTime(cloud.Connection.EcsEndpoint, e);
            await StopUncertainTaskAsync(session, cause);
            throw;
        }
    }

    /// <summary>Whether the reply was lost, so that a task may run; false where AWS refused the call.</summary>
    private static bool IsStartUncertain(FargateException e) =>
        e.Error is FargateError.EndpointUnreachable or FargateError.ServiceFailed;

    /// <summary>
    /// Whether the last try was refused for a reason that may have come up after an earlier try, which may have started the task
    /// without a reply.
    /// </summary>
    private static bool MayFollowLostReply(FargateException e) =>
        e.Error is FargateError.Throttled or FargateError.CredentialsExpired;

    /// <summary>Stops the task that an earlier try may have started; does nothing where no task has the session's id.</summary>
    /// <exception cref="FargateException">AWS could not be asked, or the task could not be stopped.</exception>
    private async Task StopEarlierTaskAsync(FargateSession session, FargateException cause)
    {
        session.TaskArn = "";
        using var limit = TimeLimit.BeginCleanUp(GiveUp);
        string? taskArn;
        try
        {
            taskArn = await EarlierTry.SearchAsync(session, limit.Token);
        }
        catch (Exception e) when (e is FargateException or OperationCanceledException)
        {
            throw SessionErrors.RunTaskUncertain(session, cause);
        }

        if (taskArn is not null)
        {
            await StopFoundAsync(session, taskArn, limit.Token);
        }
    }

    /// <summary>
    /// Finds the task by startedBy and stops it. Where none is found the journal entry stays, because ECS may list the task
    /// later.
    /// </summary>
    /// <exception cref="FargateException">It was not found, or could not be stopped.</exception>
    private async Task StopUncertainTaskAsync(FargateSession session, FargateException cause)
    {
        // The ARN is unknown until the task is found; that of an earlier attempt would be wrong.
        session.TaskArn = "";
        using var limit = TimeLimit.BeginCleanUp(GiveUp);
        var taskArn = await Search.FindAsync(session, limit.Token)
            ?? throw SessionErrors.RunTaskUncertain(session, cause);
        await StopFoundAsync(session, taskArn, limit.Token);
    }

    /// <summary>
    /// Stops a task that was found by startedBy. The journal records its ARN first: a task that has stopped meanwhile is no
    /// longer listed by startedBy.
    /// </summary>
    private async Task StopFoundAsync(FargateSession session, string taskArn, CancellationToken cancellationToken)
    {
        session.TaskArn = taskArn;
        journal.NoteTask(session.SessionId, taskArn);
        await CloserUntil(cancellationToken).CloseAsync(session, "the reply to RunTask was lost");
    }
}
