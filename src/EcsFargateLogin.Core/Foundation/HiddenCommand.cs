using System.Security.Cryptography;
using System.Text;

namespace EcsFargateLogin.Foundation;

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
