using System.Text;
using System.Text.RegularExpressions;

namespace EcsFargateLogin.Aws.Profiles;

/// <summary>
/// Splits text into words as the AWS CLI does: by the rules of a POSIX shell's quotes, or on Windows by those of its C
/// runtime. Nothing is expanded.
/// </summary>
internal static partial class CommandWords
{
    /// <summary>The words of a command line of this system; null where a quote is not closed.</summary>
    internal static IReadOnlyList<string>? Split(string text) => OperatingSystem.IsWindows() ? SplitWindows(text) : SplitPosix(text);

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

    /// <summary>Backslashes are themselves, except before a double quote: there two make one, and an odd one makes it a character.</summary>
    internal static IReadOnlyList<string>? SplitWindows(string text)
    {
        Words words = new();
        var isQuoted = false;
        foreach (Match part in WindowsPart().Matches(text))
        {
            if (part.Groups["slashes"] is { Success: true, Length: var count })
            {
                var isCharacter = count % 2 == 1;
                isQuoted ^= !isCharacter;
                words.Add(new string('\\', count / 2) + (isCharacter ? "\"" : ""));
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

    /// <summary>Words that are put together from parts; a blank, which is null, ends one.</summary>
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
