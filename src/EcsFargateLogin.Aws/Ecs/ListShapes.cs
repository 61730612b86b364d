namespace EcsFargateLogin.Aws.Ecs;

// What the operations that list clusters and task definitions take and give. Every member of an answer may be absent.

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
