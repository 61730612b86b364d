using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace EcsFargateLogin.Foundation;

/// <summary>The modes of this process's terminal. Saved before a program runs and restored after one that was killed.</summary>
internal sealed class TerminalModes
{
    private const int StandardInput = 0;
    private const int Now = 0;

    /// <summary>Upper bound for the size of struct termios on any system, in bytes.</summary>
    private const int LargestTermios = 256;

    /// <summary>The offset of VTIME, the timeout of reads, in struct termios.</summary>
    private static readonly int ReadTime = OperatingSystem.IsMacOS() ? 49 : 22;

    /// <summary>
    /// Leaves the alternate screen and keeps the cursor position. Then resets the scroll region, colours, cursor keys, keypad,
    /// mouse and focus reports, bracketed paste, cursor visibility and line wrap to what PowerShell expects.
    /// </summary>
    private const string Reset =
        "\e7\e[?1049l\e7\e[r\e8\e[0m\e(B\u000f\e[?1l\e>\e[?1000l\e[?1002l\e[?1003l\e[?1006l\e[?1004l\e[?2004l\e[?25h\e[?7h";

    private readonly byte[] _termios = new byte[LargestTermios];
    private readonly bool _isKnown;
    private readonly WindowsConsole? _console;

    private TerminalModes()
    {
        _console = OperatingSystem.IsWindows() ? new WindowsConsole() : null;
        _isKnown = _console is null && GetAttributes(StandardInput, _termios) == 0;
    }

    /// <summary>Reads the current modes. They are empty where standard input is no terminal.</summary>
    public static TerminalModes Read() => new();

    /// <summary>
    /// Whether reads have a timeout. PowerShell sets one while it reads an answer of the terminal, and none while it reads keys.
    /// </summary>
    public bool HasReadTime => _isKnown && _termios[ReadTime] != 0;

    /// <summary>
    /// Prepares the terminal for the output of a remote program, until <see cref="RestoreAfter"/>. Does nothing on Unix.
    /// </summary>
    public void AcceptRemoteOutput() => _console?.AcceptRemoteOutput();

    /// <summary>
    /// Switches the terminal to raw mode, until <see cref="RestoreAfter"/>: keys are neither echoed nor interpreted, and become
    /// bytes of the input.
    /// </summary>
    public void MakeRaw()
    {
        if (_isKnown)
        {
            var raw = _termios.ToArray();
            MakeRaw(raw);
            _ = SetAttributes(StandardInput, Now, raw);
        }

        _console?.MakeRaw();
    }

    /// <summary>Restores the modes after a program has used the terminal.</summary>
    /// <param name="wasKilled">
    /// Whether this process killed the program. After other programs .NET restores the modes on Unix, but not on Windows.
    /// </param>
    public void RestoreAfter(bool wasKilled)
    {
        if (_isKnown && wasKilled)
        {
            _ = SetAttributes(StandardInput, Now, _termios);
        }

        _console?.Restore();
    }

    /// <summary>
    /// Resets the screen after a full-screen program that was killed. Does nothing where output is no terminal.
    /// </summary>
    public static void ResetScreen()
    {
        if (Console.IsOutputRedirected)
        {
            return;
        }

        using var terminal = Console.OpenStandardOutput();
        try
        {
            terminal.Write(Encoding.ASCII.GetBytes(Reset));
        }
        catch (IOException)
        {
            // The terminal is gone.
        }
    }

    [DllImport("libc", EntryPoint = "tcgetattr")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetAttributes(int file, [Out] byte[] termios);

    [DllImport("libc", EntryPoint = "cfmakeraw")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void MakeRaw([In, Out] byte[] termios);

    [DllImport("libc", EntryPoint = "tcsetattr")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetAttributes(int file, int when, byte[] termios);
}

/// <summary>
/// Makes text from outside safe for a terminal. Messages of AWS and servers, and file names, may hold characters that change what
/// the terminal shows or does.
/// </summary>
internal static partial class TerminalText
{
    /// <summary>
    /// Replaces each unsafe character by a space: control characters (C0, DEL, C1) except tab and line end, Unicode's characters
    /// that change the writing direction, and its line separators. Safe text is returned unchanged.
    /// </summary>
    public static string Clean(string text) => Unsafe().Replace(text, " ");

    /// <summary>Whether <see cref="Clean"/> would return a text unchanged.</summary>
    public static bool IsClean(string text) => !Unsafe().IsMatch(text);

    /// <summary>Cleans a text and joins its lines, so that a message is one line in a log.</summary>
    public static string OneLine(string text) => string.Join(
        ' ', Clean(text).Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    // A carriage return without a line feed lets the following text overwrite the line.
    [GeneratedRegex(
        @"\r(?!\n)|[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]",
        RegexOptions.CultureInvariant)]
    private static partial Regex Unsafe();
}

/// <summary>Detects that a child process was stopped by a signal, which .NET does not report. For POSIX systems only.</summary>
internal static class ChildStop
{
    private const int ById = 1;
    private const int WithoutWaiting = 1;

    /// <summary>Upper bound for the size of siginfo_t on any system, in bytes.</summary>
    private const int LargestInfo = 256;

    /// <summary>The signal that Ctrl+Z sends.</summary>
    public static int SigTstp { get; } = OperatingSystem.IsMacOS() ? 18 : 20;

    /// <summary>The signal that continues a process.</summary>
    public static int SigCont { get; } = OperatingSystem.IsMacOS() ? 19 : 18;

    private static int Stopped { get; } = OperatingSystem.IsMacOS() ? 8 : 2;

    /// <summary>The offset of si_status in siginfo_t on 64-bit systems.</summary>
    private static int StatusOffset { get; } = OperatingSystem.IsMacOS() ? 20 : 24;

    /// <summary>The signal that has stopped the child since the last call; 0 for none.</summary>
    public static int SignalOf(int processId)
    {
        var info = new byte[LargestInfo];
        return WaitId(ById, processId, info, Stopped | WithoutWaiting) == 0 && BitConverter.ToInt32(info) != 0
            ? BitConverter.ToInt32(info, StatusOffset)
            : 0;
    }

    [DllImport("libc", EntryPoint = "waitid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int WaitId(int kind, int id, [Out] byte[] info, int options);
}
