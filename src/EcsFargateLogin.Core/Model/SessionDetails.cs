using EcsFargateLogin.Cloud;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin;

/// <summary>
/// The times of the phases of a session's start; null for a phase that was not reached. Times up to <see cref="Started"/> are by
/// AWS's clock, later ones by this machine's; the clocks may differ.
/// </summary>
public sealed class FargateSessionTiming
{
    internal FargateSessionTiming()
    {
    }

    /// <summary>ECS accepted the task.</summary>
    public DateTimeOffset? Created { get; private set; }

    /// <summary>The task's network interface was attached and connected.</summary>
    public DateTimeOffset? Connected { get; private set; }

    /// <summary>The pull of the image began.</summary>
    public DateTimeOffset? PullStarted { get; private set; }

    /// <summary>The pull of the image ended.</summary>
    public DateTimeOffset? PullStopped { get; private set; }

    /// <summary>The task became RUNNING.</summary>
    public DateTimeOffset? Started { get; private set; }

    /// <summary>The SSH server answered for the first time.</summary>
    public DateTimeOffset? Banner { get; internal set; }

    /// <summary>The agent of ECS Exec was first reported as running, where that transport is used.</summary>
    public DateTimeOffset? Agent { get; internal set; }

    /// <summary>ssh, or the program of ECS Exec, was started for the first time.</summary>
    public DateTimeOffset? Shell { get; internal set; }

    /// <summary>The phases with their durations.</summary>
    public FargateStartPhases Phases => FargateStartPhases.Of(this);

    /// <summary>RunTask was answered, by this machine's clock; null where another process started the task.</summary>
    internal DateTimeOffset? Accepted { get; init; }

    /// <summary>The beginning of the wait in which the server answered, or of the latest one before, by this machine's clock.</summary>
    internal DateTimeOffset? WaitedFrom { get; private set; }

    /// <summary>The beginning of the latest wait, by this machine's clock.</summary>
    internal DateTimeOffset? LastWaitAt { get; private set; }

    /// <summary>The server or the agent answered for the first time.</summary>
    internal DateTimeOffset? Answered => Banner ?? Agent;

    /// <summary>Notes that a wait for the session begins.</summary>
    internal void BeginWait(DateTimeOffset now)
    {
        LastWaitAt = now;
        WaitedFrom = Answered is null ? LastWaitAt : WaitedFrom;
    }

    /// <summary>The phases that were reached, with the seconds from <see cref="Created"/>.</summary>
    public override string ToString() => string.Join(", ", Times().Select(phase =>
        FormattableString.Invariant($"{phase.Name} {(phase.At - Created)?.TotalSeconds ?? 0:0.0} s")));

    internal void Update(TaskDescription task)
    {
        Created = task.CreatedAt ?? Created;
        Connected = task.ConnectivityAt ?? Connected;
        PullStarted = task.PullStartedAt ?? PullStarted;
        PullStopped = task.PullStoppedAt ?? PullStopped;
        Started = task.StartedAt ?? Started;
    }

    private IEnumerable<(string Name, DateTimeOffset? At)> Times() => new (string Name, DateTimeOffset? At)[]
    {
        ("created", Created),
        ("connected", Connected),
        ("pull started", PullStarted),
        ("pull stopped", PullStopped),
        ("started", Started),
        ("banner", Banner),
        ("agent", Agent),
        ("shell", Shell),
    }.Where(phase => phase.At is not null);
}

/// <summary>The one host key that ssh accepts from a session's server.</summary>
public sealed class FargateHostKey
{
    internal FargateHostKey(PublicKey key, HostKeySource source) =>
        (Algorithm, Fingerprint, Source) = (key.Algorithm, key.Fingerprint, source);

    /// <summary>Its type, such as ssh-ed25519.</summary>
    public string Algorithm { get; }

    /// <summary>Its fingerprint as ssh-keygen -l prints it: SHA256:….</summary>
    public string Fingerprint { get; }

    /// <summary>The source of the key.</summary>
    public HostKeySource Source { get; }

    /// <summary>The key and its source.</summary>
    public override string ToString() => $"{Algorithm} {Fingerprint} " + Source switch
    {
        HostKeySource.TaskLog => "(verified: the task's log has it)",
        HostKeySource.Proof => "(verified: the server has proven it)",
        _ => "(not verified: it was seen first)",
    };

    /// <summary>Whether it is known to be the key of the session's own container.</summary>
    internal bool IsVerified => Source is HostKeySource.TaskLog or HostKeySource.Proof;
}

/// <summary>The source of a host key.</summary>
public enum HostKeySource
{
    /// <summary>The container printed it to the task's log in CloudWatch Logs.</summary>
    TaskLog,

    /// <summary>The first server that answered presented it.</summary>
    FirstContact,

    /// <summary>The server proved it in its first line, by a secret that only this session and its container have.</summary>
    Proof,
}
