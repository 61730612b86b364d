using System.Text.Json.Nodes;

namespace LocalFargate.Tasks;

/// <summary>A container of a task definition.</summary>
internal sealed class ContainerDefinition(JsonObject document)
{
    internal string Name { get; } = (string)document["name"]!;

    internal string Image { get; } = (string)document["image"]!;

    internal bool Essential { get; } = (bool?)document["essential"] ?? true;

    internal bool ReadOnlyRoot { get; } = (bool?)document["readonlyRootFilesystem"] ?? false;

    internal string User { get; } = (string?)document["user"] ?? "";

    internal string? Cpu { get; } = document["cpu"]?.ToString();

    internal string? Memory { get; } = document["memory"]?.ToString();

    internal TimeSpan? StopTimeout { get; } =
        (int?)document["stopTimeout"] is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    internal IReadOnlyList<string> EntryPoint { get; } = Strings(document["entryPoint"]);

    internal IReadOnlyList<string> Command { get; } = Strings(document["command"]);

    internal IReadOnlyList<KeyValuePair<string, string>> Environment { get; } = Pairs(document["environment"]);

    internal IReadOnlyList<int> Ports { get; } =
        [.. document["portMappings"]?.AsArray().Select(mapping => (int)mapping!["containerPort"]!) ?? []];

    /// <summary>The options of the awslogs driver; null for a container that logs elsewhere.</summary>
    internal JsonObject? LogOptions { get; } = (string?)document["logConfiguration"]?["logDriver"] == "awslogs"
        ? document["logConfiguration"]!["options"]?.AsObject() : null;

    internal static IReadOnlyList<string> Strings(JsonNode? list) => [.. list?.AsArray().Select(item => (string)item!) ?? []];

    internal static IReadOnlyList<KeyValuePair<string, string>> Pairs(JsonNode? list) =>
        [.. list?.AsArray().Select(pair => KeyValuePair.Create((string?)pair!["name"] ?? "", (string?)pair["value"] ?? "")) ?? []];
}
