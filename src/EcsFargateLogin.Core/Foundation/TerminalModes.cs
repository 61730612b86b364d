using System.Runtime.InteropServices;
using System.Text;

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
    private readonly WindowsConsole? _console;

    private TerminalModes()
    {
        _console = OperatingSystem.IsWindows() ? new WindowsConsole() : null;
        _isKnown = _console is null && GetAttributes(StandardInput, _termios) == 0;
    }

    /// <summary>The modes as they are now; none where standard input is no terminal.</summary>
    public static TerminalModes Read() => new();

    /// <summary>Whether reads end after some time, as those of answers do and those of keys do not.</summary>
    public bool HasReadTime => _isKnown && _termios[ReadTime] != 0;

    /// <summary>Makes the terminal show what a remote program writes, until <see cref="RestoreAfter"/>. Unix's does that.</summary>
    public void TakeRemoteOutput() => _console?.TakeRemoteOutput();

    /// <summary>Sets them again after a program has had the terminal.</summary>
    /// <param name="wasKilled">
    /// Whether this process has killed it. Somebody else may have: on Unix .NET sees to that, on Windows nobody does.
    /// </param>
    public void RestoreAfter(bool wasKilled)
    {
        if (_isKnown && wasKilled)
        {
            _ = SetAttributes(StandardInput, Now, _termios);
        }

        _console?.Restore();
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
