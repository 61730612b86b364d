using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace LocalFargate.Protocol;

/// <summary>An AWS service model: the operations of a service, and the shapes of what they take and return.</summary>
internal sealed class ServiceModel
{
    private static readonly ConcurrentDictionary<string, ServiceModel> _loaded = new();

    private readonly Dictionary<string, OperationModel> _operations = [];

    private ServiceModel(JsonObject document)
    {
        var metadata = document["metadata"]!.AsObject();
        ApiVersion = (string)metadata["apiVersion"]!;
        SigningName = (string?)metadata["signingName"] ?? (string)metadata["endpointPrefix"]!;
        TargetPrefix = (string?)metadata["targetPrefix"];
        XmlNamespace = (string?)metadata["xmlNamespace"];
        ListItemName = (string?)metadata["protocol"] == "query" ? "member" : "item";

        var shapes = ReadShapes(document["shapes"]!.AsObject());
        foreach (var (name, operation) in document["operations"]!.AsObject())
        {
            _operations[name] = new OperationModel(name, ShapeOf("input"), ShapeOf("output"))
            {
                ResultWrapper = (string?)operation!["output"]?["resultWrapper"],
            };
            Shape? ShapeOf(string direction) =>
                operation![direction] is { } use ? shapes[(string)use["shape"]!] : null;
        }
    }

    internal string ApiVersion { get; }

    internal string SigningName { get; }

    /// <summary>What stands before the operation in X-Amz-Target; null where the protocol has no such header.</summary>
    internal string? TargetPrefix { get; }

    internal string? XmlNamespace { get; }

    /// <summary>What the query protocols call the items of a list where the model does not say.</summary>
    internal string ListItemName { get; }

    /// <summary>Returns the model of that name, which is embedded in this assembly. It is read once: tests start hundreds of servers.</summary>
    internal static ServiceModel Load(string name) => _loaded.GetOrAdd(name, Read);

    private static ServiceModel Read(string name)
    {
        using var stream = typeof(ServiceModel).Assembly.GetManifestResourceStream($"Models/{name}.json")
            ?? throw new InvalidOperationException($"The service model '{name}' is not embedded in this assembly.");
        return new ServiceModel(JsonNode.Parse(stream)!.AsObject());
    }

    internal OperationModel? FindOperation(string name) => _operations.GetValueOrDefault(name);

    private static Dictionary<string, Shape> ReadShapes(JsonObject documents)
    {
        var shapes = documents.ToDictionary(entry => entry.Key, entry => ReadShape(entry.Key, entry.Value!.AsObject()));
        foreach (var (name, document) in documents)
        {
            foreach (var (member, use) in document!["members"]?.AsObject() ?? [])
            {
                shapes[name].Members[member] = ReadMember(use!, shapes);
            }

            if ((document["member"] ?? document["value"]) is { } element)
            {
                shapes[name].Element = ReadMember(element, shapes);
            }
        }

        return shapes;
    }

    private static Shape ReadShape(string name, JsonObject document) => new()
    {
        Name = name,
        Type = (string)document["type"]!,
        Required = ReadNames(document["required"]),
        Enum = ReadNames(document["enum"]),
        Min = (double?)document["min"],
        Max = (double?)document["max"],
        Pattern = (string?)document["pattern"] is { } pattern
            ? new Regex($"^(?:{pattern})$", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))
            : null,
    };

    private static HashSet<string> ReadNames(JsonNode? names) =>
        [.. names?.AsArray().Select(name => (string)name!) ?? []];

    private static ShapeMember ReadMember(JsonNode use, Dictionary<string, Shape> shapes) =>
        new(shapes[(string)use["shape"]!], (string?)use["locationName"]);
}

/// <summary>An operation of a service: the shapes of its request and its reply, null where there is none.</summary>
internal sealed record OperationModel(string Name, Shape? Input, Shape? Output)
{
    /// <summary>The element that the reply's members stand in; null where they stand in its root.</summary>
    internal string? ResultWrapper { get; init; }
}
