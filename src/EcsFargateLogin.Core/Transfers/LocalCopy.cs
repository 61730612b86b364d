using EcsFargateLogin.Foundation;
using Microsoft.Win32.SafeHandles;

namespace EcsFargateLogin.Transfers;

/// <summary>
/// The local side of copies from a container. Like cp and scp, it writes into what exists, which stays a link, a device or
/// another user's file. A new file gets its final name only when it is complete.
/// </summary>
internal static class LocalCopy
{
    /// <summary>The size of the largest disk that Fargate gives a task, in bytes.</summary>
    private const long LargestTaskDisk = 200L << 30;

    private const UnixFileMode OwnerOnlyMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode AllPermissions = (UnixFileMode)0x1FF;

    /// <summary>The permissions that the user's umask allows a new file, read from a new file.</summary>
    private static readonly Lazy<UnixFileMode> DefaultMode = new(ReadDefaultMode);

    /// <summary>Whether copies go into the destination; otherwise it becomes the copy itself.</summary>
    /// <exception cref="FargateException">It must be a folder, and is not.</exception>
    public static bool IsFolder(string destination, int sources)
    {
        if (Directory.Exists(destination))
        {
            return true;
        }

        return sources > 1 || Path.EndsInDirectorySeparator(destination)
            ? throw TransferErrors.DestinationNoFolder(destination, File.Exists(destination))
            : false;
    }

    /// <summary>Joins a folder of this machine and a name.</summary>
    /// <exception cref="FargateException">The name is not valid here, such as one with a backslash on Windows.</exception>
    public static string Join(string folder, string name, NameRules rules) =>
        rules.Allow(name)
            ? Path.Combine(folder, name)
            : throw TransferErrors.CopyFailed(name, "a file of this machine cannot have that name");

    /// <summary>Determines the target of a file from its destination.</summary>
    /// <exception cref="FargateException">No file can be written there.</exception>
    public static CopyItem ResolveTarget(CopyItem item)
    {
        var resolved = item with
        {
            Target = LocalFile.FollowLinks(item.Destination),
            Existing = LocalFile.KindOf(item.Destination),
        };
        return resolved.Existing switch
        {
            FileKind.Folder => throw TransferErrors.CopyFailed(item.Source, $"'{item.Destination}' is a folder"),
            FileKind.Other => throw TransferErrors.CopyFailed(item.Source, $"'{item.Destination}' is a pipe or a socket"),
            var kind => resolved with { IsDirect = kind == FileKind.Device },
        };
    }

    /// <summary>
    /// Rejects a file that claims to be larger than a task's disk, unless there is space for it: it may be a pseudo file such as
    /// /proc/kcore, which would fill the disk.
    /// </summary>
    /// <exception cref="FargateException">There is no space for it.</exception>
    public static void ThrowIfNoSpace(CopyItem item)
    {
        if (item.Length > LargestTaskDisk
            && item.Existing != FileKind.Device
            && FreeSpaceAt(Path.GetDirectoryName(item.Target)!) is { } free
            && item.Length > free)
        {
            throw TransferErrors.CopyFailed(item.Source, $"it is said to be {item.Length} bytes long, and {free} are free here");
        }
    }

    /// <summary>Opens the partial file to append to it; or the target, if no partial file can be created.</summary>
    /// <returns>The updated item, and the file at the position from which the copy resumes.</returns>
    public static (CopyItem Item, FileStream File) Open(CopyItem item)
    {
        if (item.IsDirect)
        {
            return (item, OpenTarget(item.Target));
        }

        try
        {
            var file = OpenPartial(item.PartialPath);
            file.Position = Math.Min(file.Length, item.Length);
            return (item, file);
        }
        catch (UnauthorizedAccessException) when (item.Existing == FileKind.File)
        {
            // The folder is not writable; the file in it may be.
            return (item with { IsDirect = true }, OpenTarget(item.Target));
        }
    }

    /// <summary>
    /// Closes a complete file and moves it to its target; if the target exists, writes the content into it.
    /// </summary>
    public static void Complete(CopyItem item, FileStream file)
    {
        if (item.Existing != FileKind.Device)
        {
            file.SetLength(file.Position);
        }

        if (item.Existing == FileKind.Nothing)
        {
            SetAttributes(item, file.SafeFileHandle);
            file.Dispose();
            SharedFile.Move(file.Name, item.Target);
            return;
        }

        file.Dispose();
        if (item.IsDirect)
        {
            if (item.Existing == FileKind.File)
            {
                SetTimeIfAllowed(item);
            }
        }
        else
        {
            using (var from = new FileStream(item.PartialPath, FileMode.Open, FileAccess.Read))
            using (var to = OpenTarget(item.Target))
            {
                from.CopyTo(to);
                to.SetLength(to.Position);
            }

            SharedFile.Repeat(() => File.Delete(item.PartialPath));
            SetTimeIfAllowed(item);
        }
    }

    /// <summary>Sets the permissions and time of a new folder.</summary>
    public static void FinishFolder(CopyItem item)
    {
        Directory.SetLastWriteTimeUtc(item.Destination, TimeOf(item));
        if (!OperatingSystem.IsWindows() && item.Permissions is { } permissions)
        {
            File.SetUnixFileMode(item.Destination, (UnixFileMode)permissions & DefaultMode.Value);
        }
    }

    /// <summary>Opens a partial file, which only its owner can read.</summary>
    private static FileStream OpenPartial(string path)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnlyMode;
        }

        try
        {
            return new FileStream(path, options);
        }
        catch (IOException) when (Path.Exists(path) || new FileInfo(path).LinkTarget is not null)
        {
            // Nobody else could know this name before the file existed.
            return new FileInfo(path).LinkTarget is null
                && LocalFile.KindOf(path) == FileKind.File
                && UnixFileStatus.Of(path) is null or { IsOfUserOrRoot: true }
                ? OpenTarget(path)
                : throw TransferErrors.CopyFailed(path, "it is in the way, and not a file of yours");
        }
    }

    private static long? FreeSpaceAt(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A share, or a file system that does not report its free space.
            return null;
        }
    }

    private static FileStream OpenTarget(string path) =>
        new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    /// <summary>Sets time and permissions, but no owner: the container's users are not those of this machine.</summary>
    private static void SetAttributes(CopyItem item, SafeFileHandle file)
    {
        File.SetLastWriteTimeUtc(file, TimeOf(item));
        if (!OperatingSystem.IsWindows() && item.Permissions is { } permissions)
        {
            File.SetUnixFileMode(file, (UnixFileMode)permissions & DefaultMode.Value);
        }
    }

    private static DateTime TimeOf(CopyItem item) => DateTimeOffset.FromUnixTimeSeconds(item.ModifiedAt).UtcDateTime;

    private static void SetTimeIfAllowed(CopyItem item)
    {
        try
        {
            File.SetLastWriteTimeUtc(item.Target, TimeOf(item));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Only the owner may; the content is complete.
        }
    }

    private static UnixFileMode ReadDefaultMode()
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = AllPermissions;
        }

        using FileStream file = new(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), options);
        return OperatingSystem.IsWindows() ? AllPermissions : File.GetUnixFileMode(file.SafeFileHandle);
    }
}
