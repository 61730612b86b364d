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

/// <summary>Which names files can have on a machine. Those of a container may be others.</summary>
/// <param name="IsWindows">Whether the rules of Windows hold.</param>
/// <param name="IgnoresCase">Whether names that differ in case alone are the same.</param>
internal sealed record NameRules(bool IsWindows, bool IgnoresCase)
{
    /// <summary>Names that stand for devices on Windows, also before a dot.</summary>
    private static readonly HashSet<string> Devices = new(
        [
            "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$",
            .. "0123456789¹²³".SelectMany(digit => new[] { $"COM{digit}", $"LPT{digit}" }),
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Of this machine.</summary>
    public static NameRules Here { get; } =
        new(OperatingSystem.IsWindows(), OperatingSystem.IsWindows() || OperatingSystem.IsMacOS());

    /// <summary>Tells paths apart as the machine does.</summary>
    public StringComparer Paths => IgnoresCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>Whether a file can have that name.</summary>
    public bool Allow(string name) =>
        name.Length > 0 && name is not ("." or "..") && name.IndexOfAny(['/', '\0']) < 0 && (!IsWindows || AllowOnWindows(name));

    private static bool AllowOnWindows(string name) =>
        !name.Any(character => character < ' ' || "<>:\"\\|?*".Contains(character, StringComparison.Ordinal))
        && name[^1] is not ('.' or ' ')
        && !Devices.Contains(name.Split('.')[0].TrimEnd(' '));
}
