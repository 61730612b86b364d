namespace EcsFargateLogin.Completion;

/// <summary>Something that a word can be completed to.</summary>
/// <param name="Value">What the parameter takes.</param>
internal sealed record Candidate(string Value)
{
    /// <summary>What people call it where that is not its value; typing the name finds it too.</summary>
    internal string? Name { get; init; }

    /// <summary>What tells it from the others.</summary>
    internal string? Description { get; init; }
}
