namespace EcsFargateLogin.Transfers;

/// <summary>What a user wants to copy.</summary>
internal sealed record CopyRequest
{
    /// <summary>Local files and folders by their full paths; or remote ones, whose names may be patterns.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>A local full path; or a remote one, which counts from the user's home unless it begins with '/'.</summary>
    public required string Destination { get; init; }

    public required bool FromSession { get; init; }

    /// <summary>Whether folders are copied with all that is in them.</summary>
    public required bool Recurse { get; init; }

    /// <summary>Which names the copies can have on this machine.</summary>
    public NameRules Names { get; init; } = NameRules.Here;

    /// <summary>Whether a name is a pattern.</summary>
    public Func<string, bool> IsPattern { get; init; } = _ => false;

    /// <summary>Whether a pattern, the first, is met by a name, the second.</summary>
    public Func<string, string, bool> IsMatch { get; init; } = (_, _) => false;
}
