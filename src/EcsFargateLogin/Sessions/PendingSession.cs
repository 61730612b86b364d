using EcsFargateLogin.Cloud;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Sessions;

/// <summary>A session on its way to being ready: what was seen of it, since when, and whether that is enough or too much.</summary>
internal sealed class PendingSession(FargateSession session, Readiness readiness, WaitOptions options)
{
    /// <summary>A task that is stopping gets this long to report its exit codes before it is reported without them.</summary>
    private static readonly TimeSpan EndingGrace = TimeSpan.FromSeconds(10);

    /// <summary>Looks that may fail in a row, each after the SDK's own retries, before the wait is given up.</summary>
    private const int ToleratedFailures = 3;

    private readonly DateTimeOffset _since = DateTimeOffset.UtcNow;
    private DateTimeOffset? _missingSince;
    private DateTimeOffset? _runningSince;
    private DateTimeOffset? _endingSince;
    private bool _wasSeen;
    private int _failuresInARow;
    private BannerProbe? _probe;

    public FargateSession Session { get; } = session;

    /// <summary>Runs until the SSH server answers; null until there is an address to knock at.</summary>
    public Task? Answer { get; private set; }

    /// <summary>Whether EC2 should be asked for more about the network interface.</summary>
    public bool WantsInterface => Session is { NetworkInterfaceId: not null, PublicAddress: null, AssignPublicIp: not false };

    /// <summary>Whether the session cannot be reached without what EC2 knows.</summary>
    public bool RequiresPublicAddress => Session.AssignPublicIp == true && !readiness.PreferPrivate;

    /// <summary>What is waited for now, in ECS's word or in a few words.</summary>
    public string Phase => (Session.Status, Address) switch
    {
        (TaskStatuses.Running, null) => "RUNNING, waiting for its address",
        (TaskStatuses.Running, { } address) when readiness.SshAnswers =>
            $"RUNNING, waiting for the SSH server at {address}:{Session.Port}",
        _ => Session.Status,
    };

    private string? Address => Session.AddressFor(readiness.PreferPrivate);

    /// <summary>The task, once ECS says that it stopped and why; null as long as it may become ready.</summary>
    public TaskDescription? StoppedTask { get; private set; }

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
            StoppedTask = IsExplained(task) || now - _endingSince > EndingGrace ? task : null;
        }
        else if (task.LastStatus == TaskStatuses.Running)
        {
            _runningSince ??= now;
        }
    }

    /// <summary>Takes over that ECS does not know the task (yet).</summary>
    /// <exception cref="FargateException">It has not for too long.</exception>
    public void ObserveMissing()
    {
        var now = DateTimeOffset.UtcNow;
        _missingSince ??= now;
        if (now - _missingSince > options.MissingLimit)
        {
            throw FargateErrors.TaskMissing(Session, options.MissingLimit);
        }
    }

    /// <summary>Takes over that AWS could not be asked this time.</summary>
    /// <exception cref="FargateException">The failure itself, when it will not pass or has lasted too long.</exception>
    public void ObserveFailure(FargateException failure)
    {
        var isPassing = failure.Error switch
        {
            FargateError.Throttled => true,
            FargateError.EndpointUnreachable or FargateError.ServiceFailed => ++_failuresInARow < ToleratedFailures,
            _ => false,
        };
        if (!isPassing)
        {
            throw failure;
        }
    }

    /// <summary>Takes over that AWS answered again.</summary>
    public void ForgetFailures() => _failuresInARow = 0;

    /// <summary>
    /// Starts to knock as soon as there is an address: the server may answer before ECS's next answer says that the
    /// task runs.
    /// </summary>
    public void StartKnocking(CancellationToken cancellationToken)
    {
        if (readiness.SshAnswers && Answer is null && Address is { } address)
        {
            _probe = new BannerProbe(address, Session.Port);
            Answer = _probe.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Whether it is ready.</summary>
    public bool IsReady => readiness.SshAnswers
        ? Answer is { IsCompletedSuccessfully: true } && _endingSince is null
        : Session.Status == TaskStatuses.Running && Address is not null;

    /// <summary>Checks every limit of the wait.</summary>
    /// <exception cref="FargateException">One has passed; the error says what was waited for.</exception>
    public void ThrowIfLate()
    {
        var now = DateTimeOffset.UtcNow;
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
        else if (readiness.SshAnswers && now - running > options.BannerLimit)
        {
            throw FargateErrors.PortUnreachable(Session, address, now - running, _probe?.LastOutcome ?? "it was not tried");
        }
    }

    private static bool IsExplained(TaskDescription task) =>
        task.LastStatus is TaskStatuses.Deprovisioning or TaskStatuses.Stopped
        || task.Containers.All(container => container.ExitCode is not null || container.Reason is not null);
}
