using System.Runtime.InteropServices;

namespace EcsFargateLogin.Foundation;

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
