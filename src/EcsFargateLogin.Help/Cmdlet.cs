namespace EcsFargateLogin.Help;

/// <summary>A cmdlet, as its assembly and documentation tell of it.</summary>
internal sealed record Cmdlet(string Verb, string Noun)
{
    internal string Name => $"{Verb}-{Noun}";

    /// <summary>The page that Get-Help -Online opens; null where none is named.</summary>
    internal string? HelpUri { get; init; }

    /// <summary>In the order in which they are typed.</summary>
    internal required IReadOnlyList<Parameter> Parameters { get; init; }

    /// <summary>The names of its parameter sets, the default one first; one empty name where it has none.</summary>
    internal required IReadOnlyList<string> ParameterSets { get; init; }

    internal required IReadOnlyList<OutputType> OutputTypes { get; init; }
}

/// <summary>What a cmdlet returns or takes from the pipeline.</summary>
/// <param name="Name">The type's full name.</param>
/// <param name="Description">What it is; empty for types of others.</param>
internal sealed record OutputType(string Name, IReadOnlyList<string> Description);

/// <summary>A parameter of a cmdlet.</summary>
internal sealed record Parameter(string Name, string Type)
{
    /// <summary>The type's name with its namespace, for lists of types.</summary>
    internal required OutputType FullType { get; init; }

    /// <summary>Paragraphs: meaning, and for an enumeration each of its values.</summary>
    internal required IReadOnlyList<string> Description { get; init; }

    /// <summary>What it is where it is not given; null where that has no value.</summary>
    internal string? DefaultValue { get; init; }

    internal IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The values it can have; empty where they are not named.</summary>
    internal IReadOnlyList<string> Values { get; init; } = [];

    internal bool TakesWildcards { get; init; }

    /// <summary>Empty where it is another cmdlet's, which this one takes too: then it is in no line of the syntax.</summary>
    internal required IReadOnlyList<ParameterRole> Roles { get; init; }

    internal bool IsSwitch => Type == "SwitchParameter";

    /// <summary>What it is in a parameter set; null where it does not belong to that.</summary>
    internal ParameterRole? RoleIn(string set) => Roles.FirstOrDefault(role => role.Set.Length == 0 || role.Set == set);
}

/// <summary>What a parameter is in a parameter set.</summary>
/// <param name="Set">The set's name; empty for all of them.</param>
internal sealed record ParameterRole(string Set)
{
    internal bool IsMandatory { get; init; }

    internal int? Position { get; init; }

    internal bool IsFromPipeline { get; init; }

    internal bool IsFromProperty { get; init; }
}
