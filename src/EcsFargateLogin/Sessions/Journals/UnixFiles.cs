using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EcsFargateLogin.Sessions.Journals;

/// <summary>
/// What .NET does not offer of files on Unix: who owns them, locks that say whether they are there, and folders that are
/// written to disk. By the runtime's own native library, whose records are the same on every system.
/// </summary>
internal static class UnixFiles
{
    private const string Library = "libSystem.Native";
    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x10;
    private const int LockShared = 1;
    private const int LockExclusive = 2;
    private const int LockWithoutWaiting = 4;

    /// <summary>S_IWGRP and S_IWOTH.</summary>
    private const int WritableByOthers = 0x12;

    /// <summary>What others may have to do with a file or folder, or with a link to one and with what that leads to.</summary>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="IOException">It may not be looked at.</exception>
    public static string? FaultOf(string path)
    {
        if (LStat(path, out var itself) != 0)
        {
            return !Path.Exists(path) ? null : throw NotSeen(path);
        }

        return FaultOfOwner(itself) ?? (Stat(path, out var target) == 0 ? FaultOf(target) : null);
    }

    /// <inheritdoc cref="FaultOf(string)"/>
    public static string? FaultOf(FileStream file) =>
        FStat(file.SafeFileHandle, out var status) == 0 ? FaultOf(status) : throw NotSeen(file.Name);

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

    private static string? FaultOf(FileStatus status) => FaultOfOwner(status)
        ?? ((status.Mode & WritableByOthers) == 0 ? null : "others than its owner may write to it");

    /// <summary>The administrator can do everything anyway.</summary>
    private static string? FaultOfOwner(FileStatus status) => status.User == GetEUid() || status.User == 0
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"it belongs to another user (uid {status.User})");

    private static IOException NotSeen(string path) =>
        new($"Whom '{path}' belongs to cannot be told: {Marshal.GetLastPInvokeErrorMessage()}.");

    [DllImport(Library, EntryPoint = "SystemNative_GetEUid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint GetEUid();

    [DllImport(Library, EntryPoint = "SystemNative_LStat", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int LStat([MarshalAs(UnmanagedType.LPUTF8Str)] string path, out FileStatus status);

    [DllImport(Library, EntryPoint = "SystemNative_Stat", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Stat([MarshalAs(UnmanagedType.LPUTF8Str)] string path, out FileStatus status);

    [DllImport(Library, EntryPoint = "SystemNative_FStat", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FStat(SafeFileHandle file, out FileStatus status);

    [DllImport(Library, EntryPoint = "SystemNative_FLock")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FLock(SafeFileHandle file, int operation);

    [DllImport(Library, EntryPoint = "SystemNative_Open")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, int mode);

    [DllImport(Library, EntryPoint = "SystemNative_FSync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FSync(SafeFileHandle file);

    /// <summary>The beginning of the runtime's own record; the size leaves room for all of it.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    private struct FileStatus
    {
        public int Flags;
        public int Mode;
        public uint User;
        public uint Group;
    }
}
