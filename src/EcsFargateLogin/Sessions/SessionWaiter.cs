using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Sessions;

/// <summary>
/// Waits until sessions are ready. All sessions of a cluster share one DescribeTasks a look, and all that need a
/// public address one DescribeNetworkInterfaces.
/// </summary>
internal sealed class SessionWaiter(IFargateCloud cloud, WaitOptions options)
{
    /// <summary>Waits for one session.</summary>
    /// <exception cref="FargateException">It will not be ready.</exception>
    public async Task WaitAsync(
        FargateSession session, Readiness readiness, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        FargateException? error = null;
        await WaitAsync([session], readiness, new OutcomeCatcher(progress, failed => error = failed.Error), cancellationToken)
            .ConfigureAwait(false);
        if (error is not null)
        {
            throw error;
        }
    }

    /// <summary>
    /// Waits for all sessions and reports each as <see cref="SessionReady"/> or <see cref="SessionFailed"/> as soon as
    /// that is known.
    /// </summary>
    public async Task WaitAsync(
        IReadOnlyCollection<FargateSession> sessions,
        Readiness readiness,
        IProgress<SessionEvent> progress,
        CancellationToken cancellationToken)
    {
        PendingSession[] all = [.. sessions.Select(session => new PendingSession(session, readiness, options))];
        List<PendingSession> pending = [.. all];
        using var knocking = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await DelayFirstLookAsync(sessions, cancellationToken).ConfigureAwait(false);
            while (pending.Count > 0)
            {
                var interval = await LookAsync(pending, progress, cancellationToken).ConfigureAwait(false);
                await ReportStoppedAsync(pending, progress, cancellationToken).ConfigureAwait(false);
                pending.ForEach(session => session.StartKnocking(knocking.Token));
                Settle(pending, progress);
                await PauseAsync(pending, interval, progress, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await knocking.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(all.Select(session => session.Answer).OfType<Task>())
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Looks at a session's task once and takes over what is known by now.</summary>
    /// <exception cref="FargateException">ECS does not know the task, or AWS could not be asked.</exception>
    public async Task LookOnceAsync(FargateSession session, CancellationToken cancellationToken)
    {
        var reply = await cloud
            .DescribeTasksAsync(session.Cluster, [session.TaskArn], cancellationToken)
            .ConfigureAwait(false);
        if (reply.Tasks.FirstOrDefault(session.IsOf) is { } task)
        {
            session.Update(task);
            PendingSession pending = new(session, new Readiness(PreferPrivate: true, SshAnswers: false), options);
            await LookAtInterfacesAsync(pending.WantsInterface ? [pending] : [], cancellationToken).ConfigureAwait(false);
        }
        else if (DateTimeOffset.UtcNow - session.CreatedAt > options.MissingLimit || session.SessionId.Length == 0)
        {
            throw FargateErrors.TaskNotFound(session);
        }
    }

    private async Task DelayFirstLookAsync(
        IReadOnlyCollection<FargateSession> sessions, CancellationToken cancellationToken)
    {
        var age = DateTimeOffset.UtcNow - sessions.Select(session => session.CreatedAt).DefaultIfEmpty().Max();
        if (age >= TimeSpan.Zero && age < options.FirstLook)
        {
            await Task.Delay(options.FirstLook - age, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Asks AWS once about all sessions, and says how long to wait until the next time.</summary>
    private async Task<TimeSpan> LookAsync(
        List<PendingSession> pending, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        var answered = true;
        foreach (var cluster in pending.GroupBy(session => session.Session.Cluster).ToList())
        {
            PendingSession[] sessions = [.. cluster];
            answered &= await AskAsync(sessions, pending, progress, () =>
                LookAtTasksAsync(cluster.Key, sessions, pending, progress, cancellationToken)).ConfigureAwait(false);
        }

        PendingSession[] waiting = [.. pending.Where(session => session.WantsInterface)];
        answered &= await AskAsync(waiting, pending, progress, () =>
            LookAtInterfacesAsync(waiting, cancellationToken)).ConfigureAwait(false);
        if (answered)
        {
            pending.ForEach(session => session.ForgetFailures());
        }

        return Jitter.Of(answered ? options.PollInterval : options.ThrottledInterval);
    }

    /// <summary>Asks AWS about some sessions. A failure that lasts ends the wait for them, and for no others.</summary>
    /// <returns>False when these sessions go on waiting for an answer.</returns>
    private static async Task<bool> AskAsync(
        IReadOnlyList<PendingSession> sessions,
        List<PendingSession> pending,
        IProgress<SessionEvent> progress,
        Func<Task> ask)
    {
        try
        {
            await ask().ConfigureAwait(false);
            return true;
        }
        catch (FargateException e)
        {
            foreach (var session in sessions)
            {
                FailOr(session, pending, progress, () =>
                {
                    session.ObserveFailure(e);
                    progress.Report(new Detail(session.Session, e.Message));
                });
            }

            return !sessions.Any(pending.Contains);
        }
    }

    private async Task LookAtTasksAsync(
        string cluster,
        IReadOnlyList<PendingSession> sessions,
        List<PendingSession> pending,
        IProgress<SessionEvent> progress,
        CancellationToken cancellationToken)
    {
        var reply = await cloud
            .DescribeTasksAsync(cluster, [.. sessions.Select(session => session.Session.TaskArn)], cancellationToken)
            .ConfigureAwait(false);
        foreach (var session in sessions)
        {
            FailOr(session, pending, progress, () =>
            {
                if (reply.Tasks.FirstOrDefault(task => session.Session.IsOf(task)) is { } task)
                {
                    session.Observe(task);
                }
                else
                {
                    session.ObserveMissing();
                }

                ReportPhase(session, progress);
            });
        }
    }

    private async Task LookAtInterfacesAsync(PendingSession[] waiting, CancellationToken cancellationToken)
    {
        if (waiting.Length == 0)
        {
            return;
        }

        try
        {
            var interfaces = await cloud
                .DescribeNetworkInterfacesAsync(
                    [.. waiting.Select(session => session.Session.NetworkInterfaceId!)], cancellationToken)
                .ConfigureAwait(false);
            foreach (var session in waiting)
            {
                if (interfaces.FirstOrDefault(i => i.Id == session.Session.NetworkInterfaceId) is { } found)
                {
                    session.Session.Update(found);
                }
            }
        }
        catch (FargateException e) when (e.Error == FargateError.NetworkInterfaceNotFound
            || !Array.Exists(waiting, session => session.RequiresPublicAddress))
        {
            // EC2 can be behind ECS; and who asks for private addresses needs no right to read interfaces.
        }
    }

    /// <summary>Reports and removes the sessions whose tasks stopped.</summary>
    private async Task ReportStoppedAsync(
        List<PendingSession> pending, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        StopDiagnosis diagnosis = new(cloud);
        PendingSession[] stopped = [.. pending.Where(session => session.StoppedTask is not null)];
        await Task.WhenAll(stopped.Select(async session =>
        {
            var error = await diagnosis
                .ExplainAsync(session.Session, session.StoppedTask!, cancellationToken)
                .ConfigureAwait(false);
            progress.Report(new SessionFailed(session.Session, error));
        })).ConfigureAwait(false);
        pending.RemoveAll(stopped.Contains);
    }

    /// <summary>Reports and removes the sessions that are ready or late.</summary>
    private static void Settle(List<PendingSession> pending, IProgress<SessionEvent> progress)
    {
        foreach (var session in pending.ToList())
        {
            if (session.IsReady)
            {
                pending.Remove(session);
                session.Session.Timing.Banner ??= session.Answer is null ? null : DateTimeOffset.UtcNow;
                progress.Report(new SessionReady(session.Session));
            }
            else
            {
                FailOr(session, pending, progress, session.ThrowIfLate);
            }
        }
    }

    /// <summary>Waits for the next look, but no longer than until a server answers.</summary>
    private static async Task PauseAsync(
        List<PendingSession> pending, TimeSpan interval, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        var next = Task.Delay(interval, cancellationToken);
        while (!next.IsCompleted && pending.Count > 0)
        {
            pending.ForEach(session => ReportPhase(session, progress));
            await Task.WhenAny([next, .. pending.Select(session => session.Answer).OfType<Task>().Where(a => !a.IsCompleted)])
                .ConfigureAwait(false);
            Settle(pending, progress);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private static void ReportPhase(PendingSession session, IProgress<SessionEvent> progress) => progress.Report(
        new PhaseSeen(session.Session, session.Phase, DateTimeOffset.UtcNow - session.Session.CreatedAt));

    private static void FailOr(
        PendingSession session, List<PendingSession> pending, IProgress<SessionEvent> progress, Action observe)
    {
        try
        {
            observe();
        }
        catch (FargateException e)
        {
            pending.Remove(session);
            progress.Report(new SessionFailed(session.Session, e));
        }
    }

    /// <summary>Keeps the one failure that can come, and passes everything else on.</summary>
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
