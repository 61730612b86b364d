using System.Text;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Commands;

/// <summary>A command or script for containers: the command line for ssh, and the first part of standard input.</summary>
internal sealed record RemoteCommand
{
    /// <summary>Upper bound in bytes of UTF-8, a little below Linux's limit for one argument.</summary>
    public const int LongestLine = 120_000;

    private const string MergeErrors = "exec 2>&1\n";

    /// <summary>
    /// Runs the rest of standard input as a script, as the kernel would: by the program and option of its first line, with an
    /// empty input. If the program is not at that path, the one of that name on PATH is used.
    /// </summary>
    private const string RunScript =
        "exec /bin/sh -c 'cat | { exec 3<&0 </dev/null; "
        + "command -v \"$1\" >/dev/null 2>&1 || { name=${1##*/}; shift; set -- \"$name\" \"$@\"; }; "
        + "exec \"$@\"; }' sh";

    /// <summary>The path at which that program reads the script.</summary>
    private const string ScriptPath = "/dev/fd/3";

    private readonly string _line;
    private readonly ReadOnlyMemory<byte> _script;

    private RemoteCommand(string line, ReadOnlyMemory<byte> script, bool isHidden = true)
    {
        (_line, _script) = (line, script);
        if (!isHidden)
        {
            (Line, Input) = (line, script);
            return;
        }

        HiddenCommand hidden = new(line);
        Line = hidden.Reader;
        Input = (byte[])[.. hidden.Header(), .. script.Span];
    }

    /// <summary>The command line for ssh. It contains nothing that the user typed.</summary>
    public string Line { get; }

    /// <summary>The first part of standard input.</summary>
    public ReadOnlyMemory<byte> Input { get; }

    /// <summary>The command line in the shell that <see cref="Shells.EcsExecShell"/> opens, for ECS Exec, which has no login shell.</summary>
    public string LineForEcsExec =>
        $"_efl=sh; command -v bash >/dev/null && _efl=bash\n{PosixShell.Append("exec \"$_efl\" -c", [Line])}";

    /// <summary>Creates a command from a line of shell and further literal words.</summary>
    /// <param name="command">The command, which the login shell parses. CR LF becomes LF.</param>
    /// <param name="arguments">The words after it, which no shell parses.</param>
    /// <param name="mergesErrors">Whether standard error is merged into standard output, in order.</param>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidCommand"/>.</exception>
    public static RemoteCommand OfLine(string command, IReadOnlyList<string> arguments, bool mergesErrors) =>
        Of(PosixShell.Append(ScriptText.Clean(command), arguments), mergesErrors, script: default);

    /// <summary>Creates a command that the container's contract names, and that no shell has to evaluate.</summary>
    /// <param name="name">Its name, a constant.</param>
    /// <param name="lines">Its input.</param>
    public static RemoteCommand OfContract(string name, params IEnumerable<string> lines) =>
        new(name, Encoding.ASCII.GetBytes(string.Concat(lines.Select(line => $"{line}\n"))), isHidden: false);

    /// <summary>Creates a command that runs a script by the program that its first line names, or else by sh.</summary>
    /// <param name="path">The script's file on this machine.</param>
    /// <param name="arguments">Its literal arguments.</param>
    /// <param name="mergesErrors">Whether standard error is merged into standard output, in order.</param>
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

    /// <summary>
    /// Creates a command that reads this one from its input: as a line that is escaped for printf %b, and then this one's own input.
    /// </summary>
    /// <param name="line">The command line that reads it.</param>
    public RemoteCommand ReadBy(string line) =>
        new(line, (byte[])[.. Encoding.ASCII.GetBytes($"{PosixShell.Escape(Encoding.UTF8.GetBytes(_line))}\n"), .. _script.Span]);

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
/// Prepares commands and scripts for a shell on Linux. Editors and git on Windows add byte order marks and carriage returns,
/// which a shell would read as parts of its words.
/// </summary>
internal static class ScriptText
{
    private const string DefaultInterpreter = "sh";

    /// <summary>Removes a byte order mark, and replaces each CR LF by LF.</summary>
    public static string Clean(string text) => text.TrimStart('\uFEFF').Replace("\r\n", "\n", StringComparison.Ordinal);

    /// <summary>Does the same to a file's bytes; UTF-16 with a byte order mark becomes UTF-8.</summary>
    public static byte[] Clean(byte[] bytes) => bytes switch
    {
        [0xFF, 0xFE, ..] => Encoding.UTF8.GetBytes(Clean(Encoding.Unicode.GetString(bytes))),
        [0xFE, 0xFF, ..] => Encoding.UTF8.GetBytes(Clean(Encoding.BigEndianUnicode.GetString(bytes))),
        [0xEF, 0xBB, 0xBF, .. var rest] => WithLineFeeds(rest),
        _ => WithLineFeeds(bytes),
    };

    /// <summary>
    /// Reads the program and its option from the first line of a script. As in Linux, everything after the program is one option.
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
