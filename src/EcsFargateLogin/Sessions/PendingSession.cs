using EcsFargateLogin.Cloud;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Sessions;

/// <summary>A session on its way to being ready: what was seen of it, since when, and whether that is enough or too much.</summary>
internal sealed class PendingSession(FargateSession session, Readiness readiness, WaitOptions options) : IAsyncDisposable
{
    /// <summary>A task that is stopping gets this long to report its exit codes before it is reported without them.</summary>
    private static readonly TimeSpan EndingGrace = TimeSpan.FromSeconds(10);

    private readonly List<Task> _work = [];
    private DateTimeOffset _since = DateTimeOffset.UtcNow;
    private DateTimeOffset? _missingSince;
    private DateTimeOffset? _runningSince;
    private DateTimeOffset? _endingSince;
    private bool _wasSeen;
    private FailureTolerance _tolerance = new();
    private string? _reportedPhase;
    private TaskDescription? _stoppedTask;
    private IServerProbe? _probe;
    private CancellationTokenSource? _knocking;
    private Task? _answer;
    private Task? _verification;
    private Task? _followUp;

    public FargateSession Session { get; } = session;

    /// <summary>Between knocks at its SSH port.</summary>
    public TimeSpan KnockPause { get; init; } = options.ShortestKnockPause;

    /// <summary>Why it will not be ready; null as long as it may be.</summary>
    public FargateException? Failure { get; private set; }

    /// <summary>Whether its SSH server has answered.</summary>
    public bool HasAnswered => _answer is { IsCompletedSuccessfully: true };

    /// <summary>Whether it is ready.</summary>
    public bool IsReady => Failure is null && _followUp is null && (readiness.SshAnswers
        ? HasAnswered && _verification is { IsCompletedSuccessfully: true } && _endingSince is null
        : Session.Status == TaskStatuses.Running && Address is not null);

    /// <summary>True once it was said what became of it.</summary>
    public bool IsSettled { get; set; }

    /// <summary>Whether ECS should be asked about the task.</summary>
    public bool WantsTask => Failure is null && _followUp is null;

    /// <summary>Whether EC2 should be asked for more about the network interface.</summary>
    public bool WantsInterface => WantsTask
        && Session is { NetworkInterfaceId: not null, PublicAddress: null, AssignPublicIp: not false };

    /// <summary>Whether the session cannot be reached without what EC2 knows.</summary>
    public bool RequiresPublicAddress => Session.AssignPublicIp == true && !readiness.PreferPrivate;

    /// <summary>What may change its state before the next look.</summary>
    public IEnumerable<Task> Awaited => new[] { _answer, _verification, _followUp }.OfType<Task>().Where(task => !task.IsCompleted);

    private string? Address => Session.AddressFor(readiness.PreferPrivate);

    /// <summary>What is waited for now, in ECS's word or in a few words.</summary>
    private string Phase => (Session.Status, Address) switch
    {
        (TaskStatuses.Running, null) => "RUNNING, waiting for its address",
        (TaskStatuses.Running, _) when HasAnswered => "RUNNING, waiting for its host key in the log",
        (TaskStatuses.Running, { } address) when readiness.SshAnswers =>
            $"RUNNING, waiting for the SSH server at {address}:{Session.Port}",
        _ => Session.Status,
    };

    /// <summary>Whether it came into a phase that was not told yet; that one is told now.</summary>
    public bool HasNewPhase(out string phase)
    {
        phase = Phase;
        var isNew = phase != _reportedPhase;
        _reportedPhase = phase;
        return isNew;
    }

    /// <summary>Takes over what ECS says.</summary>
    public void Observe(TaskDescription task)
    {
        var now = DateTimeOffset.UtcNow;
        _missingSince = null;
        _wasSeen = true;
        Session.Update(task);
        if (TaskStatuses.IsEnding(task.LastStatus))
        {
            _endingSince ??= now;
            _stoppedTask = IsExplained(task) || now - _endingSince > EndingGrace ? task : null;
        }
        else if (task.LastStatus == TaskStatuses.Running)
        {
            _runningSince ??= now;
        }
    }

    /// <summary>Takes over that ECS does not know the task (yet).</summary>
    public void ObserveMissing()
    {
        var now = DateTimeOffset.UtcNow;
        _missingSince ??= now;
        if (now - _missingSince > options.MissingLimit)
        {
            Failure = FargateErrors.TaskMissing(Session, options.MissingLimit);
        }
    }

    /// <summary>Takes over that AWS could not be asked this time: a failure that will not pass, or has lasted too long, is its own.</summary>
    public void ObserveFailure(FargateException failure)
    {
        var isPassing = failure.Error == FargateError.NetworkInterfaceNotFound || _tolerance.Tolerates(failure);
        Failure = isPassing ? null : failure;
    }

    /// <summary>Takes over that AWS answered again.</summary>
    public void ForgetFailures() => _tolerance.Reset();

    /// <summary>
    /// Starts to knock as soon as there is an address: the server may answer before ECS's next answer says that the
    /// task runs. A jump host is not bothered before that. The host key is verified at the same time.
    /// </summary>
    /// <param name="verify">Gets the server's answer, and throws why its host key is not to be trusted.</param>
    /// <param name="cancellationToken">Cancels both.</param>
    public void StartKnocking(Func<Task, CancellationToken, Task> verify, CancellationToken cancellationToken)
    {
        var isDue = Session.Proxy is null || Session.Status == TaskStatuses.Running;
        if (readiness.SshAnswers && _answer is null && WantsTask && isDue && Address is { } address)
        {
            _probe = Session.Proxy is { } proxy
                ? new ProxyProbe(proxy, address, Session.Port)
                : new BannerProbe(address, Session.Port) { Pause = KnockPause };
            _knocking = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _answer = _probe.WaitAsync(_knocking.Token);
            // The log's client is made on its first use; nothing else is to wait for that.
            var (answer, knocking) = (_answer, _knocking.Token);
            _verification = Task.Run(() => verify(answer, knocking), knocking);
            _work.AddRange([_answer, _verification]);
        }
    }

    /// <summary>Once the task has stopped, starts what follows: another start, or finding out why.</summary>
    /// <param name="follow">Makes the session stand for a new task, or throws why it will not be ready.</param>
    public void FollowStop(Func<TaskDescription, Task> follow)
    {
        if (_stoppedTask is { } task && WantsTask)
        {
            StopKnocking();
            _followUp = follow(task);
            _work.Add(_followUp);
        }
    }

    /// <summary>Checks what became of the knocking, what follows a stop, and every limit of the wait.</summary>
    public void Check()
    {
        try
        {
            if (_followUp is null)
            {
                ThrowIfUnreachable();
                ThrowIfLate();
                ThrowIfNotVerified();
            }
            else if (_followUp.IsCompleted)
            {
                _followUp.GetAwaiter().GetResult();
                StartOver();
            }
        }
        catch (FargateException e)
        {
            Failure ??= e;
        }
    }

    /// <summary>Ends all that was begun for it.</summary>
    public async ValueTask DisposeAsync()
    {
        StopKnocking();
        await Task.WhenAll(_work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _knocking?.Dispose();
    }

    private void StopKnocking() => _knocking?.Cancel();

    /// <summary>The session stands for a new task: nothing that was seen counts any more.</summary>
    private void StartOver()
    {
        _knocking?.Dispose();
        (_since, _wasSeen, _tolerance) = (DateTimeOffset.UtcNow, false, new FailureTolerance());
        (_missingSince, _runningSince, _endingSince) = (null, null, null);
        (_stoppedTask, _probe, _knocking, _answer, _verification, _followUp) = (null, null, null, null, null, null);
    }

    private void ThrowIfUnreachable()
    {
        if (_answer is { IsFaulted: true })
        {
            _answer.GetAwaiter().GetResult();
        }
    }

    private void ThrowIfLate()
    {
        var now = DateTimeOffset.UtcNow;
        if (IsReady)
        {
            return;
        }

        if (_runningSince is not { } running)
        {
            // An old session may run for long: until ECS has told of it, only this wait counts.
            if (now - (_wasSeen ? Session.CreatedAt : _since) > Session.StartTimeout)
            {
                throw FargateErrors.StartTimeout(Session, Session.StartTimeout);
            }
        }
        else if (Address is not { } address)
        {
            if (!RequiresPublicAddress && now - running > options.PublicAddressLimit)
            {
                throw FargateErrors.NoAddress(Session);
            }

            if (now - running > options.PublicAddressLimit)
            {
                throw FargateErrors.NoPublicAddress(Session, options.PublicAddressLimit);
            }
        }
        else if (readiness.SshAnswers && !HasAnswered && now - running > options.BannerLimit)
        {
            throw FargateErrors.PortUnreachable(Session, address, now - running, _probe?.LastOutcome ?? "it was not tried");
        }
    }

    private void ThrowIfNotVerified()
    {
        // What was cancelled had to give way to something else.
        if (_verification is { IsFaulted: true })
        {
            _verification.GetAwaiter().GetResult();
        }
    }

    private static bool IsExplained(TaskDescription task) =>
        task.LastStatus is TaskStatuses.Deprovisioning or TaskStatuses.Stopped
        || task.Containers.All(container => container.ExitCode is not null || container.Reason is not null);
}
