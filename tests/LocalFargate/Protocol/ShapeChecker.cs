using System.Text.Json;
using System.Text.Json.Nodes;

namespace LocalFargate.Protocol;

/// <summary>Checks a document against a shape: types, names, required members, enums, lengths, ranges and patterns.</summary>
internal static class ShapeChecker
{
    /// <summary>Everything that is wrong with the document, in order.</summary>
    internal static IReadOnlyList<ShapeProblem> Check(Shape shape, JsonNode? document)
    {
        var problems = new List<ShapeProblem>();
        Check(shape, document, path: "", problems);
        return problems;
    }

    private static void Check(Shape shape, JsonNode? node, string path, List<ShapeProblem> problems)
    {
        if (node is null)
        {
            return;
        }

        if (!HasType(shape.Type, node))
        {
            problems.Add(ShapeProblem.WrongType(path, shape.Type, node.GetValueKind()));
            return;
        }

        switch (shape.Type)
        {
            case "structure":
                CheckStructure(shape, node.AsObject(), path, problems);
                break;
            case "list":
                CheckRange(shape, node.AsArray().Count, "length", node, path, problems);
                CheckElements(shape, node.AsArray().Select((item, index) => ($"{path}.{index + 1}.member", item)), problems);
                break;
            case "map":
                CheckElements(shape, node.AsObject().Select(entry => ($"{path}.{entry.Key}", entry.Value)), problems);
                break;
            case "string":
                CheckString(shape, node, path, problems);
                break;
            case "integer" or "long" or "double":
                CheckRange(shape, AsDouble(node), "value", node, path, problems);
                break;
            default:
                break;
        }
    }

    private static void CheckStructure(Shape shape, JsonObject node, string path, List<ShapeProblem> problems)
    {
        foreach (var name in shape.Required.Where(name => node[name] is null))
        {
            problems.Add(ShapeProblem.Violated(Join(path, name), "null", "Member must not be null"));
        }

        foreach (var (name, value) in node)
        {
            if (shape.Members.TryGetValue(name, out var member))
            {
                Check(member.Shape, value, Join(path, name), problems);
            }
            else
            {
                problems.Add(ShapeProblem.UnknownMember(Join(path, name), shape.Name));
            }
        }
    }

    private static void CheckElements(
        Shape shape, IEnumerable<(string Path, JsonNode? Item)> elements, List<ShapeProblem> problems)
    {
        foreach (var (path, item) in elements)
        {
            if (item is null)
            {
                problems.Add(ShapeProblem.Violated(path, "null", "Member must not be null"));
            }

            Check(shape.Element!.Shape, item, path, problems);
        }
    }

    private static void CheckString(Shape shape, JsonNode node, string path, List<ShapeProblem> problems)
    {
        var text = (string)node!;
        CheckRange(shape, text.Length, "length", node, path, problems);
        if (shape.Enum.Count > 0 && !shape.Enum.Contains(text))
        {
            problems.Add(ShapeProblem.Violated(
                path, text, $"Member must satisfy enum value set: [{string.Join(", ", shape.Enum)}]"));
        }

        if (shape.Pattern is { } pattern && !pattern.IsMatch(text))
        {
            problems.Add(ShapeProblem.Violated(path, text, $"Member must satisfy regular expression pattern: {pattern}"));
        }
    }

    private static void CheckRange(
        Shape shape, double size, string measure, JsonNode node, string path, List<ShapeProblem> problems)
    {
        if (size < shape.Min)
        {
            problems.Add(ShapeProblem.Violated(
                path, node.ToString(), $"Member must have {measure} greater than or equal to {shape.Min}"));
        }

        if (size > shape.Max)
        {
            problems.Add(ShapeProblem.Violated(
                path, node.ToString(), $"Member must have {measure} less than or equal to {shape.Max}"));
        }
    }

    private static bool HasType(string type, JsonNode node) => type switch
    {
        "structure" or "map" => node is JsonObject,
        "list" => node is JsonArray,
        "string" => node.GetValueKind() == JsonValueKind.String,
        "boolean" => node.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        "integer" or "long" => node.GetValueKind() == JsonValueKind.Number && double.IsInteger(AsDouble(node)),
        "double" or "timestamp" => node.GetValueKind() == JsonValueKind.Number,
        _ => throw new InvalidOperationException($"The service models have a type '{type}' that is not implemented."),
    };

    // A number built in memory and one that was parsed are different kinds of node; their text is the same.
    private static double AsDouble(JsonNode node) =>
        double.Parse(node.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
