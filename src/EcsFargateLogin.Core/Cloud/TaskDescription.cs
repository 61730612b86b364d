namespace EcsFargateLogin.Cloud;

/// <summary>The reply to DescribeTasks.</summary>
/// <param name="Tasks">The tasks that ECS knows.</param>
/// <param name="Failures">The tasks that ECS does not know (MISSING).</param>
internal sealed record DescribeTasksReply(IReadOnlyList<TaskDescription> Tasks, IReadOnlyList<CloudFailure> Failures);

/// <summary>A task as ECS describes it. Times are null until they occur.</summary>
internal sealed record TaskDescription
{
    /// <summary>The task's ARN.</summary>
    public required string TaskArn { get; init; }

    /// <summary>The ARN of the cluster it runs in.</summary>
    public required string ClusterArn { get; init; }

    /// <summary>The ARN of its task definition.</summary>
    public string? TaskDefinitionArn { get; init; }

    /// <summary>service: and the name of the service that it belongs to, or family: and its family, or what RunTask named.</summary>
    public string? Group { get; init; }

    /// <summary>PROVISIONING, PENDING, ACTIVATING, RUNNING, DEACTIVATING, STOPPING, DEPROVISIONING or STOPPED.</summary>
    public required string LastStatus { get; init; }

    /// <summary>RUNNING or STOPPED.</summary>
    public string? DesiredStatus { get; init; }

    /// <summary>The startedBy of RunTask.</summary>
    public string? StartedBy { get; init; }

    /// <summary>Its tags by key; null where the reply does not include them.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>The time when RunTask was accepted.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The time when the task was connected to its network.</summary>
    public DateTimeOffset? ConnectivityAt { get; init; }

    /// <summary>The time when the image pull began.</summary>
    public DateTimeOffset? PullStartedAt { get; init; }

    /// <summary>The time when the image pull ended.</summary>
    public DateTimeOffset? PullStoppedAt { get; init; }

    /// <summary>The time when the task became RUNNING.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The time when the task began to stop.</summary>
    public DateTimeOffset? StoppingAt { get; init; }

    /// <summary>The time when the task was STOPPED.</summary>
    public DateTimeOffset? StoppedAt { get; init; }

    /// <summary>ECS's code for the reason it stopped: TaskFailedToStart, EssentialContainerExited, UserInitiated, …</summary>
    public string? StopCode { get; init; }

    /// <summary>ECS's description of the reason it stopped.</summary>
    public string? StoppedReason { get; init; }

    /// <summary>Its availability zone.</summary>
    public string? AvailabilityZone { get; init; }

    /// <summary>Its size.</summary>
    public TaskSize Size { get; init; } = TaskSize.None;

    /// <summary>Its containers.</summary>
    public IReadOnlyList<ContainerDescription> Containers { get; init; } = [];

    /// <summary>Whether ECS Exec is enabled.</summary>
    public bool EnablesExecuteCommand { get; init; }

    /// <summary>The container overrides of RunTask; containers without overrides are included with empty ones.</summary>
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

    /// <summary>PENDING, RUNNING or STOPPED; null before its first report.</summary>
    public string? LastStatus { get; init; }

    /// <summary>Its exit code, once it has ended.</summary>
    public int? ExitCode { get; init; }

    /// <summary>ECS's description of what went wrong with it.</summary>
    public string? Reason { get; init; }

    /// <summary>Its id in the container runtime, once it runs.</summary>
    public string? RuntimeId { get; init; }

    /// <summary>The agent of ECS Exec; null where the task does not enable ECS Exec, or is not that far yet.</summary>
    public ManagedAgentDescription? ExecuteCommandAgent { get; init; }
}

/// <summary>A program that ECS adds to a container.</summary>
/// <param name="LastStatus">PENDING, RUNNING or STOPPED.</param>
/// <param name="Reason">ECS's description of the reason, or null.</param>
internal sealed record ManagedAgentDescription(string? LastStatus, string? Reason)
{
    /// <summary>Whether it runs.</summary>
    public bool IsRunning => LastStatus == "RUNNING";

    /// <summary>The status and its reason, for people.</summary>
    public override string ToString() => $"{LastStatus ?? "not there"}{(Reason is null ? "" : $" ({Reason.TrimEnd('.')})")}";
}

/// <summary>The overrides of RunTask for a container.</summary>
/// <param name="ContainerName">The container's name.</param>
/// <param name="HasCommand">Whether the command is overridden.</param>
/// <param name="VariableNames">The names of the added environment variables.</param>
internal sealed record ContainerOverride(string ContainerName, bool HasCommand, IReadOnlyList<string> VariableNames);
