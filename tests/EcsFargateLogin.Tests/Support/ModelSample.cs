using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace EcsFargateLogin.Tests.Support;

/// <summary>
/// Full answers made from a service model: every member is there, every list has two items, every string says where it
/// stands, and every number differs from its neighbours.
/// </summary>
internal sealed class ModelSample
{
    private const int DeepestNesting = 7;
    private int _number = 1_700_000_000;

    /// <summary>Values for certain places, such as "tasks[0].attachments[0].type".</summary>
    internal Dictionary<string, string> Instead { get; init; } = [];

    internal JsonNode? Json(ModelShape shape, string path = "", int depth = 0) => shape.Type switch
    {
        "structure" => depth > DeepestNesting ? new JsonObject() : new JsonObject(shape.Members.Select(member =>
            KeyValuePair.Create(member.Key, Json(member.Value.Shape, Join(path, member.Key), depth + 1)))),
        "list" => new JsonArray(
            [.. Enumerable.Range(0, 2).Select(index => Json(shape.Item.Shape, $"{path}[{index}]", depth + 1))]),
        "map" => new JsonObject(),
        "boolean" => true,
        "integer" or "long" => ++_number - 1_700_000_000,
        "string" => Text(shape, path),
        _ => ++_number + 0.25,
    };

    internal XElement Xml(ModelShape shape, string name, string path = "") => shape.Type switch
    {
        "structure" => new XElement(name, shape.Members.Values.Select(member =>
            Xml(member.Shape, member.LocationName, Join(path, member.LocationName)))),
        "list" => new XElement(name, Enumerable.Range(0, 2).Select(index =>
            Xml(shape.Item.Shape, "item", $"{path}[{index}]"))),
        "string" => new XElement(name, Text(shape, path)),
        "boolean" => new XElement(name, true),
        "timestamp" => new XElement(name, DateTimeOffset.FromUnixTimeSeconds(++_number)),
        _ => new XElement(name, ++_number),
    };

    private string Text(ModelShape shape, string path) =>
        Instead.TryGetValue(path, out var text) ? text : shape.Enum.Count > 0 ? shape.Enum[0] : path;

    private static string Join(string path, string member) => path.Length == 0 ? member : $"{path}.{member}";
}
