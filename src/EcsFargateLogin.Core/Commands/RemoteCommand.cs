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
