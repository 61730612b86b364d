using System.Text;
using System.Text.RegularExpressions;

namespace EcsFargateLogin.Aws.Profiles;

/// <summary>
/// Splits text into words as the AWS CLI does: by the quoting rules of a POSIX shell, or on Windows by those of its C
/// runtime. Nothing is expanded.
/// </summary>
internal static partial class CommandWords
{
    /// <summary>Splits a command line of this system; returns null if a quote is not closed.</summary>
    internal static IReadOnlyList<string>? Split(string text) =>
        OperatingSystem.IsWindows() ? SplitWindows(text) : SplitPosix(text);

    internal static IReadOnlyList<string>? SplitPosix(string text)
    {
        Words words = new();
        var end = 0;
        foreach (Match part in PosixPart().Matches(text))
        {
            if (part.Index > end)
            {
                return null;
            }

            end += part.Length;
            words.Add(part.Groups["blank"].Success ? null
                : part.Groups["double"] is { Success: true } quoted ? Escape().Replace(quoted.Value, "$1")
                : part.Groups["text"].Value);
        }

        return end == text.Length ? words.ToList() : null;
    }

    /// <summary>Backslashes are literal except before a double quote: two make one, an odd one makes the quote literal.</summary>
    internal static IReadOnlyList<string>? SplitWindows(string text)
    {
        Words words = new();
        var isQuoted = false;
        foreach (Match part in WindowsPart().Matches(text))
        {
            if (part.Groups["slashes"] is { Success: true, Length: var count })
            {
                var isLiteral = count % 2 == 1;
                isQuoted ^= !isLiteral;
                words.Add(new string('\\', count / 2) + (isLiteral ? "\"" : ""));
            }
            else
            {
                words.Add(part.Groups["blank"].Success && !isQuoted ? null : part.Value);
            }
        }

        return isQuoted ? null : words.ToList();
    }

    [GeneratedRegex("""'(?<text>[^']*)'|"(?<double>(?:[^"\\]|\\.)*)"|\\(?<text>.)|(?<blank>[ \t\r\n]+)|(?<text>[^ \t\r\n'"\\]+)""", RegexOptions.Singleline)]
    private static partial Regex PosixPart();

    [GeneratedRegex("""\\(["\\])""")]
    private static partial Regex Escape();

    [GeneratedRegex("""(?<slashes>\\*)"|(?<blank>[ \t\r\n]+)|\\+|[^\\" \t\r\n]+""")]
    private static partial Regex WindowsPart();

    /// <summary>Builds words from parts; null, for blanks, ends a word.</summary>
    private sealed class Words
    {
        private readonly List<string> _words = [];
        private StringBuilder? _word;

        internal void Add(string? part)
        {
            if (part is not null)
            {
                (_word ??= new StringBuilder()).Append(part);
            }
            else if (_word is not null)
            {
                _words.Add(_word.ToString());
                _word = null;
            }
        }

        internal List<string> ToList()
        {
            Add(null);
            return _words;
        }
    }
}
