using System.Text.RegularExpressions;

namespace EcsFargateLogin.Foundation;

/// <summary>
/// Makes text from outside safe for a terminal. AWS, servers, file names and other programs may put characters into their
/// words that make a terminal show something else than was written, or do something.
/// </summary>
internal static partial class TerminalText
{
    /// <summary>
    /// Puts a space in place of every control character but tab and line end (C0, DEL, C1), of the marks that turn the
    /// direction of writing, and of Unicode's own separators of lines. Text that holds none of these is returned as it is.
    /// </summary>
    public static string Clean(string text) => Unsafe().Replace(text, " ");

    /// <summary>Whether <see cref="Clean"/> would leave a text as it is.</summary>
    public static bool IsClean(string text) => !Unsafe().IsMatch(text);

    /// <summary>The same on one line: what AWS and programs say may have several, and a message is a line in a log.</summary>
    public static string OneLine(string text) => string.Join(
        ' ', Clean(text).Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    // A carriage return alone goes back to the beginning of the line, and what follows is written over it.
    [GeneratedRegex(
        @"\r(?!\n)|[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]",
        RegexOptions.CultureInvariant)]
    private static partial Regex Unsafe();
}
