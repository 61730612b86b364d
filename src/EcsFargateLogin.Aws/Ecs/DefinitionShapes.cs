namespace EcsFargateLogin.Aws.Ecs;

// What DescribeTaskDefinition and DescribeClusters take and give.

internal sealed record DescribeTaskDefinitionInput(string TaskDefinition);

internal sealed record DescribeTaskDefinitionOutput(TaskDefinitionShape? TaskDefinition);

internal sealed record TaskDefinitionShape
{
    public string? TaskDefinitionArn { get; init; }
    public string? NetworkMode { get; init; }
    public IReadOnlyList<string?>? Compatibilities { get; init; }
    public IReadOnlyList<ContainerDefinitionShape?>? ContainerDefinitions { get; init; }
}

internal sealed record ContainerDefinitionShape
{
    public string? Name { get; init; }
    public LogConfigurationShape? LogConfiguration { get; init; }
    public IReadOnlyList<string?>? EntryPoint { get; init; }
    public IReadOnlyList<string?>? Command { get; init; }
    public IReadOnlyList<KeyValuePairShape?>? Environment { get; init; }
    public bool? Essential { get; init; }
}

internal sealed record LogConfigurationShape(string? LogDriver, IReadOnlyDictionary<string, string?>? Options);

internal sealed record DescribeClustersInput(IReadOnlyList<string> Clusters);

internal sealed record DescribeClustersOutput(IReadOnlyList<ClusterShape?>? Clusters);

internal sealed record ClusterShape(string? ClusterArn, string? ClusterName, string? Status);
