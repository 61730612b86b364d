using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace EcsFargateLogin.Model;

/// <summary>A session's short id, which is also how its task is marked (startedBy) and what its folder is called.</summary>
internal static partial class SessionMark
{
    /// <summary>Makes a new one, of easily told apart letters only: people read it aloud and type it.</summary>
    public static string Create() => "fl-" + RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 10);

    /// <summary>Whether the text is one. It is then safe in a path.</summary>
    public static bool IsOne(string? text) => text is not null && Pattern().IsMatch(text);

    [GeneratedRegex(@"\Afl-[A-Za-z0-9_-]{1,120}\z")]
    private static partial Regex Pattern();
}
