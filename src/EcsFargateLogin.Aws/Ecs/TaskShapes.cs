namespace EcsFargateLogin.Aws.Ecs;

// What DescribeTasks, StopTask and ListTasks take and give. Every member of an answer may be absent.

internal sealed record DescribeTasksInput(string Cluster, IReadOnlyList<string> Tasks)
{
    public IReadOnlyList<string> Include { get; } = ["TAGS"];
}

internal sealed record DescribeTasksOutput(IReadOnlyList<TaskShape?>? Tasks, IReadOnlyList<FailureShape?>? Failures);

internal sealed record StopTaskInput(string Cluster, string Task, string Reason);

internal sealed record StopTaskOutput(TaskShape? Task);

internal sealed record ListTasksInput(string Cluster, string? StartedBy, string DesiredStatus, string? NextToken);

internal sealed record ListTasksOutput(IReadOnlyList<string?>? TaskArns, string? NextToken);

internal sealed record FailureShape(string? Arn, string? Reason, string? Detail);

internal sealed record TaskShape
{
    public string? TaskArn { get; init; }
    public string? ClusterArn { get; init; }
    public string? TaskDefinitionArn { get; init; }
    public string? LastStatus { get; init; }
    public string? DesiredStatus { get; init; }
    public string? StartedBy { get; init; }
    public IReadOnlyList<TagShape?>? Tags { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? ConnectivityAt { get; init; }
    public DateTimeOffset? PullStartedAt { get; init; }
    public DateTimeOffset? PullStoppedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? StoppingAt { get; init; }
    public DateTimeOffset? StoppedAt { get; init; }
    public string? StopCode { get; init; }
    public string? StoppedReason { get; init; }
    public string? AvailabilityZone { get; init; }
    public IReadOnlyList<ContainerShape?>? Containers { get; init; }
    public IReadOnlyList<AttachmentShape?>? Attachments { get; init; }
    public bool? EnableExecuteCommand { get; init; }
    public GivenOverrideShape? Overrides { get; init; }
}

internal sealed record ContainerShape
{
    public string? Name { get; init; }
    public string? LastStatus { get; init; }
    public int? ExitCode { get; init; }
    public string? Reason { get; init; }
    public IReadOnlyList<NetworkInterfaceShape?>? NetworkInterfaces { get; init; }
    public string? RuntimeId { get; init; }
    public IReadOnlyList<ManagedAgentShape?>? ManagedAgents { get; init; }
}

internal sealed record ManagedAgentShape(string? Name, string? LastStatus, string? Reason);

internal sealed record GivenOverrideShape(IReadOnlyList<GivenContainerOverrideShape?>? ContainerOverrides);

internal sealed record GivenContainerOverrideShape(
    string? Name, IReadOnlyList<string?>? Command, IReadOnlyList<KeyValuePairShape?>? Environment);

internal sealed record NetworkInterfaceShape(string? PrivateIpv4Address, string? Ipv6Address);

internal sealed record AttachmentShape(string? Type, IReadOnlyList<KeyValuePairShape?>? Details);
