using System.Text.Json.Nodes;

namespace LocalFargate.Tasks;

/// <summary>A revision of a task definition, kept in the form in which ECS describes it.</summary>
internal sealed class TaskDefinition
{
    private readonly JsonObject _document;

    private TaskDefinition(JsonObject document)
    {
        _document = document;
        Containers = [.. document["containerDefinitions"]!.AsArray().Select(node => new ContainerDefinition(node!.AsObject()))];
    }

    internal string Arn => (string)_document["taskDefinitionArn"]!;

    internal string Family => (string)_document["family"]!;

    internal int Revision => (int)_document["revision"]!;

    internal string NetworkMode => (string)_document["networkMode"]!;

    internal string? Cpu => (string?)_document["cpu"];

    internal string? TaskRoleArn => (string?)_document["taskRoleArn"];

    internal string? Memory => (string?)_document["memory"];

    internal JsonNode? EphemeralStorage => _document["ephemeralStorage"];

    internal bool RunsOnFargate => _document["compatibilities"]!.AsArray().Any(name => (string?)name == "FARGATE");

    internal IReadOnlyList<ContainerDefinition> Containers { get; }

    /// <summary>Makes a revision out of the input of RegisterTaskDefinition.</summary>
    internal static TaskDefinition Create(JsonObject input, string arnPrefix, int revision)
    {
        var document = input.DeepClone().AsObject();
        document.Remove("tags");
        var family = (string)document["family"]!;
        document["taskDefinitionArn"] = $"{arnPrefix}:task-definition/{family}:{revision}";
        document["revision"] = revision;
        document["status"] = "ACTIVE";
        document["networkMode"] ??= "bridge";
        document["volumes"] ??= new JsonArray();
        document["placementConstraints"] ??= new JsonArray();
        document["compatibilities"] = Compatibilities(document);
        document["registeredAt"] = TaskDescriber.EpochSeconds(DateTimeOffset.UtcNow);
        document["registeredBy"] = RootOf(arnPrefix);
        foreach (var container in document["containerDefinitions"]!.AsArray().Select(node => node!.AsObject()))
        {
            container["cpu"] ??= 0;
            container["essential"] ??= true;
            container["environment"] ??= new JsonArray();
            container["portMappings"] ??= new JsonArray();
            container["mountPoints"] ??= new JsonArray();
            container["volumesFrom"] ??= new JsonArray();
        }

        return new TaskDefinition(document);
    }

    internal JsonObject Describe() => _document.DeepClone().AsObject();

    // ARNs of IAM have no region.
    private static string RootOf(string arnPrefix) =>
        arnPrefix.Split(':') is [_, var partition, _, _, var account] ? $"arn:{partition}:iam::{account}:root" : arnPrefix;

    // What ECS finds the definition fit for: Fargate takes awsvpc with cpu and memory only.
    private static JsonArray Compatibilities(JsonObject document)
    {
        var isFitForFargate = (string?)document["networkMode"] == "awsvpc" && document["cpu"] is not null && document["memory"] is not null;
        var compatibilities = new JsonArray("EC2");
        if (isFitForFargate)
        {
            compatibilities.Add("FARGATE");
        }

        return compatibilities;
    }
}
