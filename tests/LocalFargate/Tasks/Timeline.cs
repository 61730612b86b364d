namespace LocalFargate.Tasks;

/// <summary>The time that a task stays in each phase of its life; zero passes through it at once.</summary>
public sealed record Timeline
{
    /// <summary>No waiting at all, for tests.</summary>
    public static Timeline Instant { get; } = new();

    /// <summary>In PROVISIONING, until the network interface is attached.</summary>
    public TimeSpan Provisioning { get; init; }

    /// <summary>In PENDING, before the image is pulled.</summary>
    public TimeSpan Pending { get; init; }

    /// <summary>In PENDING, while the image is pulled.</summary>
    public TimeSpan Pulling { get; init; }

    /// <summary>In ACTIVATING, when the containers run already.</summary>
    public TimeSpan Activating { get; init; }

    /// <summary>In DEACTIVATING.</summary>
    public TimeSpan Deactivating { get; init; }

    /// <summary>In STOPPING, besides what the containers take to end.</summary>
    public TimeSpan Stopping { get; init; }

    /// <summary>In DEPROVISIONING.</summary>
    public TimeSpan Deprovisioning { get; init; }

    /// <summary>A start that takes that long in all, shared out as on Fargate, and an end that takes a third of it.</summary>
    /// <param name="start">From RunTask to RUNNING.</param>
    public static Timeline StartingWithin(TimeSpan start) => new()
    {
        Provisioning = start * 0.3,
        Pending = start * 0.1,
        Pulling = start * 0.5,
        Activating = start * 0.1,
        Deactivating = start * 0.03,
        Stopping = start * 0.03,
        Deprovisioning = start * 0.27,
    };
}
