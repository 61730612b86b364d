using System.Diagnostics;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using System.Text.Json;

namespace EcsFargateLogin.Foundation;

/// <summary>
/// Creates folders and files that only the current user can access: modes 0700 and 0600, or on Windows an access list that names
/// nobody else.
/// </summary>
internal static class OwnerOnly
{
    private const UnixFileMode ModeOfFolders = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode ModeOfFiles = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The pause between two attempts to lock a file.</summary>
    private static readonly TimeSpan LockInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Creates a folder, or removes the access of others to an existing one.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            CreateFolderOnWindows(path);
            return;
        }

        var folder = Directory.CreateDirectory(path, ModeOfFolders);
        if (folder.UnixFileMode != ModeOfFolders)
        {
            folder.UnixFileMode = ModeOfFolders;
        }
    }

    /// <summary>
    /// Says why somebody else may have written a file or folder of this user, as the predicate of a sentence about "it"; null
    /// where nobody else may, or there is none. On Windows the folders of a profile are trusted.
    /// </summary>
    public static string? FaultOf(string path) =>
        UnixFileStatus.OfLink(path)?.OwnerFault ?? UnixFileStatus.Of(path)?.WriteFault();

    /// <inheritdoc cref="FaultOf(string)"/>
    public static string? FaultOf(FileStream file) => UnixFileStatus.Of(file.SafeFileHandle)?.WriteFault();

    /// <summary>Creates a file for writing. It must not exist.</summary>
    public static FileStream CreateFile(string path) => OperatingSystem.IsWindows()
        ? CreateFileOnWindows(path)
        : new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = ModeOfFiles,
        });

    /// <summary>Reads a file of JSON; null where it cannot be read, or somebody else may have written it.</summary>
    public static T? ReadJson<T>(string path, JsonSerializerOptions json)
        where T : class
    {
        try
        {
            using var stream = SharedFile.Open(path);
            return FaultOf(stream) is null ? JsonSerializer.Deserialize<T>(stream, json) : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes or replaces a file of JSON, as <see cref="SharedFile.Replace"/> does.</summary>
    public static void WriteJson<T>(string path, T value, JsonSerializerOptions json) =>
        SharedFile.Replace(path, CreateFile, stream => JsonSerializer.Serialize(stream, value, json));

    /// <summary>Opens or creates a file that nobody else can open until it is disposed.</summary>
    /// <exception cref="IOException">It is open already, or cannot be created.</exception>
    public static FileStream LockFile(string path)
    {
        FileStreamOptions options = new() { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = ModeOfFiles;
        }

        return new FileStream(path, options);
    }

    /// <summary>Opens a file as <see cref="LockFile"/> does, and waits while another process or thread has it open.</summary>
    /// <param name="path">The file. It must not be deleted: two of the waiting processes could then both lock it.</param>
    /// <param name="limit">The time limit of the wait.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="IOException">It was open elsewhere until the limit, or it cannot be created.</exception>
    public static async Task<FileStream> LockFileAsync(string path, TimeSpan limit, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return LockFile(path);
            }
            catch (IOException) when (File.Exists(path) && Stopwatch.GetElapsedTime(start) < limit)
            {
                await Task.Delay(LockInterval, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Creates a file that must not exist, locked until it is disposed. It can be renamed and deleted meanwhile.
    /// </summary>
    public static FileStream CreateLockedFile(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete);
        }

        FileStream stream = new(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            UnixCreateMode = ModeOfFiles,
        });

        // FileShare alone locks the file too, unless a setting of .NET disables that.
        _ = UnixFileOperations.TryLock(stream.SafeFileHandle, isShared: false);
        return stream;
    }

    /// <summary>Makes created and renamed files survive a power failure. Windows does that itself.</summary>
    public static void Flush(string folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            UnixFileOperations.Flush(folder);
        }
    }

    [SupportedOSPlatform("windows")]
    private static void CreateFolderOnWindows(string path)
    {
        DirectorySecurity security = new();
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        security.AddAccessRule(new FileSystemAccessRule(
            CurrentUser(),
            FileSystemRights.FullControl,
            InheritanceFlags.ContainerInherit | InheritanceFlags.ObjectInherit,
            PropagationFlags.None,
            AccessControlType.Allow));
        DirectoryInfo folder = new(path);
        if (folder.Exists)
        {
            folder.SetAccessControl(security);
        }
        else
        {
            folder.Create(security);
        }
    }

    [SupportedOSPlatform("windows")]
    private static FileStream CreateFileOnWindows(string path)
    {
        FileSecurity security = new();
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        security.AddAccessRule(
            new FileSystemAccessRule(CurrentUser(), FileSystemRights.FullControl, AccessControlType.Allow));
        return new FileInfo(path).Create(
            FileMode.CreateNew, FileSystemRights.Write, FileShare.None, bufferSize: 4096, FileOptions.None, security);
    }

    [SupportedOSPlatform("windows")]
    private static SecurityIdentifier CurrentUser()
    {
        using var identity = WindowsIdentity.GetCurrent();
        return identity.User ?? throw new UnauthorizedAccessException("The current user has no security identifier.");
    }
}
