using System.Text.RegularExpressions;

namespace LocalFargate.Protocol;

/// <summary>A shape of a service model: the type of a value on the wire and what it has to satisfy.</summary>
internal sealed class Shape
{
    internal required string Name { get; init; }

    /// <summary>structure, list, map, string, integer, long, double, boolean or timestamp.</summary>
    internal required string Type { get; init; }

    internal IReadOnlySet<string> Required { get; init; } = new HashSet<string>();

    internal IReadOnlySet<string> Enum { get; init; } = new HashSet<string>();

    internal double? Min { get; init; }

    internal double? Max { get; init; }

    internal Regex? Pattern { get; init; }

    /// <summary>A structure's members by name. Filled when the whole model is read, because shapes are recursive.</summary>
    internal Dictionary<string, ShapeMember> Members { get; } = [];

    /// <summary>What a list holds, or a map's values.</summary>
    internal ShapeMember? Element { get; set; }
}

/// <summary>A use of a shape in another one.</summary>
/// <param name="Shape">The shape.</param>
/// <param name="LocationName">The member's name on the wire of the EC2 protocol, where it differs.</param>
internal sealed record ShapeMember(Shape Shape, string? LocationName);
