using System.Runtime.InteropServices;

namespace EcsFargateLogin.Foundation;

/// <summary>
/// The console of Windows: the modes of its input and of its output, and the code page of what is written to it. All of them
/// belong to the console, and stay as a program has left them.
/// </summary>
internal sealed class WindowsConsole
{
    private const int StandardInput = -10;
    private const int StandardOutput = -11;
    private const uint Utf8 = 65001;

    /// <summary>ENABLE_VIRTUAL_TERMINAL_PROCESSING: escape sequences are done, and not shown.</summary>
    private const uint DoesSequences = 4;

    private readonly IntPtr _output = GetStdHandle(StandardOutput);
    private readonly (IntPtr Handle, uint Mode)[] _modes;
    private readonly uint _codePage = GetConsoleOutputCP();

    /// <summary>Notes them as they are now, as far as input and output are a console's.</summary>
    public WindowsConsole() =>
        _modes = [.. new[] { GetStdHandle(StandardInput), _output }.SelectMany(Read)];

    /// <summary>From now on it takes UTF-8 and escape sequences, which is what remote programs write.</summary>
    public void TakeRemoteOutput()
    {
        _ = SetConsoleOutputCP(Utf8);
        foreach (var (handle, mode) in _modes.Where(entry => entry.Handle == _output))
        {
            _ = SetConsoleMode(handle, mode | DoesSequences);
        }
    }

    /// <summary>Sets what was noted.</summary>
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
