using System.Runtime.InteropServices;

namespace EcsFargateLogin.Foundation;

/// <summary>
/// The home folder of the user by the system's list of users. OpenSSH reads its configuration there, and not in the folder that the
/// variable HOME names.
/// </summary>
internal static class UserHome
{
    /// <summary>The size of the buffer for the texts of a user, in bytes. Systems suggest 1 to 16 KB.</summary>
    private const int BufferSize = 64 * 1024;

    /// <summary>
    /// The place of the home folder among the fields of a user, in bytes: Linux and musl have five fields before it, and macOS also
    /// the time of a password's change and the class of the login.
    /// </summary>
    private static int OffsetOfHome => OperatingSystem.IsMacOS() ? 48 : 32;

    /// <summary>The folder.</summary>
    public static string Folder =>
        (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS()) && nint.Size == 8 ? FromSystem() ?? Fallback : Fallback;

    private static string Fallback => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private static string? FromSystem()
    {
        var (user, buffer) = (Marshal.AllocHGlobal(256), Marshal.AllocHGlobal(BufferSize));
        try
        {
            return GetUser(GetUserId(), user, buffer, BufferSize, out var found) == 0 && found != 0
                && Marshal.PtrToStringUTF8(Marshal.ReadIntPtr(user, OffsetOfHome)) is { Length: > 0 } home
                    ? home
                    : null;
        }
        finally
        {
            Marshal.FreeHGlobal(user);
            Marshal.FreeHGlobal(buffer);
        }
    }

    [DllImport("libc", EntryPoint = "getuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint GetUserId();

    [DllImport("libc", EntryPoint = "getpwuid_r")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetUser(uint userId, nint user, nint buffer, nint size, out nint found);
}
