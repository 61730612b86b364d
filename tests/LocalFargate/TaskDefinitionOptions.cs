using System.Text.Json.Nodes;

namespace LocalFargate;

/// <summary>A task definition to register. By default one that runs on Fargate.</summary>
/// <param name="Family">Its name.</param>
public sealed record TaskDefinitionOptions(string Family)
{
    /// <summary>The role that pulls images and writes logs.</summary>
    public const string ExecutionRoleArn = "arn:aws:iam::123456789012:role/local-execution";

    /// <summary>Its containers, at least one.</summary>
    public required IReadOnlyList<ContainerOptions> Containers { get; init; }

    /// <summary>awsvpc, bridge, host or none. Only awsvpc runs on Fargate.</summary>
    public string NetworkMode { get; init; } = "awsvpc";

    /// <summary>What it is required to fit: FARGATE, EC2 or both.</summary>
    public IReadOnlyList<string> RequiresCompatibilities { get; init; } = ["FARGATE"];

    /// <summary>The role that its containers' programs act as; null for none.</summary>
    public string? TaskRoleArn { get; init; }

    internal JsonObject ToInput(string region)
    {
        var input = ToInputWithoutRole(region);
        if (TaskRoleArn is not null)
        {
            input["taskRoleArn"] = TaskRoleArn;
        }

        return input;
    }

    private JsonObject ToInputWithoutRole(string region) => new()
    {
        ["family"] = Family,
        ["networkMode"] = NetworkMode,
        ["requiresCompatibilities"] = Strings(RequiresCompatibilities),
        ["executionRoleArn"] = ExecutionRoleArn,
        ["cpu"] = "256",
        ["memory"] = "512",
        ["containerDefinitions"] = new JsonArray([.. Containers.Select(container => container.ToInput(Family, region))]),
    };

    internal static JsonArray Strings(IEnumerable<string> items) => new([.. items.Select(item => JsonValue.Create(item))]);
}
