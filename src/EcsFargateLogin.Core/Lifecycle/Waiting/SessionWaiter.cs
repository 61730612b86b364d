using EcsFargateLogin.Cloud;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Lifecycle.Starting;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Lifecycle.Waiting;

/// <summary>
/// Waits until sessions are ready. All sessions share each poll of AWS; each is probed separately, and is reported as soon as it
/// answers.
/// </summary>
/// <param name="cloud">The account and region of the sessions.</param>
/// <param name="options">The intervals and time limits.</param>
/// <param name="starter">Starts tasks again that found no capacity; null to leave them stopped.</param>
internal sealed class SessionWaiter(IFargateCloud cloud, WaitOptions options, TaskStarter? starter = null)
{
    /// <summary>The history that says how long starts usually take, and gets those of this wait; null for none.</summary>
    public StartHistory? History { get; init; }

    private readonly SessionPoll _poll = new(cloud, options);
    private readonly HostKeyReader _hostKeys = new(cloud);
    private readonly StopDiagnosis _diagnosis = new(cloud);

    /// <summary>Waits for one session.</summary>
    /// <exception cref="FargateException">It will not be ready.</exception>
    public async Task WaitAsync(
        FargateSession session, Readiness readiness, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        FargateException? error = null;
        await WaitAsync([session], readiness, new OutcomeCatcher(progress, failed => error = failed.Error), cancellationToken);
        if (error is not null)
        {
            throw error;
        }
    }

    /// <summary>
    /// Waits for all sessions and reports each as <see cref="SessionReady"/> or <see cref="SessionFailed"/> as soon as its
    /// outcome is known.
    /// </summary>
    public async Task WaitAsync(
        IReadOnlyCollection<FargateSession> sessions,
        Readiness readiness,
        IProgress<SessionEvent> progress,
        CancellationToken cancellationToken)
    {
        var probePause = TimeSpan.FromTicks(Math.Max(
            options.ShortestProbePause.Ticks, options.ProbePausePerSession.Ticks * sessions.Count));
        RouteChoice routes = new(cloud) { ProbePause = probePause };
        PendingSession[] all =
            [.. sessions.Select(session => new PendingSession(session, readiness, options) { AttemptsFor = routes.AttemptsFor })];
        List<PendingSession> pending = [.. all];
        using var lasting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            NoteBeginning(sessions, progress);
            pending.ForEach(session => ReportPhase(session, progress));
            await DelayFirstPollAsync(sessions, cancellationToken);
            while (pending.Count > 0)
            {
                var interval = await _poll.PollAsync(pending, progress, cancellationToken);
                foreach (var session in pending)
                {
                    session.BeginWait(
                        (answer, token) => _hostKeys.VerifyAsync(session.Session, answer, progress, token), lasting.Token);
                    session.FollowStop(task => FollowStopAsync(session.Session, task, progress, lasting.Token));
                }

                await SettleUntilNextPollAsync(pending, interval, progress, cancellationToken);
            }

            await RecordStartsAsync(sessions, progress, cancellationToken);
        }
        finally
        {
            await lasting.CancelAsync();
            foreach (var session in all)
            {
                await session.DisposeAsync();
            }
        }
    }

    /// <inheritdoc cref="SessionPoll.PollOnceAsync"/>
    public Task PollOnceAsync(FargateSession session, CancellationToken cancellationToken) =>
        _poll.PollOnceAsync(session, cancellationToken);

    /// <summary>Notes the beginning of the wait, and how long the start of each session usually takes.</summary>
    private void NoteBeginning(IReadOnlyCollection<FargateSession> sessions, IProgress<SessionEvent> progress)
    {
        foreach (var session in sessions)
        {
            session.Timing.BeginWait(DateTimeOffset.UtcNow);
        }

        if (History is not null && sessions.FirstOrDefault(session => session.Plan is not null) is { } first)
        {
            var (starts, fault) = History.Read();
            foreach (var session in sessions.Where(session => session.Plan is not null))
            {
                session.UsualStart = StartHistory.UsualOf(starts, session.TaskDefinition ?? "", session.Region);
            }

            ReportFault(first, fault, progress);
        }
    }

    /// <summary>Keeps the starts. Work in the sessions has begun, and is not delayed.</summary>
    private async Task RecordStartsAsync(
        IReadOnlyCollection<FargateSession> sessions, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        if (History is not null && sessions.Count > 0)
        {
            ReportFault(sessions.First(), await History.RecordAsync(sessions, cancellationToken), progress);
        }
    }

    private static void ReportFault(FargateSession session, string? fault, IProgress<SessionEvent> progress)
    {
        if (fault is not null)
        {
            progress.Report(new Detail(session, fault));
        }
    }

    private async Task DelayFirstPollAsync(
        IReadOnlyCollection<FargateSession> sessions, CancellationToken cancellationToken)
    {
        // For a task that is known by its ARN only, the time of its creation is unknown before the first poll.
        var own = sessions.Where(session => session.SessionId.Length > 0);
        var age = DateTimeOffset.UtcNow - own.Select(session => session.CreatedAt).DefaultIfEmpty().Max();
        if (age >= TimeSpan.Zero && age < options.FirstPollDelay)
        {
            await Task.Delay(options.FirstPollDelay - age, cancellationToken);
        }
    }

    /// <summary>Starts a stopped task again where that may help; otherwise explains why it stopped.</summary>
    /// <exception cref="FargateException">It will not be ready.</exception>
    private async Task FollowStopAsync(
        FargateSession session, TaskDescription task, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        if (starter is null || session.Plan is not { HasNext: true } || !TransientFailures.Matches(task))
        {
            throw await _diagnosis.ExplainAsync(session, task, cancellationToken);
        }

        var why = $"Its task {session.TaskId} stopped: {task.StoppedReason ?? task.StopCode}.";
        await starter.StartAgainAsync(session, why, progress, cancellationToken);
    }

    /// <summary>Reports and removes the sessions that are ready or have failed.</summary>
    private static void Settle(List<PendingSession> pending, IProgress<SessionEvent> progress)
    {
        foreach (var session in pending)
        {
            session.Check();
            WarnOfFallback(session, progress);
            session.Session.Timing.Banner ??= session.HasAnswered ? DateTimeOffset.UtcNow : null;
            if (session.Failure is { } failure)
            {
                session.IsReported = true;
                progress.Report(new SessionFailed(session.Session, failure));
            }
            else if (session.IsReady)
            {
                session.SetReady();
                if (session.RouteName is { } route)
                {
                    progress.Report(new Detail(session.Session, $"{session.Session}: its server answers by {route}."));
                }

                progress.Report(new SessionReady(session.Session));
            }
            else
            {
                ReportPhase(session, progress);
            }
        }

        pending.RemoveAll(session => session.IsReported);
    }

    private static void WarnOfFallback(PendingSession session, IProgress<SessionEvent> progress)
    {
        if (session.TakeFallbackCause() is { } cause)
        {
            progress.Report(new Caution(
                session.Session,
                $"Session {session.Session} is entered by ECS Exec, because ssh does not reach it. {cause.Message}"));
        }
    }

    private static void ReportPhase(PendingSession session, IProgress<SessionEvent> progress)
    {
        if (session.TryGetNewPhase(out var phase))
        {
            progress.Report(new PhaseSeen(session.Session, phase, DateTimeOffset.UtcNow - session.Session.CreatedAt));
        }
    }

    /// <summary>Settles sessions as their states change, until the next poll or until none is left.</summary>
    private static async Task SettleUntilNextPollAsync(
        List<PendingSession> pending, TimeSpan interval, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        var next = Task.Delay(interval, cancellationToken);
        do
        {
            // Collected before settling: a change during settling would otherwise go unnoticed until the next poll.
            Task[] awaited = [next, .. pending.SelectMany(session => session.PendingTasks)];
            Settle(pending, progress);
            if (pending.Count > 0)
            {
                await Task.WhenAny(awaited);
            }
        }
        while (!next.IsCompleted && pending.Count > 0);

        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Keeps the failure, and forwards all other events.</summary>
    private sealed class OutcomeCatcher(IProgress<SessionEvent> progress, Action<SessionFailed> onFailure)
        : IProgress<SessionEvent>
    {
        public void Report(SessionEvent value)
        {
            if (value is SessionFailed failed)
            {
                onFailure(failed);
            }
            else
            {
                progress.Report(value);
            }
        }
    }
}
