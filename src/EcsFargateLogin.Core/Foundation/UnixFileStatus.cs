using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EcsFargateLogin.Foundation;

/// <summary>The attributes of a file on Unix that .NET does not report: its kind, its owner, and who may write to it.</summary>
internal sealed class UnixFileStatus
{
    private const int KindOfFile = 0xF000;
    private const int RegularFile = 0x8000;
    private const int CharacterDevice = 0x2000;
    private const int BlockDevice = 0x6000;

    private readonly FileStatus _status;

    private UnixFileStatus(in FileStatus status) => _status = status;

    /// <summary>
    /// Whether it is a regular file. Folders, pipes, devices and sockets are not; opening those may block forever.
    /// </summary>
    public bool IsRegular => (_status.Mode & KindOfFile) == RegularFile;

    /// <summary>Whether it is a device.</summary>
    public bool IsDevice => (_status.Mode & KindOfFile) is CharacterDevice or BlockDevice;

    /// <summary>Whether its owner is the user of this process, or root, who can do everything anyway.</summary>
    public bool IsOfUserOrRoot => _status.UserId == 0 || _status.UserId == GetEffectiveUserId();

    /// <summary>
    /// Says why the file does not belong to the user, as the predicate of a sentence about "it"; null where it does.
    /// </summary>
    public string? OwnerFault => IsOfUserOrRoot
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"belongs to another user (uid {_status.UserId})");

    /// <summary>
    /// Says why any other user may have written the content, as the predicate of a sentence about "it"; null where none may.
    /// </summary>
    public string? AnyoneFault =>
        OwnerFault ?? (MayWrite(UnixFileMode.OtherWrite) ? "can be written by every user of this machine" : null);

    /// <summary>Reads the attributes of a file, or of a link's target; null where there is none, and on Windows.</summary>
    public static UnixFileStatus? Of(string path) =>
        !OperatingSystem.IsWindows() && GetStatus(path, out var status) == 0 ? new(status) : null;

    /// <summary>Reads the attributes of a file, or of a link itself; null where there is none, and on Windows.</summary>
    public static UnixFileStatus? OfLink(string path) =>
        !OperatingSystem.IsWindows() && GetLinkStatus(path, out var status) == 0 ? new(status) : null;

    /// <summary>Reads the attributes of an open file, wherever its name leads now; null on Windows.</summary>
    public static UnixFileStatus? Of(SafeHandle file) =>
        !OperatingSystem.IsWindows() && GetStatus(file, out var status) == 0 ? new(status) : null;

    /// <summary>Whether the path leads to a regular file, which can be opened without blocking.</summary>
    public static bool IsFile(string path) => OperatingSystem.IsWindows() ? File.Exists(path) : Of(path) is { IsRegular: true };

    /// <summary>
    /// Says why somebody else may have written the content, as the predicate of a sentence about "it"; null where nobody else
    /// may.
    /// </summary>
    /// <param name="mayBeOfOwnGroup">
    /// Whether write access is accepted for the owner's own group, which Linux distributions create with the same id as the user.
    /// </param>
    public string? WriteFault(bool mayBeOfOwnGroup = false) =>
        AnyoneFault ?? (MayWrite(UnixFileMode.GroupWrite) && !(mayBeOfOwnGroup && _status.GroupId == _status.UserId)
            ? string.Create(CultureInfo.InvariantCulture, $"can be written by others than its owner (gid {_status.GroupId})")
            : null);

    private bool MayWrite(UnixFileMode permission) => ((UnixFileMode)_status.Mode).HasFlag(permission);

    // The runtime's own wrapper of stat is part of every .NET. The system's struct and function name differ between systems.
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

    /// <summary>The first members of the wrapper's struct, with room for the others.</summary>
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
/// File functions that .NET lacks on Unix: locks that report whether they were acquired, and flushing folders to disk. They call
/// the runtime's native library, which has the same constants on every system.
/// </summary>
internal static class UnixFileOperations
{
    private const string Library = "libSystem.Native";
    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x10;
    private const int LockShared = 1;
    private const int LockExclusive = 2;
    private const int LockWithoutWaiting = 4;

    /// <summary>Locks an open file until it is closed, shared or exclusively.</summary>
    /// <returns>False when it is locked already, or the file system has no locks.</returns>
    public static bool TryLock(SafeFileHandle file, bool isShared) =>
        FLock(file, (isShared ? LockShared : LockExclusive) | LockWithoutWaiting) == 0;

    /// <summary>Flushes a folder's names to disk. Does nothing where the file system cannot do that.</summary>
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
