using System.Globalization;
using System.Text.Json.Nodes;

namespace LocalFargate.Protocol;

/// <summary>
/// Reads a request of the query protocols: Filter.1.Value.2=x of EC2's becomes {"Filters":[{"Values":[…]}]}, and so does
/// Filters.member.1.Values.member.2=x of the other.
/// </summary>
internal static class QueryReader
{
    private const int MaxListLength = 1000;

    private static readonly HashSet<string> _envelope = ["Action", "Version"];

    internal static JsonObject Read(Shape input, IEnumerable<KeyValuePair<string, string>> form)
    {
        var document = new JsonObject();
        foreach (var (name, value) in form.Where(field => !_envelope.Contains(field.Key)))
        {
            if (!TrySet(input, document, name.Split('.'), value))
            {
                throw new AwsException("UnknownParameter", $"The parameter {name} is not recognized");
            }
        }

        return document;
    }

    private static bool TrySet(Shape shape, JsonObject target, ReadOnlySpan<string> path, string value)
    {
        var wireName = path[0];
        foreach (var (name, member) in shape.Members)
        {
            if (WireName(name, member) == wireName)
            {
                return TrySet(member.Shape, target[name], node => target[name] = node, path[1..], value);
            }
        }

        return false;
    }

    private static bool TrySet(
        Shape shape, JsonNode? current, Action<JsonNode> set, ReadOnlySpan<string> rest, string value)
    {
        if (shape.Type is not ("list" or "structure"))
        {
            set(ReadScalar(shape.Type, value));
            return rest.IsEmpty;
        }

        if (rest.IsEmpty)
        {
            return false;
        }

        if (shape.Type == "structure")
        {
            return TrySet(shape, Existing(current, set, () => new JsonObject()), rest, value);
        }

        if (rest[0] == "member")
        {
            rest = rest[1..];
        }

        var list = Existing(current, set, () => new JsonArray());
        if (rest.IsEmpty
            || !int.TryParse(rest[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number is < 1 or > MaxListLength)
        {
            return false;
        }

        // Items come in any order; a gap stays null, which the check against the model then reports.
        while (list.Count < number)
        {
            list.Add(null);
        }

        return TrySet(shape.Element!.Shape, list[number - 1], node => list[number - 1] = node, rest[1..], value);
    }

    private static T Existing<T>(JsonNode? current, Action<JsonNode> set, Func<T> create)
        where T : JsonNode
    {
        if (current is T existing)
        {
            return existing;
        }

        var created = create();
        set(created);
        return created;
    }

    private static JsonNode ReadScalar(string type, string value) => type switch
    {
        "integer" when long.TryParse(value, CultureInfo.InvariantCulture, out var number) => number,
        "boolean" when bool.TryParse(value, out var flag) => flag,
        // A value that is not of its type stays text, which the check against the model then reports.
        _ => value,
    };

    private static string WireName(string name, ShapeMember member) =>
        member.LocationName is { Length: > 0 } location ? char.ToUpperInvariant(location[0]) + location[1..] : name;
}
