namespace EcsFargateLogin.Transfers;

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
