namespace EcsFargateLogin.Help;

/// <summary>A cmdlet, as its assembly and documentation describe it.</summary>
internal sealed record Cmdlet(string Verb, string Noun)
{
    internal string Name => $"{Verb}-{Noun}";

    /// <summary>The page that Get-Help -Online opens; null for none.</summary>
    internal string? HelpUri { get; init; }

    /// <summary>The parameters, in the order of their declaration.</summary>
    internal required IReadOnlyList<Parameter> Parameters { get; init; }

    /// <summary>The names of its parameter sets, the default one first; one empty name if it has none.</summary>
    internal required IReadOnlyList<string> ParameterSets { get; init; }

    internal required IReadOnlyList<OutputType> OutputTypes { get; init; }
}

/// <summary>The type of a cmdlet's output, or of its input from the pipeline.</summary>
/// <param name="Name">The type's full name.</param>
/// <param name="Description">Its description; empty for types of other modules.</param>
internal sealed record OutputType(string Name, IReadOnlyList<string> Description);

/// <summary>A parameter of a cmdlet.</summary>
internal sealed record Parameter(string Name, string Type)
{
    /// <summary>The type's name with its namespace, for lists of types.</summary>
    internal required OutputType FullType { get; init; }

    /// <summary>Paragraphs: its meaning and, for an enumeration, each of its values.</summary>
    internal required IReadOnlyList<string> Description { get; init; }

    /// <summary>Its default value; null for none.</summary>
    internal string? DefaultValue { get; init; }

    internal IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Its permitted values; empty if any value is.</summary>
    internal IReadOnlyList<string> Values { get; init; } = [];

    internal bool TakesWildcards { get; init; }

    /// <summary>Its roles; empty for a parameter of another cmdlet that this one accepts too, which the syntax omits.</summary>
    internal required IReadOnlyList<ParameterRole> Roles { get; init; }

    internal bool IsSwitch => Type == "SwitchParameter";

    /// <summary>Returns its role in a parameter set; null if it is not in the set.</summary>
    internal ParameterRole? RoleIn(string set) => Roles.FirstOrDefault(role => role.Set.Length == 0 || role.Set == set);
}

/// <summary>The role of a parameter in a parameter set.</summary>
/// <param name="Set">The set's name; empty for all of them.</param>
internal sealed record ParameterRole(string Set)
{
    internal bool IsMandatory { get; init; }

    internal int? Position { get; init; }

    internal bool IsFromPipeline { get; init; }

    internal bool IsFromProperty { get; init; }
}
