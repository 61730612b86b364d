using System.Security.Cryptography;
using System.Text;

namespace EcsFargateLogin.Foundation;

/// <summary>Formats a command line for people, so that it can be pasted into a shell. Never used to run anything.</summary>
internal static class CommandText
{
    /// <summary>
    /// Characters without a special meaning in POSIX shells and PowerShell. Comma and @ are special in PowerShell.
    /// </summary>
    private const string PlainCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=./:%+";

    /// <summary>A command line for POSIX shells.</summary>
    public static string Of(string program, IEnumerable<string> arguments) => Join(program, arguments, quoteInQuotes: "'\\''");

    /// <summary>A command line for PowerShell.</summary>
    public static string ForPowerShell(string command, IEnumerable<string> arguments) =>
        Join(command, arguments, quoteInQuotes: "''");

    /// <summary>One word of a command line for PowerShell.</summary>
    public static string Word(string word) => Quote(word, "''");

    private static string Join(string program, IEnumerable<string> arguments, string quoteInQuotes) =>
        string.Join(' ', new[] { program }.Concat(arguments).Select(word => Quote(word, quoteInQuotes)));

    private static string Quote(string word, string quoteInQuotes) => word.Length > 0 && word.All(PlainCharacters.Contains)
        ? word
        : $"'{word.Replace("'", quoteInQuotes, StringComparison.Ordinal)}'";
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

    /// <summary>The first line of the input: the command, with everything but printable ASCII escaped for printf %b.</summary>
    public byte[] Header()
    {
        StringBuilder line = new($"{_token} ");
        foreach (var value in Encoding.UTF8.GetBytes(command))
        {
            line.Append(value is >= (byte)' ' and <= (byte)'~' and not (byte)'\\'
                ? ((char)value).ToString()
                : $@"\0{Convert.ToString(value, 8).PadLeft(3, '0')}");
        }

        return Encoding.ASCII.GetBytes(line.Append('\n').ToString());
    }
}
