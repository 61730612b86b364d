namespace LocalFargate.Tasks;

/// <summary>The states of a task's life, in their order; upper case on the wire.</summary>
public enum TaskPhase
{
    /// <summary>Its network interface is made.</summary>
    Provisioning,

    /// <summary>It waits for its host and its image.</summary>
    Pending,

    /// <summary>Its containers run, and what comes before RUNNING is done.</summary>
    Activating,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>What comes before stopping is done.</summary>
    Deactivating,

    /// <summary>Its containers are asked to end.</summary>
    Stopping,

    /// <summary>Its network interface is removed.</summary>
    Deprovisioning,

    /// <summary>It is over.</summary>
    Stopped,
}
