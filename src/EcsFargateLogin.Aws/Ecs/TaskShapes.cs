namespace EcsFargateLogin.Aws.Ecs;

// Inputs and outputs of operations on running tasks. Every member of an output may be absent.

internal sealed record DescribeTasksInput(string Cluster, IReadOnlyList<string> Tasks)
{
    public IReadOnlyList<string> Include { get; } = ["TAGS"];
}

internal sealed class DescribeTasksOutput
{
    public IReadOnlyList<TaskShape?>? Tasks { get; init; }
    public IReadOnlyList<FailureShape?>? Failures { get; init; }
}

internal sealed record StopTaskInput(string Cluster, string Task, string Reason);

internal sealed class StopTaskOutput
{
    public TaskShape? Task { get; init; }
}

internal sealed record ListTasksInput(string Cluster, string? StartedBy, string DesiredStatus)
{
    public string? ServiceName { get; init; }
    public string? NextToken { get; init; }
}

internal sealed class ListTasksOutput
{
    public IReadOnlyList<string?>? TaskArns { get; init; }
    public string? NextToken { get; init; }
}

internal sealed class FailureShape
{
    public string? Arn { get; init; }
    public string? Reason { get; init; }
    public string? Detail { get; init; }
}

internal sealed class TaskShape
{
    public string? TaskArn { get; init; }
    public string? ClusterArn { get; init; }
    public string? TaskDefinitionArn { get; init; }
    public string? Group { get; init; }
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
    public string? Cpu { get; init; }
    public string? Memory { get; init; }
    public EphemeralStorageShape? EphemeralStorage { get; init; }
    public GivenOverrideShape? Overrides { get; init; }
}

internal sealed class ContainerShape
{
    public string? Name { get; init; }
    public string? LastStatus { get; init; }
    public int? ExitCode { get; init; }
    public string? Reason { get; init; }
    public IReadOnlyList<NetworkInterfaceShape?>? NetworkInterfaces { get; init; }
    public string? RuntimeId { get; init; }
    public IReadOnlyList<ManagedAgentShape?>? ManagedAgents { get; init; }
}

internal sealed class ManagedAgentShape
{
    public string? Name { get; init; }
    public string? LastStatus { get; init; }
    public string? Reason { get; init; }
}

internal sealed class GivenOverrideShape
{
    public IReadOnlyList<GivenContainerOverrideShape?>? ContainerOverrides { get; init; }
}

internal sealed class GivenContainerOverrideShape
{
    public string? Name { get; init; }
    public IReadOnlyList<string?>? Command { get; init; }
    public IReadOnlyList<KeyValuePairShape?>? Environment { get; init; }
}

internal sealed class NetworkInterfaceShape
{
    public string? PrivateIpv4Address { get; init; }
    public string? Ipv6Address { get; init; }
}

internal sealed class AttachmentShape
{
    public string? Type { get; init; }
    public IReadOnlyList<KeyValuePairShape?>? Details { get; init; }
}

// ECS Exec.

internal sealed class ExecuteCommandInput
{
    public required string Cluster { get; init; }
    public required string Task { get; init; }
    public string? Container { get; init; }
    public required string Command { get; init; }
    public required bool Interactive { get; init; }
}

internal sealed class ExecuteCommandOutput
{
    public SessionShape? Session { get; init; }
}

/// <summary>Contains a secret: never shown.</summary>
internal sealed class SessionShape
{
    public string? SessionId { get; init; }
    public string? StreamUrl { get; init; }
    public string? TokenValue { get; init; }
}
