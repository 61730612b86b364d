using System.Runtime.InteropServices;

namespace EcsFargateLogin.Ssh;

/// <summary>The modes of this process's terminal, for when a program was killed that had set others.</summary>
internal sealed class TerminalModes
{
    private const int StandardInput = 0;
    private const int Now = 0;

    /// <summary>More than any system's struct termios, which is only handed back as it was.</summary>
    private const int LargestTermios = 256;

    private readonly byte[] _termios = new byte[LargestTermios];
    private readonly bool _isKnown;

    private TerminalModes() => _isKnown = !OperatingSystem.IsWindows() && GetAttributes(StandardInput, _termios) == 0;

    /// <summary>The modes as they are now; none where standard input is no terminal.</summary>
    public static TerminalModes Read() => new();

    /// <summary>Sets them again.</summary>
    public void Restore()
    {
        if (_isKnown)
        {
            _ = SetAttributes(StandardInput, Now, _termios);
        }
    }

    [DllImport("libc", EntryPoint = "tcgetattr")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetAttributes(int file, [Out] byte[] termios);

    [DllImport("libc", EntryPoint = "tcsetattr")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetAttributes(int file, int when, byte[] termios);
}
