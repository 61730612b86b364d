using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace EcsFargateLogin.Foundation;

/// <summary>The modes of this process's terminal, for when a program was killed that had set others.</summary>
internal sealed class TerminalModes
{
    private const int StandardInput = 0;
    private const int Now = 0;

    /// <summary>More than any system's struct termios, which is only handed back as it was.</summary>
    private const int LargestTermios = 256;

    /// <summary>Where struct termios has the time after which a read ends (VTIME).</summary>
    private static readonly int ReadTime = OperatingSystem.IsMacOS() ? 49 : 22;

    /// <summary>
    /// Leaves the alternate screen; the cursor stays where nobody was there. Then no scroll region, no colours, cursor keys and
    /// keypad as PowerShell expects them, no reports of mouse and focus, no brackets around what is pasted, a cursor, wrapped lines.
    /// </summary>
    private const string Reset =
        "\e7\e[?1049l\e7\e[r\e8\e[0m\e(B\u000f\e[?1l\e>\e[?1000l\e[?1002l\e[?1003l\e[?1006l\e[?1004l\e[?2004l\e[?25h\e[?7h";

    private readonly byte[] _termios = new byte[LargestTermios];
    private readonly bool _isKnown;

    private TerminalModes() => _isKnown = !OperatingSystem.IsWindows() && GetAttributes(StandardInput, _termios) == 0;

    /// <summary>The modes as they are now; none where standard input is no terminal.</summary>
    public static TerminalModes Read() => new();

    /// <summary>Whether reads end after some time, as those of answers do and those of keys do not.</summary>
    public bool HasReadTime => _isKnown && _termios[ReadTime] != 0;

    /// <summary>Sets them again.</summary>
    public void Restore()
    {
        if (_isKnown)
        {
            _ = SetAttributes(StandardInput, Now, _termios);
        }
    }

    /// <summary>Takes off the screen what a full-screen program has left that did not end by itself; nothing where output is no terminal.</summary>
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

    [DllImport("libc", EntryPoint = "tcsetattr")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetAttributes(int file, int when, byte[] termios);
}

/// <summary>
/// Makes text from outside safe for a terminal. AWS, servers, file names and other programs may put characters into their
/// words that make a terminal show something else than was written, or do something.
/// </summary>
internal static partial class TerminalText
{
    /// <summary>
    /// Puts a space in place of every control character but tab and line end (C0, DEL, C1), of the marks that turn the
    /// direction of writing, and of Unicode's own separators of lines. Text that holds none of these is returned as it is.
    /// </summary>
    public static string Clean(string text) => Unsafe().Replace(text, " ");

    /// <summary>Whether <see cref="Clean"/> would leave a text as it is.</summary>
    public static bool IsClean(string text) => !Unsafe().IsMatch(text);

    /// <summary>The same on one line: what AWS and programs say may have several, and a message is a line in a log.</summary>
    public static string OneLine(string text) => string.Join(
        ' ', Clean(text).Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    // A carriage return alone goes back to the beginning of the line, and what follows is written over it.
    [GeneratedRegex(
        @"\r(?!\n)|[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]",
        RegexOptions.CultureInvariant)]
    private static partial Regex Unsafe();
}

/// <summary>Tells whether a child process has been stopped, which .NET does not. For systems of POSIX.</summary>
internal static class ChildStop
{
    private const int ById = 1;
    private const int WithoutWaiting = 1;

    /// <summary>No system's siginfo_t is larger.</summary>
    private const int LargestInfo = 256;

    /// <summary>The signal that Ctrl+Z sends.</summary>
    public static int SigTstp { get; } = OperatingSystem.IsMacOS() ? 18 : 20;

    /// <summary>The signal that continues a process.</summary>
    public static int SigCont { get; } = OperatingSystem.IsMacOS() ? 19 : 18;

    private static int Stopped { get; } = OperatingSystem.IsMacOS() ? 8 : 2;

    /// <summary>Of si_status in a siginfo_t, on 64 bits.</summary>
    private static int StatusOffset { get; } = OperatingSystem.IsMacOS() ? 20 : 24;

    /// <summary>The signal that has stopped a child since this was asked last; 0 where none has.</summary>
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
