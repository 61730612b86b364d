using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EcsFargateLogin.Foundation;

/// <summary>What a Unix system knows of a file and .NET does not tell: whether it is one, whose, and who may write to it.</summary>
internal sealed class UnixFile
{
    private const int KindOfFile = 0xF000;
    private const int RegularFile = 0x8000;
    private const int CharacterDevice = 0x2000;
    private const int BlockDevice = 0x6000;

    private readonly FileStatus _status;

    private UnixFile(in FileStatus status) => _status = status;

    /// <summary>False for a folder, and for a pipe, a device or a socket, which may let its reader wait for ever.</summary>
    public bool IsRegular => (_status.Mode & KindOfFile) == RegularFile;

    /// <summary>Whether it is a device.</summary>
    public bool IsDevice => (_status.Mode & KindOfFile) is CharacterDevice or BlockDevice;

    /// <summary>Whether it belongs to the user that this process acts as, or to the administrator, who can do everything anyway.</summary>
    public bool IsOfUserOrRoot => _status.UserId == 0 || _status.UserId == GetEffectiveUserId();

    /// <summary>Why it is not the user's own, as what follows "it"; null where it is.</summary>
    public string? OwnerFault => IsOfUserOrRoot
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"belongs to another user (uid {_status.UserId})");

    /// <summary>Why anybody else at all may have written what it holds, as what follows "it"; null where that is not so.</summary>
    public string? AnyoneFault =>
        OwnerFault ?? (MayWrite(UnixFileMode.OtherWrite) ? "can be written by every user of this machine" : null);

    /// <summary>Tells of a file, or of what a link leads to; null where there is none, and on Windows.</summary>
    public static UnixFile? Of(string path) =>
        !OperatingSystem.IsWindows() && GetStatus(path, out var status) == 0 ? new(status) : null;

    /// <summary>Tells of a file, or of a link itself; null where there is none, and on Windows.</summary>
    public static UnixFile? OfLink(string path) =>
        !OperatingSystem.IsWindows() && GetLinkStatus(path, out var status) == 0 ? new(status) : null;

    /// <summary>Tells of a file that is open, whatever its name leads to meanwhile; null on Windows.</summary>
    public static UnixFile? Of(SafeHandle file) =>
        !OperatingSystem.IsWindows() && GetStatus(file, out var status) == 0 ? new(status) : null;

    /// <summary>Whether there is a file, or a link to one, that can be opened without waiting for anybody.</summary>
    public static bool IsFile(string path) => OperatingSystem.IsWindows() ? File.Exists(path) : Of(path) is { IsRegular: true };

    /// <summary>Why somebody else may have written what it holds, as what follows "it"; null where nobody can have.</summary>
    /// <param name="mayBeOfOwnGroup">
    /// Whether a group of the same number as its owner may write to it: the user's own, as Linux distributions make it.
    /// </param>
    public string? WriteFault(bool mayBeOfOwnGroup = false) =>
        AnyoneFault ?? (MayWrite(UnixFileMode.GroupWrite) && !(mayBeOfOwnGroup && _status.GroupId == _status.UserId)
            ? string.Create(CultureInfo.InvariantCulture, $"can be written by others than its owner (gid {_status.GroupId})")
            : null);

    private bool MayWrite(UnixFileMode permission) => ((UnixFileMode)_status.Mode).HasFlag(permission);

    // .NET's own layer over stat, whose struct and name differ from system to system; it is a part of every .NET.
    [DllImport("libSystem.Native", EntryPoint = "SystemNative_Stat")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern int GetStatus([MarshalAs(UnmanagedType.LPUTF8Str)] string path, out FileStatus status);

    [DllImport("libSystem.Native", EntryPoint = "SystemNative_LStat")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern int GetLinkStatus([MarshalAs(UnmanagedType.LPUTF8Str)] string path, out FileStatus status);

    [DllImport("libSystem.Native", EntryPoint = "SystemNative_FStat")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern int GetStatus(SafeHandle file, out FileStatus status);

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint GetEffectiveUserId();

    /// <summary>The beginning of that layer's struct, with room for what follows.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    private struct FileStatus
    {
        public int Flags;
        public int Mode;
        public uint UserId;
        public uint GroupId;
    }
}

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
