using EcsFargateLogin.Cloud;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin;

/// <summary>
/// When a session's task came into each phase of its start: where the time went. What has not come is null. Up to
/// <see cref="Started"/> the times are AWS's, after it this machine's; their clocks may differ.
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

    /// <summary>The agent of ECS Exec was seen running for the first time, where that is the way in.</summary>
    public DateTimeOffset? Agent { get; internal set; }

    /// <summary>ssh, or session-manager-plugin, was started for the first time.</summary>
    public DateTimeOffset? Shell { get; internal set; }

    /// <summary>The phases that have come, with the seconds from <see cref="Created"/>.</summary>
    public override string ToString() => string.Join(", ", Phases().Select(phase =>
        FormattableString.Invariant($"{phase.Name} {(phase.At - Created)?.TotalSeconds ?? 0:0.0} s")));

    internal void Update(TaskDescription task)
    {
        Created = task.CreatedAt ?? Created;
        Connected = task.ConnectivityAt ?? Connected;
        PullStarted = task.PullStartedAt ?? PullStarted;
        PullStopped = task.PullStoppedAt ?? PullStopped;
        Started = task.StartedAt ?? Started;
    }

    private IEnumerable<(string Name, DateTimeOffset? At)> Phases() => new (string Name, DateTimeOffset? At)[]
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

    /// <summary>Its kind, such as ssh-ed25519.</summary>
    public string Algorithm { get; }

    /// <summary>Its fingerprint as ssh-keygen -l prints it: SHA256:….</summary>
    public string Fingerprint { get; }

    /// <summary>Where it is known from.</summary>
    public HostKeySource Source { get; }

    /// <summary>All of it in a few words.</summary>
    public override string ToString() => Source == HostKeySource.TaskLog
        ? $"{Algorithm} {Fingerprint} (verified: the task's log has it)"
        : $"{Algorithm} {Fingerprint} (not verified: it was seen first)";
}

/// <summary>Where a host key is known from.</summary>
public enum HostKeySource
{
    /// <summary>The container has printed it to the task's log in CloudWatch Logs.</summary>
    TaskLog,

    /// <summary>The server that answered first has shown it.</summary>
    FirstContact,
}
