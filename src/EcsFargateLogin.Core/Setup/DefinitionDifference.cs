using System.Text.Json;
using System.Text.Json.Nodes;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Setup;

/// <summary>
/// Describes the difference between a new task definition and an existing one. Shows names, and values only if they cannot be
/// secrets; no values of variables.
/// </summary>
internal static class DefinitionDifference
{
    /// <summary>Members that ECS adds itself, and those that are compared in other ways.</summary>
    private static readonly HashSet<string> Ignored =
    [
        "taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities", "registeredAt", "registeredBy",
        "deregisteredAt", "deleteRequestedAt", "containerDefinitions", "family",
    ];

    private const string Ports = "container portMappings";

    /// <summary>Lists of named items, which are compared one by one.</summary>
    private static readonly HashSet<string> NamedLists = ["environment", "secrets"];

    /// <summary>Returns a line for each member or item: kept, changed, added or left out.</summary>
    /// <param name="before">A task definition as ECS describes it; null for nothing.</param>
    /// <param name="container">Its container to compare; the others are left out.</param>
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
            .. now.Where(fact => IsKept(then, fact)).Select(fact => Line("kept", fact.Key, Text(fact.Value))),
            .. now.Where(fact => then.ContainsKey(fact.Key) && !IsKept(then, fact)).Select(fact =>
                Line("changed", fact.Key, Change(Text(then[fact.Key]), Text(fact.Value)))),
            .. now.Where(fact => !then.ContainsKey(fact.Key)).Select(fact => Line("added", fact.Key, Text(fact.Value))),
            .. then.Keys.Except(now.Keys).Concat(others).Select(name => Line("left out", name, "")),
        ];
    }

    private static bool IsKept(Dictionary<string, JsonNode> then, KeyValuePair<string, JsonNode> fact) =>
        then.TryGetValue(fact.Key, out var value)
        && (JsonNode.DeepEquals(value, fact.Value)
            // ECS adds host ports.
            || (fact.Key == Ports && Text(value) == Text(fact.Value)));

    private static string Line(string what, string name, string text) =>
        $"  {what,-9} {TerminalText.OneLine(text.Length > 0 ? $"{name}: {text}" : name)}";

    private static string Change(string from, string to) => from.Length == 0 ? to : $"{from} -> {to}";

    private static Dictionary<string, JsonNode> Facts(JsonObject? definition, JsonObject? container) =>
        Members(definition, "").Where(fact => !Ignored.Contains(fact.Key))
            .Concat(Members(container, "container "))
            .ToDictionary(fact => fact.Key, fact => fact.Value, StringComparer.Ordinal);

    private static IEnumerable<KeyValuePair<string, JsonNode>> Members(JsonObject? node, string prefix) =>
        (node ?? []).Where(member => !IsDefault(member.Value))
            .SelectMany(member => NamedLists.Contains(member.Key)
                ? member.Value!.AsArray().OfType<JsonObject>()
                    .Select(item => KeyValuePair.Create($"{member.Key} {(string?)item["name"]}", (JsonNode)item))
                : [KeyValuePair.Create(prefix + member.Key, member.Value!)])
            // As in ECS, the last of several items with one name counts.
            .GroupBy(fact => fact.Key, (_, facts) => facts.Last());

    /// <summary>Whether a value means the same as its absence; ECS's replies are full of such values.</summary>
    private static bool IsDefault(JsonNode? value) =>
        value is null or JsonArray { Count: 0 } or JsonObject { Count: 0 }
        || (value is JsonValue && value.ToJsonString() is "0" or "false");

    /// <summary>Returns a value for display; empty if it may be a secret or has parts.</summary>
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
