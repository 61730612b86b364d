using System.Text.Json;
using System.Text.Json.Nodes;

namespace EcsFargateLogin.Setup;

/// <summary>
/// What a new task definition has in common with one that is there, for people to read. Shows no value of a variable, nor
/// anything else that might be a secret: names, and values of what is none.
/// </summary>
internal static class DefinitionDifference
{
    /// <summary>What ECS adds of its own, and what the new one does not have to say.</summary>
    private static readonly HashSet<string> OfEcs =
    [
        "taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities", "registeredAt", "registeredBy",
        "deregisteredAt", "deleteRequestedAt", "containerDefinitions", "family",
    ];

    private const string Ports = "container portMappings";

    /// <summary>Lists whose items have names, and count one by one.</summary>
    private static readonly HashSet<string> Named = ["environment", "secrets"];

    /// <summary>The difference, a line for each thing: kept, changed, added, left out.</summary>
    /// <param name="before">A task definition as ECS describes it; null for nothing.</param>
    /// <param name="container">Its container that takes part; the others are left out.</param>
    /// <param name="after">The new one, with one container.</param>
    public static IReadOnlyList<string> Lines(JsonObject? before, JsonObject? container, JsonObject after)
    {
        var then = Facts(before, container);
        var now = Facts(after, after["containerDefinitions"]![0]!.AsObject());
        var others = (before?["containerDefinitions"] as JsonArray ?? [])
            .Where(each => each != container)
            .Select(each => $"container '{(string?)each?["name"]}'");
        return
        [
            .. now.Where(fact => Same(then, fact)).Select(fact => Line("kept", fact.Key, Text(fact.Value))),
            .. now.Where(fact => then.ContainsKey(fact.Key) && !Same(then, fact)).Select(fact =>
                Line("changed", fact.Key, Change(Text(then[fact.Key]), Text(fact.Value)))),
            .. now.Where(fact => !then.ContainsKey(fact.Key)).Select(fact => Line("added", fact.Key, Text(fact.Value))),
            .. then.Keys.Except(now.Keys).Concat(others).Select(name => Line("left out", name, "")),
        ];
    }

    private static bool Same(Dictionary<string, JsonNode> then, KeyValuePair<string, JsonNode> fact) =>
        then.TryGetValue(fact.Key, out var value)
        && (JsonNode.DeepEquals(value, fact.Value)
            // ECS adds host ports of its own.
            || (fact.Key == Ports && Text(value) == Text(fact.Value)));

    private static string Line(string what, string name, string text) => $"  {what,-9} {name}{(text.Length > 0 ? $": {text}" : "")}";

    private static string Change(string from, string to) => from.Length == 0 ? to : $"{from} -> {to}";

    private static Dictionary<string, JsonNode> Facts(JsonObject? definition, JsonObject? container) =>
        Members(definition, "").Where(fact => !OfEcs.Contains(fact.Key))
            .Concat(Members(container, "container "))
            .ToDictionary(fact => fact.Key, fact => fact.Value, StringComparer.Ordinal);

    private static IEnumerable<KeyValuePair<string, JsonNode>> Members(JsonObject? node, string prefix) =>
        (node ?? []).Where(member => !IsNothing(member.Value))
            .SelectMany(member => Named.Contains(member.Key)
                ? member.Value!.AsArray().OfType<JsonObject>()
                    .Select(item => KeyValuePair.Create($"{member.Key} {(string?)item["name"]}", (JsonNode)item))
                : [KeyValuePair.Create(prefix + member.Key, member.Value!)])
            // A name that stands there twice counts as ECS takes it: the last one.
            .GroupBy(fact => fact.Key, (_, facts) => facts.Last());

    /// <summary>What says as much as its absence, and is in every answer of ECS.</summary>
    private static bool IsNothing(JsonNode? value) =>
        value is null or JsonArray { Count: 0 } or JsonObject { Count: 0 }
        || (value is JsonValue && value.ToJsonString() is "0" or "false");

    /// <summary>A value for people; empty for one that might be a secret or has parts.</summary>
    private static string Text(JsonNode value) => value switch
    {
        JsonValue plain => plain.GetValueKind() == JsonValueKind.String ? (string)plain! : plain.ToJsonString(),
        JsonObject log when log["logDriver"] is { } driver => $"{driver} {log["options"]?["awslogs-group"]}".TrimEnd(),
        JsonObject platform when platform["cpuArchitecture"] is { } architecture => (string)architecture!,
        JsonArray ports when ports[0] is JsonObject first && first["containerPort"] is not null =>
            string.Join(", ", ports.Select(port => port?["containerPort"]?.ToJsonString())),
        JsonArray words when words.All(word => word is JsonValue) && words.Count == 1 => (string?)words[0] ?? "",
        _ => "",
    };
}
