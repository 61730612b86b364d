using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EcsFargateLogin.Foundation;

/// <summary>
/// What .NET does not offer of files on Unix: locks that say whether they are there, and folders that are written to disk. By
/// the runtime's own native library, whose constants are the same on every system.
/// </summary>
internal static class UnixFiles
{
    private const string Library = "libSystem.Native";
    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x10;
    private const int LockShared = 1;
    private const int LockExclusive = 2;
    private const int LockWithoutWaiting = 4;

    /// <summary>Locks an open file until it is closed: together with others, or alone.</summary>
    /// <returns>False when it is locked otherwise, or the file system has no locks.</returns>
    public static bool TryLock(SafeFileHandle file, bool isShared) =>
        FLock(file, (isShared ? LockShared : LockExclusive) | LockWithoutWaiting) == 0;

    /// <summary>Makes sure that names in a folder outlast a power failure. Not every file system can; then this does nothing.</summary>
    public static void Flush(string folder)
    {
        using SafeFileHandle handle = new(Open(folder, ReadOnly | CloseOnExec, 0), ownsHandle: true);
        if (!handle.IsInvalid)
        {
            _ = FSync(handle);
        }
    }

    [DllImport(Library, EntryPoint = "SystemNative_FLock")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FLock(SafeFileHandle file, int operation);

    [DllImport(Library, EntryPoint = "SystemNative_Open")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, int mode);

    [DllImport(Library, EntryPoint = "SystemNative_FSync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FSync(SafeFileHandle file);
}
