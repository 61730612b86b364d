using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Lifecycle.Waiting;

/// <summary>
/// The state of a session that is waited for: ECS's last replies with their times, the waits for its transports, and its time
/// limits.
/// </summary>
internal sealed class PendingSession : IAsyncDisposable
{
    /// <summary>The time that a stopping task has to report its exit codes before it is reported without them.</summary>
    private static readonly TimeSpan EndingGrace = TimeSpan.FromSeconds(10);

    private readonly Readiness _readiness;
    private readonly WaitOptions _options;
    private readonly List<TransportWait> _waits = [];
    private DateTimeOffset _since = DateTimeOffset.UtcNow;
    private DateTimeOffset? _unknownSince;
    private DateTimeOffset? _runningSince;
    private DateTimeOffset? _endingSince;
    private bool _isDescribed;
    private FailureTolerance _tolerance = new();
    private string? _reportedPhase;
    private TaskDescription? _stoppedTask;
    private Task? _followUp;

    private FargateException? _fallbackCause;

    /// <summary>The wait for the current transport; null where none is needed.</summary>
    private TransportWait? _wait;

    /// <summary>The wait for the transport to fall back to; null where there is none.</summary>
    private TransportWait? _fallback;

    public PendingSession(FargateSession session, Readiness readiness, WaitOptions options) =>
        (Session, _readiness, _options) = (session, readiness, options);

    public FargateSession Session { get; }

    /// <summary>Creates the attempts to reach its SSH server by a route.</summary>
    public Func<FargateSession, FargateRoute, IReadOnlyList<RouteAttempt>> AttemptsFor { get; init; } = (_, _) => [];

    /// <summary>The error by which it will not become ready; null while it may.</summary>
    public FargateException? Failure { get; private set; }

    /// <summary>Whether its SSH server has answered.</summary>
    public bool HasAnswered => _wait is SshWait { HasAnswered: true };

    /// <summary>Whether it is ready.</summary>
    public bool IsReady => Failure is null && _followUp is null && (_wait is null
        ? !_readiness.CanBeEntered && Session.Status == TaskStatuses.Running && Address is not null
        : _wait.IsOpen && _endingSince is null);

    /// <summary>The name of the route on which it has answered, for people; null without ssh.</summary>
    public string? RouteName => (_wait as SshWait)?.RouteName;

    /// <summary>True when its outcome was reported.</summary>
    public bool IsReported { get; set; }

    /// <summary>Whether ECS should be asked about the task.</summary>
    public bool NeedsTask => Failure is null && _followUp is null;

    /// <summary>Whether EC2 should be asked for more about the network interface.</summary>
    public bool NeedsInterface => NeedsTask && NeedsAddress
        && Session is { NetworkInterfaceId: not null, PublicAddress: null, Record.AssignPublicIp: not false };

    /// <summary>Whether the session cannot be reached without the public address, which only EC2 knows.</summary>
    public bool RequiresPublicAddress => _readiness.CanBeEntered
        ? GetOrCreateWait().NeedsPublicAddress
        : Session.Record.AssignPublicIp == true && Route != FargateRoute.Private;

    /// <summary>The tasks that may change its state before the next poll.</summary>
    public IEnumerable<Task> PendingTasks =>
        (_wait?.PendingTasks ?? []).Concat(_followUp is { IsCompleted: false } followUp ? [followUp] : []);

    private FargateTransport Transport => _readiness.Transport ?? Session.OpenTransport ?? Session.Transport;

    private bool NeedsAddress => _readiness.CanBeEntered ? GetOrCreateWait().NeedsAddress : true;

    private FargateRoute Route => _readiness.Route ?? Session.WantedRoute;

    private string? Address => Session.AddressFor(Route);

    /// <summary>The current phase, as ECS's status or in a few words.</summary>
    private string Phase => (Session.Status, Address) switch
    {
        (TaskStatuses.Running, _) when _readiness.CanBeEntered => $"RUNNING, waiting for {GetOrCreateWait().Describe()}",
        (TaskStatuses.Running, null) => "RUNNING, waiting for its address",
        _ => Session.Status,
    };

    /// <summary>Returns the current phase once. False where it was returned before.</summary>
    public bool TryGetNewPhase(out string phase)
    {
        phase = Phase;
        var isNew = phase != _reportedPhase;
        _reportedPhase = phase;
        return isNew;
    }

    /// <summary>Updates the state from ECS's description of the task.</summary>
    public void Observe(TaskDescription task)
    {
        var now = DateTimeOffset.UtcNow;
        _unknownSince = null;
        _isDescribed = true;
        Session.Update(task);
        if (_readiness.CanBeEntered)
        {
            GetOrCreateWait().Observe(task);
            _fallback?.Observe(task);
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

    /// <summary>Records that ECS does not know the task (yet).</summary>
    public void ObserveUnknown()
    {
        var now = DateTimeOffset.UtcNow;
        _unknownSince ??= now;
        if (!Session.IsOwn)
        {
            Session.Status = TaskStatuses.Unknown;
        }

        if (now - _unknownSince > _options.MissingLimit)
        {
            Failure = SessionErrors.TaskMissing(Session, _options.MissingLimit);
        }
    }

    /// <summary>Records a failed poll. A failure that is not transient, or has lasted too long, becomes the session's.</summary>
    public void ObserveFailure(FargateException failure)
    {
        var isTransient = failure.Error == FargateError.NetworkInterfaceNotFound || _tolerance.Tolerates(failure);
        Failure = isTransient ? null : failure;
    }

    /// <summary>Resets the count of failures after a successful poll.</summary>
    public void ResetFailures() => _tolerance.Reset();

    /// <inheritdoc cref="TransportWait.Begin"/>
    public void BeginWait(Func<Task<ServerAnswer?>, CancellationToken, Task> verify, CancellationToken cancellationToken)
    {
        if (_readiness.CanBeEntered && NeedsTask)
        {
            GetOrCreateWait().Begin(verify, cancellationToken);
        }
    }

    /// <summary>After the task has stopped, starts the follow-up: another start, or the diagnosis.</summary>
    /// <param name="follow">Starts a new task for the session, or throws the reason why it will not become ready.</param>
    public void FollowStop(Func<TaskDescription, Task> follow)
    {
        if (_stoppedTask is { } task && NeedsTask)
        {
            _wait?.Cancel();
            _followUp = follow(task);
        }
    }

    /// <summary>Checks the wait, the follow-up of a stop, and every time limit.</summary>
    public void Check()
    {
        try
        {
            if (_followUp is null)
            {
                _wait?.ThrowIfFailed();
                ThrowIfLate();
            }
            else if (_followUp.IsCompleted)
            {
                _followUp.GetAwaiter().GetResult();
                StartOver();
            }
        }
        catch (FargateException e) when (_fallback is not null && IsAboutReachability(e))
        {
            FallBack(e);
        }
        catch (FargateException e)
        {
            Failure ??= e;
        }
    }

    /// <summary>Returns the cause of the fallback once; null where there is none, or it was returned before.</summary>
    public FargateException? TakeFallbackCause()
    {
        var cause = _fallbackCause;
        _fallbackCause = null;
        return cause;
    }

    /// <summary>Records in the session that it is ready, and its open transport.</summary>
    public void SetReady()
    {
        IsReported = true;
        Session.OpenTransport = _wait?.Transport ?? Session.OpenTransport;
        Session.OpenRoute = (_wait as SshWait)?.OpenRoute ?? Session.OpenRoute;
        if (_wait is EcsExecWait)
        {
            Session.Timing.Agent ??= DateTimeOffset.UtcNow;
        }
    }

    /// <summary>Ends all background work of the session.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var wait in _waits)
        {
            await wait.DisposeAsync();
        }

        await (_followUp ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Returns the wait for the current transport, which is created on first use.</summary>
    private TransportWait GetOrCreateWait()
    {
        if (_wait is null)
        {
            EcsExecWait? ecsExec = Transport.HasEcsExec() ? new(Session, _options) : null;
            _wait = Transport.HasSsh() ? new SshWait(Session, _options, AttemptsFor(Session, Route)) : ecsExec!;
            _fallback = Transport == FargateTransport.Auto ? ecsExec : null;
            _waits.Add(_wait);
        }

        return _wait;
    }

    /// <summary>
    /// Whether an error allows a fallback: only an unreachable server does, not a server with another host key.
    /// </summary>
    private static bool IsAboutReachability(FargateException error) =>
        error.Error is FargateError.PortUnreachable or FargateError.NoPublicAddress or FargateError.NoAddress
            or FargateError.RouteUnavailable;

    private void FallBack(FargateException cause)
    {
        _wait?.Cancel();
        (_wait, _fallback, _fallbackCause) = (_fallback, null, cause);
    }

    /// <summary>Resets the state for the session's new task.</summary>
    private void StartOver()
    {
        (_since, _isDescribed, _tolerance) = (DateTimeOffset.UtcNow, false, new FailureTolerance());
        (_unknownSince, _runningSince, _endingSince) = (null, null, null);
        (_stoppedTask, _wait, _fallback, _followUp) = (null, null, null, null);
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
            // An old session may run for long, so only this wait counts until ECS has described its task.
            if (now - (_isDescribed ? Session.CreatedAt : _since) > Session.Record.StartTimeout)
            {
                throw SessionErrors.StartTimeout(Session, Session.Record.StartTimeout);
            }
        }
        else if (_readiness.CanBeEntered)
        {
            GetOrCreateWait().ThrowIfLate(now - running, isFallbackOpen: _fallback is { IsOpen: true });
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
