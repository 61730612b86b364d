namespace EcsFargateLogin.Aws.Ecs;

// What DescribeServices and ListServices take and give. Every member of an answer may be absent.

internal sealed record DescribeServicesInput(string Cluster, IReadOnlyList<string> Services, IReadOnlyList<string> Include);

internal sealed record DescribeServicesOutput(IReadOnlyList<ServiceShape?>? Services, IReadOnlyList<FailureShape?>? Failures);

/// <summary>What a service and a task set say about their tasks.</summary>
internal abstract record TaskSettingsShape
{
    public string? Status { get; init; }
    public string? TaskDefinition { get; init; }
    public string? LaunchType { get; init; }
    public IReadOnlyList<CapacityProviderStrategyItemShape?>? CapacityProviderStrategy { get; init; }
    public string? PlatformVersion { get; init; }
    public ServiceNetworkShape? NetworkConfiguration { get; init; }
}

internal sealed record ServiceShape : TaskSettingsShape
{
    public string? ServiceArn { get; init; }
    public IReadOnlyList<TaskSetShape?>? TaskSets { get; init; }
    public IReadOnlyList<TagShape?>? Tags { get; init; }
}

internal sealed record TaskSetShape : TaskSettingsShape;

internal sealed record ServiceNetworkShape(ServiceAwsVpcShape? AwsvpcConfiguration);

internal sealed record ServiceAwsVpcShape
{
    public IReadOnlyList<string?>? Subnets { get; init; }
    public IReadOnlyList<string?>? SecurityGroups { get; init; }
    public string? AssignPublicIp { get; init; }
}

internal sealed record ListServicesInput(string Cluster, int MaxResults, string? NextToken);

internal sealed record ListServicesOutput(IReadOnlyList<string?>? ServiceArns, string? NextToken);
