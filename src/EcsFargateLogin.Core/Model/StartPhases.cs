namespace EcsFargateLogin;

/// <summary>
/// The phases of a session's start, in their order, each with its duration. A phase is null where its end was not seen; its time
/// is then part of the next phase that was.
/// </summary>
public sealed record FargateStartPhases
{
    /// <summary>From RunTask until the task's network interface was attached and connected.</summary>
    public TimeSpan? Network { get; init; }

    /// <summary>Until the pull of the image began: the task waits for its host.</summary>
    public TimeSpan? Host { get; init; }

    /// <summary>The pull of the image.</summary>
    public TimeSpan? Pull { get; init; }

    /// <summary>Until the containers ran, or until the server answered, where ECS reported that later.</summary>
    public TimeSpan? Container { get; init; }

    /// <summary>
    /// Until the SSH server answered, or the agent of ECS Exec ran. Null also where nobody waited for it when the task ran.
    /// </summary>
    public TimeSpan? Server { get; init; }

    /// <summary>Until ssh, or the program of ECS Exec, was started for a shell.</summary>
    public TimeSpan? Shell { get; init; }

    /// <summary>All phases together.</summary>
    public TimeSpan Total => Named().Aggregate(TimeSpan.Zero, (sum, phase) => sum + phase.Duration);

    /// <summary>The phases that were seen, with their names, and the seconds of each.</summary>
    public override string ToString() => string.Join(", ", Named().Select(phase =>
        FormattableString.Invariant($"{phase.Name} {phase.Duration.TotalSeconds:0.0} s")));

    /// <summary>The phases that were seen, in order.</summary>
    internal IEnumerable<(string Name, TimeSpan Duration)> Named() => new (string Name, TimeSpan? Duration)[]
    {
        ("network", Network), ("host", Host), ("pull", Pull), ("container", Container), ("server", Server), ("shell", Shell),
    }.Where(phase => phase.Duration is not null).Select(phase => (phase.Name, phase.Duration!.Value));

    /// <summary>
    /// Measures the phases. Up to <see cref="FargateSessionTiming.Started"/> AWS's clock tells them, and later ones this machine's.
    /// The clocks may differ, so only durations are compared, each by one clock: the time from the reply of RunTask until the
    /// server answered, less what AWS needed until the task ran, is the server's.
    /// </summary>
    internal static FargateStartPhases Of(FargateSessionTiming timing)
    {
        var reached = TimeSpan.Zero;
        FargateStartPhases phases = new()
        {
            Network = To(timing.Connected),
            Host = To(timing.PullStarted),
            Pull = To(timing.PullStopped),
            Container = To(timing.Started),
        };
        return timing.Answered is { } answered && timing.Accepted is { } accepted && timing.WaitedFrom - accepted is { } waited
            // Otherwise the time without anybody who waits would count as the server's.
            && (timing.Started is null || waited <= reached)
                ? WithServer(phases, timing, answered - accepted, reached)
                : phases;

        TimeSpan? To(DateTimeOffset? at)
        {
            if (at - timing.Created is not { } end)
            {
                return null;
            }

            var duration = end > reached ? end - reached : TimeSpan.Zero;
            reached += duration;
            return duration;
        }
    }

    private static FargateStartPhases WithServer(
        FargateStartPhases phases, FargateSessionTiming timing, TimeSpan ready, TimeSpan reached)
    {
        // The server may answer before ECS reports that the task runs.
        var early = reached - ready;
        var shell = timing.Shell - (timing.LastWaitAt > timing.Answered ? timing.LastWaitAt : timing.Answered);
        return phases with
        {
            Container = early > TimeSpan.Zero && phases.Container is { } container ? Max(container - early, TimeSpan.Zero) : phases.Container,
            Server = Max(-early, TimeSpan.Zero),
            Shell = shell is { } duration ? Max(duration, TimeSpan.Zero) : null,
        };
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
