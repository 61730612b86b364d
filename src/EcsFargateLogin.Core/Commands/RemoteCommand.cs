using System.Text;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Commands;

/// <summary>A command or a script for sessions' containers: what ssh is given to run, and what comes first on standard input.</summary>
internal sealed record RemoteCommand
{
    /// <summary>In bytes of UTF-8; a little less than Linux takes as one argument of a program.</summary>
    public const int LongestLine = 120_000;

    private const string MergeErrors = "exec 2>&1\n";

    /// <summary>
    /// Runs a script, which is all that is left of standard input, as the kernel runs a script's file: by the program and the
    /// option of its first line, with an input that is empty. Where the program is not at that path, the one of that name on PATH
    /// takes its place.
    /// </summary>
    private const string RunScript =
        "exec /bin/sh -c 'cat | { exec 3<&0 </dev/null; "
        + "command -v \"$1\" >/dev/null 2>&1 || { name=${1##*/}; shift; set -- \"$name\" \"$@\"; }; "
        + "exec \"$@\"; }' sh";

    /// <summary>Where that program finds the script.</summary>
    private const string ScriptPath = "/dev/fd/3";

    private RemoteCommand(string line, ReadOnlyMemory<byte> script)
    {
        HiddenCommand hidden = new(line);
        Line = hidden.Reader;
        Input = (byte[])[.. hidden.Header(), .. script.Span];
    }

    /// <summary>What ssh is given to run. It holds nothing of what the user typed.</summary>
    public string Line { get; }

    /// <summary>What comes first on standard input.</summary>
    public ReadOnlyMemory<byte> Input { get; }

    /// <summary>A command as it is typed into a shell, and further words as they are.</summary>
    /// <param name="command">The command; the login shell takes it apart. Windows line ends are none of it.</param>
    /// <param name="arguments">The words after it; nothing takes those apart.</param>
    /// <param name="mergesErrors">Whether standard error goes where standard output goes, in its place.</param>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidCommand"/>.</exception>
    public static RemoteCommand OfLine(string command, IReadOnlyList<string> arguments, bool mergesErrors) =>
        Of(PosixShell.Append(ScriptText.Clean(command), arguments), mergesErrors, script: default);

    /// <summary>A script, run by the program that its first line names, or else by sh.</summary>
    /// <param name="path">The script's file here.</param>
    /// <param name="arguments">Its arguments, as they are.</param>
    /// <param name="mergesErrors">Whether standard error goes where standard output goes, in its place.</param>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidCommand"/>.</exception>
    public static RemoteCommand OfScript(string path, IReadOnlyList<string> arguments, bool mergesErrors)
    {
        try
        {
            var script = ScriptText.Clean(File.ReadAllBytes(path));
            string[] words = [.. ScriptText.InterpreterOf(script), ScriptPath, .. arguments];
            return Of(PosixShell.Append(RunScript, words), mergesErrors, script);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CommandErrors.ScriptUnreadable(path, e);
        }
    }

    private static RemoteCommand Of(string line, bool mergesErrors, ReadOnlyMemory<byte> script)
    {
        if (line.Contains('\0', StringComparison.Ordinal))
        {
            throw CommandErrors.CommandHoldsNul();
        }

        var length = Encoding.UTF8.GetByteCount(line);
        return length <= LongestLine
            ? new RemoteCommand(mergesErrors ? MergeErrors + line : line, script)
            : throw CommandErrors.CommandTooLong(length, LongestLine);
    }
}

/// <summary>
/// Commands and scripts as a shell in Linux reads them. Editors and git on Windows add byte order marks and carriage returns,
/// which a shell takes for a part of its words.
/// </summary>
internal static class ScriptText
{
    private const string DefaultInterpreter = "sh";

    /// <summary>The text without a byte order mark, and with LF for each CR and LF.</summary>
    public static string Clean(string text) => text.TrimStart('\uFEFF').Replace("\r\n", "\n", StringComparison.Ordinal);

    /// <summary>The same for a file's bytes; those of UTF-16, which its mark tells, become UTF-8.</summary>
    public static byte[] Clean(byte[] bytes) => bytes switch
    {
        [0xFF, 0xFE, ..] => Encoding.UTF8.GetBytes(Clean(Encoding.Unicode.GetString(bytes))),
        [0xFE, 0xFF, ..] => Encoding.UTF8.GetBytes(Clean(Encoding.BigEndianUnicode.GetString(bytes))),
        [0xEF, 0xBB, 0xBF, .. var rest] => WithLineFeeds(rest),
        _ => WithLineFeeds(bytes),
    };

    /// <summary>
    /// The program that the first line of a script names, and its option. As in Linux, the option is all that follows the
    /// program, as one word.
    /// </summary>
    public static IReadOnlyList<string> InterpreterOf(byte[] script)
    {
        var end = Array.IndexOf(script, (byte)'\n');
        var firstLine = Encoding.UTF8.GetString(script, 0, end < 0 ? script.Length : end);
        if (!firstLine.StartsWith("#!", StringComparison.Ordinal))
        {
            return [DefaultInterpreter];
        }

        char[] blanks = [' ', '\t'];
        var words = firstLine[2..].Trim(blanks).Split(blanks, count: 2);
        return words switch
        {
            [""] => [DefaultInterpreter],
            [var program, var option] => [program, option.TrimStart(blanks)],
            _ => words,
        };
    }

    private static byte[] WithLineFeeds(byte[] bytes)
    {
        var kept = 0;
        var result = new byte[bytes.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != '\r' || i + 1 == bytes.Length || bytes[i + 1] != '\n')
            {
                result[kept++] = bytes[i];
            }
        }

        return result[..kept];
    }
}
