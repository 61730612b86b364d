namespace EcsFargateLogin.Aws.Ecs;

// What the operations that list clusters and task definitions take and give. Every member of an answer may be absent.

internal sealed record ListClustersInput(string? NextToken);

internal sealed record ListClustersOutput(IReadOnlyList<string?>? ClusterArns, string? NextToken);

internal sealed record ListTaskDefinitionFamiliesInput(string Status, string? NextToken);

internal sealed record ListTaskDefinitionFamiliesOutput(IReadOnlyList<string?>? Families, string? NextToken);

internal sealed record ListTaskDefinitionsInput(string FamilyPrefix, string Status, string Sort, string? NextToken);

internal sealed record ListTaskDefinitionsOutput(IReadOnlyList<string?>? TaskDefinitionArns, string? NextToken);
