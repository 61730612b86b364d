using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace EcsFargateLogin.Model;

/// <summary>The short ids of sessions. Each is also the startedBy of its task, and the name of its folder.</summary>
internal static partial class SessionIds
{
    /// <summary>Makes a new one, of easily told apart letters only: people read it aloud and type it.</summary>
    public static string Create() => "fl-" + RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 10);

    /// <summary>Whether the text is such an id, and so safe in a path.</summary>
    public static bool IsValid(string? text) => text is not null && Pattern().IsMatch(text);

    [GeneratedRegex(@"\Afl-[A-Za-z0-9_-]{1,120}\z")]
    private static partial Regex Pattern();
}
