using System.Runtime.InteropServices;

namespace EcsFargateLogin.Foundation;

/// <summary>What a Unix system knows of a file and .NET does not tell: whether it is one, and whose.</summary>
/// <param name="UserId">The owner.</param>
/// <param name="GroupId">The group.</param>
/// <param name="Mode">The permissions.</param>
/// <param name="IsRegular">False for a folder, and for a pipe, a device or a socket, which may let its reader wait for ever.</param>
internal sealed record UnixFile(uint UserId, uint GroupId, UnixFileMode Mode, bool IsRegular)
{
    private const int KindOfFile = 0xF000;
    private const int RegularFile = 0x8000;
    private const int CharacterDevice = 0x2000;
    private const int BlockDevice = 0x6000;
    private const int Permissions = 0xFFF;

    /// <summary>Whether it is a device.</summary>
    public bool IsDevice { get; private init; }

    /// <summary>Whether it belongs to the user that this process acts as, or to the administrator.</summary>
    public bool IsOfUserOrRoot => UserId == 0 || UserId == GetEffectiveUserId();

    /// <summary>Tells of a file, or of what a link leads to; null where there is none, and on Windows.</summary>
    public static UnixFile? Of(string path) =>
        !OperatingSystem.IsWindows() && GetStatus(path, out var status) == 0 ? From(status) : null;

    /// <summary>Tells of a file that is open, whatever its name leads to meanwhile; null on Windows.</summary>
    public static UnixFile? Of(SafeHandle file) =>
        !OperatingSystem.IsWindows() && GetStatus(file, out var status) == 0 ? From(status) : null;

    /// <summary>Whether there is a file, or a link to one, that can be opened without waiting for anybody.</summary>
    public static bool IsFile(string path) => OperatingSystem.IsWindows() ? File.Exists(path) : Of(path) is { IsRegular: true };

    private static UnixFile From(in FileStatus status) => new(
        status.UserId,
        status.GroupId,
        (UnixFileMode)(status.Mode & Permissions),
        (status.Mode & KindOfFile) == RegularFile)
    {
        IsDevice = (status.Mode & KindOfFile) is CharacterDevice or BlockDevice,
    };

    // .NET's own layer over stat, whose struct and name differ from system to system; it is a part of every .NET.
    [DllImport("libSystem.Native", EntryPoint = "SystemNative_Stat")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern int GetStatus([MarshalAs(UnmanagedType.LPUTF8Str)] string path, out FileStatus status);

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
