using System.Security.Cryptography;
using System.Text;

namespace EcsFargateLogin.Foundation;

/// <summary>
/// Formats a command line for people, so that it can be pasted into PowerShell on any system. Never used to run anything.
/// </summary>
internal static class CommandText
{
    /// <summary>Characters without a special meaning in PowerShell; comma and @ have one.</summary>
    private const string PlainCharacters = @"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=./:%+\";

    /// <summary>
    /// The characters that PowerShell reads as a single quote: the plain one, and the typographic ones of word processors.
    /// </summary>
    private const string Quotes = "'\u2018\u2019\u201A\u201B";

    /// <summary>A command line.</summary>
    public static string Of(string program, IEnumerable<string> arguments)
    {
        // A quoted text without & is a value, not a command.
        var command = IsPlain(program) ? program : $"& {Text(program)}";
        return string.Join(' ', arguments.Select(Word).Prepend(command));
    }

    /// <summary>One word of a command line.</summary>
    public static string Word(string word) => IsPlain(word) ? word : Text(word);

    /// <summary>Quotes a text for an expression of PowerShell.</summary>
    public static string Text(string text) =>
        $"'{string.Concat(text.Select(character => Quotes.Contains(character) ? $"{character}{character}" : $"{character}"))}'";

    /// <summary>
    /// Quotes a word of a command in AWS's config file. The AWS CLI and this module split such a command as sh does, and on
    /// Windows as C programs do, not as PowerShell does.
    /// </summary>
    public static string WordInConfigFile(string word, bool isWindows)
    {
        if (word.Length > 0
            && word.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '/'))
        {
            return word;
        }

        // A backslash is not special on Windows.
        var text = isWindows ? word : word.Replace(@"\", @"\\", StringComparison.Ordinal);
        return $"\"{text.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }

    // Without quotes PowerShell splits -o.b and -a=b.c in two words, and expects a value after -o:.
    private static bool IsPlain(string word) =>
        word.Length > 0 && word.All(PlainCharacters.Contains) && (word[0] != '-' || word.IndexOfAny(['.', ':', '%']) < 0);
}

/// <summary>
/// Builds command lines for remote POSIX shells. ssh passes one line, which the remote shell splits; no other code concatenates
/// such lines.
/// </summary>
internal static class PosixShell
{
    /// <summary>Quotes a word so that a POSIX shell reads it unchanged.</summary>
    /// <param name="word">Any text without NUL.</param>
    public static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>Adds words to a command.</summary>
    /// <param name="command">A command in shell syntax.</param>
    /// <param name="words">The words to append, unquoted.</param>
    public static string Append(string command, IEnumerable<string> words) =>
        string.Join(' ', words.Select(Quote).Prepend(command));

    /// <summary>Escapes bytes as an argument for printf %b: a line of printable ASCII.</summary>
    public static string Escape(ReadOnlySpan<byte> bytes)
    {
        StringBuilder line = new(bytes.Length + 16);
        foreach (var value in bytes)
        {
            if (value is >= (byte)' ' and <= (byte)'~' and not (byte)'\\')
            {
                line.Append((char)value);
            }
            else
            {
                line.Append(@"\0").Append(Convert.ToString(value, 8).PadLeft(3, '0'));
            }
        }

        return line.ToString();
    }
}

/// <summary>
/// A command that is sent to the remote shell through standard input. Every user of this machine can read ssh's arguments, and
/// ssh logs them, so these hold only <see cref="Reader"/>. The rest of the input belongs to the command.
/// </summary>
/// <param name="command">The command in the syntax of the remote login shell.</param>
internal sealed class HiddenCommand(string command)
{
    /// <summary>The exit code of the remote shell when the first line of its input is not the command.</summary>
    public const int NotReceived = 126;

    /// <summary>
    /// Identifies the line with the command. If a start-up file of the shell reads the first line, the next one is data and must
    /// not be run.
    /// </summary>
    private readonly string _token = RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>
    /// The command line that ssh runs. A POSIX shell's read consumes a pipe byte by byte up to the line end, so that the rest is
    /// left to the command. The login shell evaluates the command itself, so that its functions exist and its start-up files run
    /// once. All else is done by sh, because the login shell may be fish or another non-POSIX shell.
    /// </summary>
    public string Reader =>
        "eval \"$(/bin/sh -c 'IFS= read -r line || line=; case $line in "
        + $"\"{_token} \"*) printf %b \"${{line#* }}\";; "
        + "*) echo \"A start-up file of the login shell has read the command from standard input.\" >&2; "
        + $"echo exit {NotReceived};; esac')\"";

    /// <summary>The first line of the input: the command, escaped.</summary>
    public byte[] Header() => Encoding.ASCII.GetBytes($"{_token} {PosixShell.Escape(Encoding.UTF8.GetBytes(command))}\n");
}
