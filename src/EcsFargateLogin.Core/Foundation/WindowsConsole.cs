using System.Runtime.InteropServices;

namespace EcsFargateLogin.Foundation;

/// <summary>
/// The modes and the output code page of a Windows console. They belong to the console, so what a program sets remains after its
/// end.
/// </summary>
internal sealed class WindowsConsole
{
    private const int StandardInput = -10;
    private const int StandardOutput = -11;
    private const uint Utf8 = 65001;

    /// <summary>ENABLE_VIRTUAL_TERMINAL_PROCESSING: the console interprets escape sequences.</summary>
    private const uint ProcessesSequences = 4;

    /// <summary>DISABLE_NEWLINE_AUTO_RETURN.</summary>
    private const uint KeepsColumn = 8;

    /// <summary>ENABLE_PROCESSED_INPUT.</summary>
    private const uint InterpretsKeys = 1;

    /// <summary>ENABLE_LINE_INPUT.</summary>
    private const uint ReadsLines = 2;

    /// <summary>ENABLE_ECHO_INPUT.</summary>
    private const uint EchoesKeys = 4;

    /// <summary>ENABLE_VIRTUAL_TERMINAL_INPUT.</summary>
    private const uint ReadsSequences = 0x200;

    private readonly IntPtr _output = GetStdHandle(StandardOutput);
    private readonly (IntPtr Handle, uint Mode)[] _modes;
    private readonly uint _codePage = GetConsoleOutputCP();

    /// <summary>Saves the current modes, as far as input and output are those of a console.</summary>
    public WindowsConsole() =>
        _modes = [.. new[] { GetStdHandle(StandardInput), _output }.SelectMany(Read)];

    /// <summary>Switches to UTF-8 and escape sequences, which remote programs write.</summary>
    public void AcceptRemoteOutput()
    {
        _ = SetConsoleOutputCP(Utf8);
        foreach (var (handle, mode) in _modes.Where(entry => entry.Handle == _output))
        {
            _ = SetConsoleMode(handle, mode | ProcessesSequences);
        }
    }

    /// <summary>
    /// Switches to keys that are neither echoed nor interpreted, and are read as the sequences of a terminal, and to output as
    /// <see cref="AcceptRemoteOutput"/> does, in which a line feed moves down only.
    /// </summary>
    public void MakeRaw()
    {
        AcceptRemoteOutput();
        foreach (var (handle, mode) in _modes)
        {
            _ = SetConsoleMode(handle, handle == _output
                ? mode | ProcessesSequences | KeepsColumn
                : (mode & ~(InterpretsKeys | ReadsLines | EchoesKeys)) | ReadsSequences);
        }
    }

    /// <summary>Restores the saved modes.</summary>
    public void Restore()
    {
        foreach (var (handle, mode) in _modes)
        {
            _ = SetConsoleMode(handle, mode);
        }

        if (_codePage != 0)
        {
            _ = SetConsoleOutputCP(_codePage);
        }
    }

    private static IEnumerable<(IntPtr Handle, uint Mode)> Read(IntPtr handle) =>
        GetConsoleMode(handle, out var mode) != 0 ? [(handle, mode)] : [];

    [DllImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern IntPtr GetStdHandle(int which);

    [DllImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int GetConsoleMode(IntPtr handle, out uint mode);

    [DllImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int SetConsoleMode(IntPtr handle, uint mode);

    [DllImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern uint GetConsoleOutputCP();

    [DllImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int SetConsoleOutputCP(uint codePage);
}
