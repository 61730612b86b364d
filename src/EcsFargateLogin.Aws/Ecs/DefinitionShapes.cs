using System.Text.Json.Nodes;

namespace EcsFargateLogin.Aws.Ecs;

// Inputs and outputs of operations on task definitions and clusters.

internal sealed record DescribeTaskDefinitionInput(string TaskDefinition);

internal sealed class DescribeTaskDefinitionOutput
{
    public TaskDefinitionShape? TaskDefinition { get; init; }
}

internal sealed class TaskDefinitionShape
{
    public string? TaskDefinitionArn { get; init; }
    public string? TaskRoleArn { get; init; }
    public string? NetworkMode { get; init; }
    public string? Cpu { get; init; }
    public string? Memory { get; init; }
    public EphemeralStorageShape? EphemeralStorage { get; init; }
    public IReadOnlyList<string?>? Compatibilities { get; init; }
    public IReadOnlyList<ContainerDefinitionShape?>? ContainerDefinitions { get; init; }
}

internal sealed class ContainerDefinitionShape
{
    public string? Name { get; init; }
    public LogConfigurationShape? LogConfiguration { get; init; }
    public IReadOnlyList<string?>? EntryPoint { get; init; }
    public IReadOnlyList<string?>? Command { get; init; }
    public IReadOnlyList<KeyValuePairShape?>? Environment { get; init; }
    public int? Cpu { get; init; }
    public int? Memory { get; init; }
    public int? MemoryReservation { get; init; }
    public bool? Essential { get; init; }
    public bool? ReadonlyRootFilesystem { get; init; }
    public RestartPolicyShape? RestartPolicy { get; init; }
}

internal sealed record RestartPolicyShape(bool? Enabled);

internal sealed class LogConfigurationShape
{
    public string? LogDriver { get; init; }
    public IReadOnlyDictionary<string, string?>? Options { get; init; }
}

/// <summary>The complete output of DescribeTaskDefinition, for copying into another task definition.</summary>
internal sealed class WholeTaskDefinitionOutput
{
    public JsonObject? TaskDefinition { get; init; }
}

/// <summary>The members of a task definition for sessions. Nodes are copied unchanged from ECS's output.</summary>
internal sealed class RegisterTaskDefinitionInput
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

internal sealed class RegisterTaskDefinitionOutput
{
    public TaskDefinitionShape? TaskDefinition { get; init; }
}

internal sealed record DescribeClustersInput(IReadOnlyList<string> Clusters);

internal sealed class DescribeClustersOutput
{
    public IReadOnlyList<ClusterShape?>? Clusters { get; init; }
}

internal sealed class ClusterShape
{
    public string? ClusterArn { get; init; }
    public string? ClusterName { get; init; }
    public string? Status { get; init; }
}

// Lists of clusters and task definitions. Every member of an output may be absent.

internal sealed record ListClustersInput(string? NextToken);

internal sealed class ListClustersOutput
{
    public IReadOnlyList<string?>? ClusterArns { get; init; }
    public string? NextToken { get; init; }
}

internal sealed record ListTaskDefinitionFamiliesInput(string Status, string? NextToken);

internal sealed class ListTaskDefinitionFamiliesOutput
{
    public IReadOnlyList<string?>? Families { get; init; }
    public string? NextToken { get; init; }
}

internal sealed record ListTaskDefinitionsInput(string FamilyPrefix, string Status, string Sort, string? NextToken);

internal sealed class ListTaskDefinitionsOutput
{
    public IReadOnlyList<string?>? TaskDefinitionArns { get; init; }
    public string? NextToken { get; init; }
}
