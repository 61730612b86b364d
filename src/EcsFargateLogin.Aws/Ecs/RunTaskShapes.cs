namespace EcsFargateLogin.Aws.Ecs;

// The shapes of RunTask as the service model names them; members that a session does not use are left out.

internal sealed class RunTaskInput
{
    public required string Cluster { get; init; }
    public required string TaskDefinition { get; init; }
    public string? LaunchType { get; init; }
    public IReadOnlyList<CapacityProviderStrategyItemShape>? CapacityProviderStrategy { get; init; }
    public string? PlatformVersion { get; init; }
    public required int Count { get; init; }
    public required NetworkConfigurationShape NetworkConfiguration { get; init; }
    public required TaskOverrideShape Overrides { get; init; }
    public bool? EnableExecuteCommand { get; init; }
    public required string StartedBy { get; init; }
    public IReadOnlyList<TagShape>? Tags { get; init; }
    public string? PropagateTags { get; init; }
    public required string ClientToken { get; init; }
}

internal sealed record CapacityProviderStrategyItemShape(string? CapacityProvider);

internal sealed record NetworkConfigurationShape(AwsVpcConfigurationShape AwsvpcConfiguration);

internal sealed class AwsVpcConfigurationShape
{
    public required IReadOnlyList<string> Subnets { get; init; }
    public IReadOnlyList<string>? SecurityGroups { get; init; }
    public required string AssignPublicIp { get; init; }
}

internal sealed class TaskOverrideShape
{
    public required IReadOnlyList<ContainerOverrideShape> ContainerOverrides { get; init; }
    public string? TaskRoleArn { get; init; }
}

internal sealed class ContainerOverrideShape
{
    public required string Name { get; init; }
    public IReadOnlyList<KeyValuePairShape>? Environment { get; init; }
    public IReadOnlyList<string>? Command { get; init; }
}

internal sealed record KeyValuePairShape(string? Name, string? Value);

internal sealed record TagShape(string? Key, string? Value);

internal sealed class RunTaskOutput
{
    public IReadOnlyList<TaskShape?>? Tasks { get; init; }
    public IReadOnlyList<FailureShape?>? Failures { get; init; }
}
