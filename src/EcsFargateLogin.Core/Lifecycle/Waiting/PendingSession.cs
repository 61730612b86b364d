using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;

namespace EcsFargateLogin.Lifecycle.Waiting;

/// <summary>A session on its way to being ready: what was seen of it, since when, and whether that is enough or too much.</summary>
internal sealed class PendingSession : IAsyncDisposable
{
    /// <summary>A task that is stopping gets this long to report its exit codes before it is reported without them.</summary>
    private static readonly TimeSpan EndingGrace = TimeSpan.FromSeconds(10);

    private readonly Readiness _readiness;
    private readonly WaitOptions _options;
    private readonly List<WayIn> _begun = [];
    private DateTimeOffset _since = DateTimeOffset.UtcNow;
    private DateTimeOffset? _missingSince;
    private DateTimeOffset? _runningSince;
    private DateTimeOffset? _endingSince;
    private bool _wasSeen;
    private FailureTolerance _tolerance = new();
    private string? _reportedPhase;
    private TaskDescription? _stoppedTask;
    private Task? _followUp;

    private FargateException? _fallbackCause;

    /// <summary>The way in that is waited for; null where none is.</summary>
    private WayIn? _wayIn;

    /// <summary>The way in that takes its place when that one stays closed; null where there is none.</summary>
    private WayIn? _otherWay;

    public PendingSession(FargateSession session, Readiness readiness, WaitOptions options)
    {
        (Session, _readiness, _options) = (session, readiness, options);
        KnockPause = options.ShortestKnockPause;
    }

    public FargateSession Session { get; }

    /// <summary>Between knocks at its SSH port.</summary>
    public TimeSpan KnockPause { get; init; }

    /// <summary>Why it will not be ready; null as long as it may be.</summary>
    public FargateException? Failure { get; private set; }

    /// <summary>Whether its SSH server has answered.</summary>
    public bool HasAnswered => _wayIn is SshWayIn { HasAnswered: true };

    /// <summary>Whether it is ready.</summary>
    public bool IsReady => Failure is null && _followUp is null && (_wayIn is null
        ? !_readiness.CanBeEntered && Session.Status == TaskStatuses.Running && Address is not null
        : _wayIn.IsOpen && _endingSince is null);

    /// <summary>True once it was said what became of it.</summary>
    public bool IsSettled { get; set; }

    /// <summary>Whether ECS should be asked about the task.</summary>
    public bool WantsTask => Failure is null && _followUp is null;

    /// <summary>Whether EC2 should be asked for more about the network interface.</summary>
    public bool WantsInterface => WantsTask && NeedsAddress
        && Session is { NetworkInterfaceId: not null, PublicAddress: null, Record.AssignPublicIp: not false };

    /// <summary>Whether the session cannot be reached without what EC2 knows.</summary>
    public bool RequiresPublicAddress => NeedsAddress && Session.Record.AssignPublicIp == true && !_readiness.PreferPrivate;

    /// <summary>What may change its state before the next look.</summary>
    public IEnumerable<Task> Awaited =>
        (_wayIn?.Awaited ?? []).Concat(_followUp is { IsCompleted: false } followUp ? [followUp] : []);

    private FargateTransport Transport => _readiness.Transport ?? Session.WayIn ?? Session.Transport;

    private bool NeedsAddress => _readiness.CanBeEntered ? Ways().NeedsAddress : true;

    private string? Address => Session.AddressFor(_readiness.PreferPrivate);

    /// <summary>What is waited for now, in ECS's word or in a few words.</summary>
    private string Phase => (Session.Status, Address) switch
    {
        (TaskStatuses.Running, var address) when _readiness.CanBeEntered => $"RUNNING, waiting for {Ways().WaitsFor(address)}",
        (TaskStatuses.Running, null) => "RUNNING, waiting for its address",
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
        if (_readiness.CanBeEntered)
        {
            Ways().Observe(task);
            _otherWay?.Observe(task);
        }

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
        if (!Session.IsOwn)
        {
            Session.Status = TaskStatuses.Unknown;
        }

        if (now - _missingSince > _options.MissingLimit)
        {
            Failure = SessionErrors.TaskMissing(Session, _options.MissingLimit);
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

    /// <inheritdoc cref="WayIn.Begin"/>
    public void BeginToEnter(Func<Task, CancellationToken, Task> verify, CancellationToken cancellationToken)
    {
        if (_readiness.CanBeEntered && WantsTask && Address is { } address)
        {
            Ways().Begin(address, verify, cancellationToken);
        }
    }

    /// <summary>Once the task has stopped, starts what follows: another start, or finding out why.</summary>
    /// <param name="follow">Makes the session stand for a new task, or throws why it will not be ready.</param>
    public void FollowStop(Func<TaskDescription, Task> follow)
    {
        if (_stoppedTask is { } task && WantsTask)
        {
            _wayIn?.Stop();
            _followUp = follow(task);
        }
    }

    /// <summary>Checks what became of the way in, what follows a stop, and every limit of the wait.</summary>
    public void Check()
    {
        try
        {
            if (_followUp is null)
            {
                _wayIn?.ThrowIfClosed();
                ThrowIfLate();
            }
            else if (_followUp.IsCompleted)
            {
                _followUp.GetAwaiter().GetResult();
                StartOver();
            }
        }
        catch (FargateException e) when (_otherWay is not null && IsAboutReachability(e))
        {
            FallBack(e);
        }
        catch (FargateException e)
        {
            Failure ??= e;
        }
    }

    /// <summary>Why it is from now on entered in another way, once; null where it is not, or that was told.</summary>
    public FargateException? TakeFallbackCause()
    {
        var cause = _fallbackCause;
        _fallbackCause = null;
        return cause;
    }

    /// <summary>Notes in the session that it is ready, and how it was found so.</summary>
    public void NoteReady()
    {
        IsSettled = true;
        Session.WayIn = _wayIn?.Transport ?? Session.WayIn;
        Session.AnsweredAddress = HasAnswered ? Address : Session.AnsweredAddress;
        if (_wayIn is EcsExecWayIn)
        {
            Session.Timing.Agent ??= DateTimeOffset.UtcNow;
        }
    }

    /// <summary>Ends all that was begun for it.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var wayIn in _begun)
        {
            await wayIn.DisposeAsync();
        }

        await (_followUp ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The way in that is waited for. Which ones there are is decided when the first is asked for.</summary>
    private WayIn Ways()
    {
        if (_wayIn is null)
        {
            EcsExecWayIn? ecsExec = Transport.HasEcsExec() ? new(Session, _options) : null;
            var requiresPublicAddress = Session.Record.AssignPublicIp == true && !_readiness.PreferPrivate;
            _wayIn = Transport.HasSsh()
                ? new SshWayIn(Session, _options, requiresPublicAddress) { KnockPause = KnockPause }
                : ecsExec!;
            _otherWay = Transport == FargateTransport.Auto ? ecsExec : null;
            _begun.Add(_wayIn);
        }

        return _wayIn;
    }

    /// <summary>
    /// Only that a server cannot be reached is a reason to go another way: one that answers as another's is not.
    /// </summary>
    private static bool IsAboutReachability(FargateException error) =>
        error.Error is FargateError.PortUnreachable or FargateError.NoPublicAddress or FargateError.NoAddress;

    private void FallBack(FargateException cause)
    {
        _wayIn?.Stop();
        (_wayIn, _otherWay, _fallbackCause) = (_otherWay, null, cause);
    }

    /// <summary>The session stands for a new task: nothing that was seen counts any more.</summary>
    private void StartOver()
    {
        (_since, _wasSeen, _tolerance) = (DateTimeOffset.UtcNow, false, new FailureTolerance());
        (_missingSince, _runningSince, _endingSince) = (null, null, null);
        (_stoppedTask, _wayIn, _otherWay, _followUp) = (null, null, null, null);
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
            if (now - (_wasSeen ? Session.CreatedAt : _since) > Session.Record.StartTimeout)
            {
                throw SessionErrors.StartTimeout(Session, Session.Record.StartTimeout);
            }
        }
        else if (_readiness.CanBeEntered)
        {
            Ways().ThrowIfLate(Address, now - running, hasOther: _otherWay is { IsOpen: true });
        }
        else if (Address is null && now - running > _options.PublicAddressLimit)
        {
            throw RequiresPublicAddress
                ? RouteErrors.NoPublicAddress(Session, _options.PublicAddressLimit)
                : RouteErrors.NoAddress(Session);
        }
    }

    private static bool IsExplained(TaskDescription task) =>
        task.LastStatus is TaskStatuses.Deprovisioning or TaskStatuses.Stopped
        || task.Containers.All(container => container.ExitCode is not null || container.Reason is not null);
}
