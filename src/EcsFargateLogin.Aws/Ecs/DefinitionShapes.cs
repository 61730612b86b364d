using System.Text.Json.Nodes;

namespace EcsFargateLogin.Aws.Ecs;

// What DescribeTaskDefinition, RegisterTaskDefinition and DescribeClusters take and give.

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

/// <summary>DescribeTaskDefinition's answer whole, to be carried over to another task definition.</summary>
internal sealed record WholeTaskDefinitionOutput(JsonObject? TaskDefinition);

/// <summary>What a task definition of sessions can have. Nodes are carried over as they came from ECS.</summary>
internal sealed record RegisterTaskDefinitionInput
{
    public string? Family { get; init; }
    public string? TaskRoleArn { get; init; }
    public string? ExecutionRoleArn { get; init; }
    public string? NetworkMode { get; init; }
    public JsonArray? ContainerDefinitions { get; init; }
    public JsonArray? Volumes { get; init; }
    public IReadOnlyList<string>? RequiresCompatibilities { get; init; }
    public string? Cpu { get; init; }
    public string? Memory { get; init; }
    public JsonObject? RuntimePlatform { get; init; }
    public JsonObject? EphemeralStorage { get; init; }
}

internal sealed record RegisterTaskDefinitionOutput(TaskDefinitionShape? TaskDefinition);

internal sealed record DescribeClustersInput(IReadOnlyList<string> Clusters);

internal sealed record DescribeClustersOutput(IReadOnlyList<ClusterShape?>? Clusters);

internal sealed record ClusterShape(string? ClusterArn, string? ClusterName, string? Status);
