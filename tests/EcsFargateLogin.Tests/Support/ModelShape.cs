using System.Text.Json;

namespace EcsFargateLogin.Tests.Support;

/// <summary>A shape of a service model.</summary>
internal sealed class ModelShape(ServiceModel model, string name, JsonElement shape)
{
    internal string Name => name;

    internal string Type => shape.GetProperty("type").GetString()!;

    internal IReadOnlyDictionary<string, ModelMember> Members =>
        shape.GetProperty("members").EnumerateObject()
            .ToDictionary(member => member.Name, member => Reference(member.Name, member.Value));

    internal ModelMember Item => Reference("item", shape.GetProperty("member"));

    internal IReadOnlyList<string> Required => Strings("required");

    internal IReadOnlyList<string> Enum => Strings("enum");

    /// <summary>Returns the defects of a JSON value of this shape.</summary>
    internal IEnumerable<string> Problems(JsonElement value, string path) => Type switch
    {
        "structure" when value.ValueKind == JsonValueKind.Object => ProblemsOfStructure(value, path),
        "list" when value.ValueKind == JsonValueKind.Array =>
            value.EnumerateArray().SelectMany((item, index) => Item.Shape.Problems(item, $"{path}[{index}]")),
        "string" when value.ValueKind == JsonValueKind.String =>
            Enum.Count == 0 || Enum.Contains(value.GetString()) ? [] : [$"{path}: '{value}' is not one of {Name}"],
        "map" when value.ValueKind == JsonValueKind.Object => value.EnumerateObject()
            .SelectMany(entry => Reference("value", shape.GetProperty("value")).Shape.Problems(entry.Value, $"{path}.{entry.Name}")),
        "integer" or "long" or "double" or "timestamp" when value.ValueKind == JsonValueKind.Number => [],
        "boolean" when value.ValueKind is JsonValueKind.True or JsonValueKind.False => [],
        _ => [$"{path}: {value.ValueKind} is not a {Type}"],
    };

    private IEnumerable<string> ProblemsOfStructure(JsonElement value, string path)
    {
        var members = Members;
        var missing = Required.Where(required => !value.TryGetProperty(required, out _));
        return missing.Select(required => $"{path}: lacks {required}").Concat(value.EnumerateObject().SelectMany(
            property => members.TryGetValue(property.Name, out var member)
                ? member.Shape.Problems(property.Value, $"{path}.{property.Name}")
                : [$"{path}: has no member {property.Name}"]));
    }

    private ModelMember Reference(string memberName, JsonElement reference) => new(
        reference.TryGetProperty("locationName", out var location) ? location.GetString()! : memberName,
        model.Shape(reference.GetProperty("shape").GetString()!));

    private List<string> Strings(string property) => shape.TryGetProperty(property, out var list)
        ? [.. list.EnumerateArray().Select(item => item.GetString()!)]
        : [];
}

/// <summary>A member of a structure, or a list's items.</summary>
internal sealed record ModelMember(string LocationName, ModelShape Shape);
