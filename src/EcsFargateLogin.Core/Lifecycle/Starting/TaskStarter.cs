using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Model;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Lifecycle.Starting;

/// <summary>
/// Starts the tasks of sessions: journal entry, RunTask, journal entry. An attempt for which there is no room is followed
/// by the next one of the session's plan.
/// </summary>
internal sealed class TaskStarter(IFargateCloud cloud, SessionJournal journal)
{
    /// <summary>
    /// How long a cancelled launch waits for RunTask's answer. Cutting the call off would leave open whether a task
    /// was started; its answer usually takes well under a second. The limit of the clean-up begins after it.
    /// </summary>
    public TimeSpan ReplyGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Cancelled when the user waits no longer for what is cleaned up.</summary>
    public CancellationToken GiveUp { get; init; }

    /// <summary>The search for the task of a RunTask that got no answer.</summary>
    public TaskSearch Search { get; init; } = new(cloud);

    /// <summary>The search for a task that an earlier try of a refused RunTask may have started.</summary>
    public TaskSearch EarlierTry { get; init; } = new(cloud) { Limit = TimeSpan.FromSeconds(3) };

    /// <summary>Between two attempts: what there was no room for just now has no room at once either.</summary>
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
    /// <exception cref="FargateException">Nothing was started, or the message says what may have been.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; what had been started was stopped.</exception>
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
    /// Starts a session's task again, after one that stopped before it was ready: the session then stands for the new
    /// task. One that was accepted is kept also when the token is cancelled; whoever waits decides about it.
    /// </summary>
    /// <param name="session">A session whose plan has another attempt.</param>
    /// <param name="why">Why the task stopped, for people.</param>
    /// <param name="progress">Gets a detail for each attempt.</param>
    /// <param name="cancellationToken">Cancels what RunTask has not been asked for yet.</param>
    /// <exception cref="FargateException">There is no new task, or the message says what there may be.</exception>
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

    /// <summary>The task stops by itself already; that it was told to is for whoever finds it.</summary>
    private async Task StopFailedTaskAsync(FargateSession session)
    {
        using var limit = CleanUpLimit.Begin(GiveUp);
        try
        {
            await cloud
                .StopTaskAsync(session.Cluster, session.TaskArn, $"EcsFargateLogin session {session}: it is started again", limit.Token);
        }
        catch (FargateException e) when (e.Error == FargateError.TaskNotFound)
        {
            // It is gone.
        }
        catch (OperationCanceledException e)
        {
            throw SessionErrors.StopFailed(session, CloudErrors.NoAnswerInTime(cloud.Connection.EcsEndpoint, e));
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

            if (!plan.HasNext || !PassingCauses.Include(refusal!))
            {
                throw await ForgetAsync(session, refusal!);
            }

            ReportNext(session, refusal!.Message, progress);
            await WithoutTaskAsync(session, () => Task.Delay(AttemptPause, cancellationToken));
        }
    }

    /// <summary>Writes down what is about to happen, when its turn has come.</summary>
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

    /// <summary>Does something while the session has no task: when it fails, nothing is left to remember.</summary>
    private async Task WithoutTaskAsync(FargateSession session, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (FargateException e)
        {
            throw await ForgetAsync(session, e);
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

    /// <returns>Why the session has no task, and what of it could not be forgotten.</returns>
    private async Task<FargateException> ForgetAsync(FargateSession session, FargateException error) =>
        await Closer.ForgetAsync(session) is { } left ? GeneralErrors.And(error, left) : error;

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
                ? GeneralErrors.And(notKept, left)
                : notKept;
        }
    }

    /// <returns>What is left of the session though its task was stopped; null for nothing.</returns>
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

    /// <returns>The task, or why ECS started none.</returns>
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
        catch (FargateException e) when (MayFollowALostAnswer(e))
        {
            await StopWhatAnEarlierTryStartedAsync(session, e);
            return (null, e);
        }
        catch (FargateException e) when (!LeavesOpenWhetherItStarted(e))
        {
            return (null, e);
        }
        catch (FargateException e)
        {
            await StopWhatMayHaveStartedAsync(session, e);
            throw;
        }
        catch (OperationCanceledException e)
        {
            var cause = CloudErrors.NoAnswerInTime(cloud.Connection.EcsEndpoint, e);
            await StopWhatMayHaveStartedAsync(session, cause);
            throw;
        }
    }

    /// <summary>AWS refused it, or the answer got lost: only in the second case may a task run.</summary>
    private static bool LeavesOpenWhetherItStarted(FargateException e) =>
        e.Error is FargateError.EndpointUnreachable or FargateError.ServiceFailed;

    /// <summary>
    /// The last try was refused for a reason that can come up between two tries: the answer to an earlier one, which may
    /// have started the task, may have been lost.
    /// </summary>
    private static bool MayFollowALostAnswer(FargateException e) =>
        e.Error is FargateError.Throttled or FargateError.CredentialsExpired;

    /// <summary>Stops what an earlier try started; with no task of the session's id there is nothing to stop.</summary>
    /// <exception cref="FargateException">AWS could not be asked, or the task could not be stopped.</exception>
    private async Task StopWhatAnEarlierTryStartedAsync(FargateSession session, FargateException cause)
    {
        session.TaskArn = "";
        using var limit = CleanUpLimit.Begin(GiveUp);
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
    /// Searches for the task by startedBy and stops it. Where none is found its journal entry stays, because ECS may show
    /// the task later.
    /// </summary>
    /// <exception cref="FargateException">It was not found, or could not be stopped.</exception>
    private async Task StopWhatMayHaveStartedAsync(FargateSession session, FargateException cause)
    {
        // Until it is found, no ARN is right: that of an earlier attempt's task least of all.
        session.TaskArn = "";
        using var limit = CleanUpLimit.Begin(GiveUp);
        var taskArn = await Search.FindAsync(session, limit.Token)
            ?? throw SessionErrors.RunTaskUncertain(session, cause);
        await StopFoundAsync(session, taskArn, limit.Token);
    }

    /// <summary>
    /// Stops a task that was found by startedBy. The journal learns of it first: where it cannot be stopped now, it is later
    /// known by its ARN alone, because a task that has stopped meanwhile is no longer listed by startedBy.
    /// </summary>
    private async Task StopFoundAsync(FargateSession session, string taskArn, CancellationToken cancellationToken)
    {
        session.TaskArn = taskArn;
        journal.NoteTask(session.SessionId, taskArn);
        await CloserUntil(cancellationToken).CloseAsync(session, "the answer to RunTask was lost");
    }
}
