namespace EcsFargateLogin.Cloud;

/// <summary>What DescribeTasks answered.</summary>
/// <param name="Tasks">The tasks that ECS knows.</param>
/// <param name="Failures">Those that it does not (MISSING).</param>
internal sealed record DescribeTasksReply(IReadOnlyList<TaskDescription> Tasks, IReadOnlyList<CloudFailure> Failures);

/// <summary>A task as ECS describes it. Times are absent until they have come.</summary>
internal sealed record TaskDescription
{
    /// <summary>The task's ARN.</summary>
    public required string TaskArn { get; init; }

    /// <summary>The ARN of the cluster it runs in.</summary>
    public required string ClusterArn { get; init; }

    /// <summary>The ARN of its task definition.</summary>
    public string? TaskDefinitionArn { get; init; }

    /// <summary>PROVISIONING, PENDING, ACTIVATING, RUNNING, DEACTIVATING, STOPPING, DEPROVISIONING or STOPPED.</summary>
    public required string LastStatus { get; init; }

    /// <summary>RUNNING or STOPPED.</summary>
    public string? DesiredStatus { get; init; }

    /// <summary>The startedBy of RunTask.</summary>
    public string? StartedBy { get; init; }

    /// <summary>Its tags by key; null where the answer does not tell.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>When RunTask was accepted.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When the task reached its network.</summary>
    public DateTimeOffset? ConnectivityAt { get; init; }

    /// <summary>When the image pull began.</summary>
    public DateTimeOffset? PullStartedAt { get; init; }

    /// <summary>When the image pull ended.</summary>
    public DateTimeOffset? PullStoppedAt { get; init; }

    /// <summary>When the task became RUNNING.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the task began to stop.</summary>
    public DateTimeOffset? StoppingAt { get; init; }

    /// <summary>When the task was STOPPED.</summary>
    public DateTimeOffset? StoppedAt { get; init; }

    /// <summary>ECS's code for why it stopped: TaskFailedToStart, EssentialContainerExited, UserInitiated, …</summary>
    public string? StopCode { get; init; }

    /// <summary>ECS's words for why it stopped.</summary>
    public string? StoppedReason { get; init; }

    /// <summary>The zone it was placed in.</summary>
    public string? AvailabilityZone { get; init; }

    /// <summary>Its containers.</summary>
    public IReadOnlyList<ContainerDescription> Containers { get; init; } = [];

    /// <summary>Whether commands can be executed in it by way of ECS.</summary>
    public bool EnablesExecuteCommand { get; init; }

    /// <summary>What RunTask was told to change of its containers; one that was left as it is has nothing in it.</summary>
    public IReadOnlyList<ContainerOverride> Overrides { get; init; } = [];

    /// <summary>The id of its elastic network interface, once attached.</summary>
    public string? NetworkInterfaceId { get; init; }

    /// <summary>The subnet of that interface.</summary>
    public string? SubnetId { get; init; }

    /// <summary>The private IPv4 address of that interface.</summary>
    public string? PrivateIPv4Address { get; init; }

    /// <summary>The IPv6 address of that interface, where the subnet has IPv6.</summary>
    public string? IPv6Address { get; init; }
}

/// <summary>A container of a task.</summary>
internal sealed record ContainerDescription
{
    /// <summary>Its name in the task definition.</summary>
    public required string Name { get; init; }

    /// <summary>PENDING, RUNNING or STOPPED; absent before its first report.</summary>
    public string? LastStatus { get; init; }

    /// <summary>What it exited with, once it has.</summary>
    public int? ExitCode { get; init; }

    /// <summary>ECS's words for what went wrong with it.</summary>
    public string? Reason { get; init; }

    /// <summary>What its host calls it, once it runs.</summary>
    public string? RuntimeId { get; init; }

    /// <summary>What executes commands in it; null where the task does not enable that, or has not come so far.</summary>
    public ManagedAgentDescription? ExecuteCommandAgent { get; init; }
}

/// <summary>A program that ECS puts into a container.</summary>
/// <param name="LastStatus">PENDING, RUNNING or STOPPED.</param>
/// <param name="Reason">ECS's words for that; may be absent.</param>
internal sealed record ManagedAgentDescription(string? LastStatus, string? Reason);

/// <summary>What RunTask was told to change of a container.</summary>
/// <param name="ContainerName">The container's name.</param>
/// <param name="HasCommand">Whether its command was replaced.</param>
/// <param name="VariableNames">The environment variables that were added.</param>
internal sealed record ContainerOverride(string ContainerName, bool HasCommand, IReadOnlyList<string> VariableNames);
