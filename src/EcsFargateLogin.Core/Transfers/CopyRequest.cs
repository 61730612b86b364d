namespace EcsFargateLogin.Transfers;

/// <summary>The user's request to copy files.</summary>
internal sealed record CopyRequest
{
    /// <summary>The full paths of local files and folders; or remote paths, which may be patterns.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>A local full path; or a remote path, relative to the user's home unless it begins with '/'.</summary>
    public required string Destination { get; init; }

    public required bool FromSession { get; init; }

    /// <summary>Whether folders are copied with their content.</summary>
    public required bool Recurse { get; init; }

    /// <summary>The rules for names on this machine.</summary>
    public NameRules Names { get; init; } = NameRules.Here;

    /// <summary>Returns whether a name is a pattern.</summary>
    public Func<string, bool> IsPattern { get; init; } = _ => false;

    /// <summary>Returns whether a pattern (first) matches a name (second).</summary>
    public Func<string, string, bool> IsMatch { get; init; } = (_, _) => false;
}

/// <summary>The rules for file names on a machine. A container's files may break them.</summary>
/// <param name="IsWindows">Whether the rules of Windows apply.</param>
/// <param name="IgnoresCase">Whether names that differ only in case are equal.</param>
internal sealed record NameRules(bool IsWindows, bool IgnoresCase)
{
    /// <summary>The names of devices on Windows, also in front of a dot.</summary>
    private static readonly HashSet<string> Devices = new(
        [
            "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$",
            .. "0123456789¹²³".SelectMany(digit => new[] { $"COM{digit}", $"LPT{digit}" }),
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>The rules of this machine.</summary>
    public static NameRules Here { get; } =
        new(OperatingSystem.IsWindows(), OperatingSystem.IsWindows() || OperatingSystem.IsMacOS());

    /// <summary>Compares paths as the machine does.</summary>
    public StringComparer Paths => IgnoresCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>Whether a file can have that name.</summary>
    public bool Allow(string name) =>
        name.Length > 0 && name is not ("." or "..") && name.IndexOfAny(['/', '\0']) < 0 && (!IsWindows || AllowOnWindows(name));

    private static bool AllowOnWindows(string name) =>
        !name.Any(character => character < ' ' || "<>:\"\\|?*".Contains(character, StringComparison.Ordinal))
        && name[^1] is not ('.' or ' ')
        && !Devices.Contains(name.Split('.')[0].TrimEnd(' '));
}
