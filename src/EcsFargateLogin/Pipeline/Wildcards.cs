using System.Management.Automation;

namespace EcsFargateLogin.Pipeline;

/// <summary>PowerShell's wildcard patterns, which ignore case except in IsExactMatch.</summary>
internal static class Wildcards
{
    /// <summary>Whether a text has wildcard characters.</summary>
    public static bool IsPattern(string text) => WildcardPattern.ContainsWildcardCharacters(text);

    /// <summary>Whether a text matches a pattern.</summary>
    public static bool IsMatch(string pattern, string text) =>
        WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase).IsMatch(text);

    /// <summary>Whether a text matches at least one of the patterns.</summary>
    public static bool IsMatch(IEnumerable<string> patterns, string text) => patterns.Any(pattern => IsMatch(pattern, text));

    /// <summary>Whether a text matches a pattern in the same case, as names of files on Linux do.</summary>
    public static bool IsExactMatch(string pattern, string text) =>
        WildcardPattern.Get(pattern, WildcardOptions.None).IsMatch(text);
}
