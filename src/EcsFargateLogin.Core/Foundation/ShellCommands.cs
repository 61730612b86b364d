using System.Security.Cryptography;
using System.Text;

namespace EcsFargateLogin.Foundation;

/// <summary>Shows a command line to people so that it can be pasted into a shell. Never used to run anything.</summary>
internal static class CommandText
{
    /// <summary>Characters that mean nothing else to POSIX shells and to PowerShell; a comma or @ would to the latter.</summary>
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
/// The one place where words become part of a shell's line: ssh hands the remote side a line, and its shell takes it apart.
/// </summary>
internal static class PosixShell
{
    /// <summary>Writes a word so that a POSIX shell reads it as it is, whatever it holds.</summary>
    /// <param name="word">Anything but NUL, which no argument of a program can hold.</param>
    public static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>Adds words to a command.</summary>
    /// <param name="command">A command as it is typed into a shell.</param>
    /// <param name="words">What follows it, as it is.</param>
    public static string Append(string command, IEnumerable<string> words) =>
        string.Join(' ', words.Select(Quote).Prepend(command));
}

/// <summary>
/// A command that reaches the remote shell through its standard input. Every user of this machine can read ssh's arguments, and
/// ssh writes them to its log: they hold no more than <see cref="Reader"/>. The input that follows is the command's own.
/// </summary>
/// <param name="command">The command, as it is typed into the remote login shell.</param>
internal sealed class HiddenCommand(string command)
{
    /// <summary>What the remote shell exits with when the first line of its input is not the command.</summary>
    public const int NotReceived = 126;

    /// <summary>
    /// Tells the command from other input: where a start-up file of the shell has read the first line, the next one is data, which
    /// must not be run.
    /// </summary>
    private readonly string _token = RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>
    /// What ssh is given to run. The read of a POSIX shell takes a pipe byte by byte up to the end of the line, so that what follows
    /// is left to the command. The login shell evaluates the command itself, so that its functions are there and its start-up files
    /// run once; everything else is left to sh, because the login shell may be one like fish.
    /// </summary>
    public string Reader =>
        "eval \"$(/bin/sh -c 'IFS= read -r line || line=; case $line in "
        + $"\"{_token} \"*) printf %b \"${{line#* }}\";; "
        + "*) echo \"A start-up file of the login shell has read the command from standard input.\" >&2; "
        + $"echo exit {NotReceived};; esac')\"";

    /// <summary>The first line of the input: the command, in which all but printable ASCII is written for printf %b.</summary>
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
