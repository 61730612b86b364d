namespace EcsFargateLogin.Aws.Ecs;

// Inputs and outputs of DescribeServices and ListServices. Every member of an output may be absent.

internal sealed record DescribeServicesInput(string Cluster, IReadOnlyList<string> Services, IReadOnlyList<string> Include);

internal sealed class DescribeServicesOutput
{
    public IReadOnlyList<ServiceShape?>? Services { get; init; }
    public IReadOnlyList<FailureShape?>? Failures { get; init; }
}

/// <summary>The task settings of a service or a task set.</summary>
internal abstract class TaskSettingsShape
{
    public string? Status { get; init; }
    public string? TaskDefinition { get; init; }
    public string? LaunchType { get; init; }
    public IReadOnlyList<CapacityProviderStrategyItemShape?>? CapacityProviderStrategy { get; init; }
    public string? PlatformVersion { get; init; }
    public ServiceNetworkShape? NetworkConfiguration { get; init; }
}

internal sealed class ServiceShape : TaskSettingsShape
{
    public string? ServiceArn { get; init; }
    public IReadOnlyList<TaskSetShape?>? TaskSets { get; init; }
    public IReadOnlyList<TagShape?>? Tags { get; init; }
}

internal sealed class TaskSetShape : TaskSettingsShape;

internal sealed class ServiceNetworkShape
{
    public ServiceAwsVpcShape? AwsvpcConfiguration { get; init; }
}

internal sealed class ServiceAwsVpcShape
{
    public IReadOnlyList<string?>? Subnets { get; init; }
    public IReadOnlyList<string?>? SecurityGroups { get; init; }
    public string? AssignPublicIp { get; init; }
}

internal sealed record ListServicesInput(string Cluster, int MaxResults, string? NextToken);

internal sealed class ListServicesOutput
{
    public IReadOnlyList<string?>? ServiceArns { get; init; }
    public string? NextToken { get; init; }
}
