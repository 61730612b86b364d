namespace EcsFargateLogin.Foundation;

/// <summary>
/// Shows a command line to people so that it can be pasted into PowerShell, which is what they have, on any system. Never used to
/// run anything.
/// </summary>
internal static class CommandText
{
    /// <summary>Characters that mean nothing else to PowerShell; a comma or @ would.</summary>
    private const string PlainCharacters = @"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=./:%+\";

    /// <summary>What PowerShell takes for a quotation mark, beside the plain one: word processors put these in its place.</summary>
    private const string Quotes = "'\u2018\u2019\u201A\u201B";

    /// <summary>A command line.</summary>
    public static string Of(string program, IEnumerable<string> arguments)
    {
        // Text in quotation marks alone is a value, and not a program.
        var command = IsPlain(program) ? program : $"& {Text(program)}";
        return string.Join(' ', arguments.Select(Word).Prepend(command));
    }

    /// <summary>One word of a command line.</summary>
    public static string Word(string word) => IsPlain(word) ? word : Text(word);

    /// <summary>Text as PowerShell's expressions have it, always in quotation marks.</summary>
    public static string Text(string text) =>
        $"'{string.Concat(text.Select(character => Quotes.Contains(character) ? $"{character}{character}" : $"{character}"))}'";

    /// <summary>
    /// One word of a command in AWS's config file. The AWS CLI and this module take it apart as sh does, and on Windows as C programs
    /// do: neither knows PowerShell's quotation marks.
    /// </summary>
    public static string WordInConfigFile(string word, bool isWindows)
    {
        if (word.Length > 0 && word.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '/'))
        {
            return word;
        }

        // A backslash is itself on Windows.
        var text = isWindows ? word : word.Replace(@"\", @"\\", StringComparison.Ordinal);
        return $"\"{text.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }

    // PowerShell makes two words of -o.b and of -a=b.c, and waits for the value of -o: where they are not in quotation marks.
    private static bool IsPlain(string word) =>
        word.Length > 0 && word.All(PlainCharacters.Contains) && (word[0] != '-' || word.IndexOfAny(['.', ':', '%']) < 0);
}
