using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Transfers;

/// <summary>
/// The local side of copies from a container. As cp and scp do, what is there already is written to and stays what it is: a
/// link, a device, somebody's file. What is new has its final name only when all of it is there.
/// </summary>
internal static class LocalCopy
{
    /// <summary>The most that Fargate gives a task, in bytes.</summary>
    private const long LargestTaskDisk = 200L << 30;

    private const UnixFileMode OwnersAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode All = (UnixFileMode)0x1FF;

    /// <summary>The permissions that the user's umask lets a new file have, which only a new file tells.</summary>
    private static readonly Lazy<UnixFileMode> UsualMode = new(ReadUsualMode);

    /// <summary>Whether copies go into the destination; otherwise the destination is what the copy will be.</summary>
    /// <exception cref="FargateException">It is to be a folder, and is none.</exception>
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

    /// <summary>A path below a folder of this machine.</summary>
    /// <exception cref="FargateException">The name cannot be one here, such as one with a backslash on Windows.</exception>
    public static string Join(string folder, string name, NameRules rules) =>
        rules.Allow(name) ? Path.Combine(folder, name) : throw TransferErrors.CopyFailed(name, "a file of this machine cannot have that name");

    /// <summary>Looks at the destination of a file.</summary>
    /// <exception cref="FargateException">It is none that a file can be written to.</exception>
    public static CopyItem Aim(CopyItem item)
    {
        var aimed = item with
        {
            Target = LocalFile.EndOf(item.Destination),
            Existing = LocalFile.KindOf(item.Destination),
        };
        return aimed.Existing switch
        {
            FileKind.Folder => throw TransferErrors.CopyFailed(item.Source, $"'{item.Destination}' is a folder"),
            FileKind.Other => throw TransferErrors.CopyFailed(item.Source, $"'{item.Destination}' is a pipe or a socket"),
            var kind => aimed with { IsDirect = kind == FileKind.Device },
        };
    }

    /// <summary>
    /// Refuses a file that is said to be longer than a task's disk, unless there is room for it: what says so may be no file at
    /// all, such as /proc/kcore, and would fill the disk.
    /// </summary>
    /// <exception cref="FargateException">There is no room for it.</exception>
    public static void ThrowIfNoRoom(CopyItem item)
    {
        if (item.Length > LargestTaskDisk
            && item.Existing != FileKind.Device
            && FreeSpaceAt(Path.GetDirectoryName(item.Target)!) is { } free
            && item.Length > free)
        {
            throw TransferErrors.CopyFailed(item.Source, $"it is said to be {item.Length} bytes long, and {free} are free here");
        }
    }

    /// <summary>Opens what there is of a copy, to add to it; or the destination itself, where that is the only way.</summary>
    /// <returns>The item as it is now, and the file at the place from which to go on.</returns>
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
            // Its folder takes no other file; it may be written to all the same.
            return (item with { IsDirect = true }, OpenTarget(item.Target));
        }
    }

    /// <summary>
    /// Closes a file that is whole, and gives it to its destination: with a name, permissions and time, or by its content.
    /// </summary>
    public static void Complete(CopyItem item, FileStream file)
    {
        if (item.Existing != FileKind.Device)
        {
            file.SetLength(file.Position);
        }

        file.Dispose();
        if (item.Existing == FileKind.Nothing)
        {
            SetAttributes(item, item.PartialPath);
            SharedFile.Move(item.PartialPath, item.Target);
        }
        else if (!item.IsDirect)
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
        else if (item.Existing == FileKind.File)
        {
            SetTimeIfAllowed(item);
        }
    }

    /// <summary>Gives a folder that was made its permissions and its time.</summary>
    public static void FinishFolder(CopyItem item) => SetAttributes(item, item.Destination);

    /// <summary>Only its owner can read it until it is whole.</summary>
    private static FileStream OpenPartial(string path)
    {
        if (!Path.Exists(path) && new FileInfo(path).LinkTarget is null)
        {
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnersAlone;
            }

            return new FileStream(path, options);
        }

        // Nobody else could know this name before the file was there.
        return new FileInfo(path).LinkTarget is null
            && LocalFile.KindOf(path) == FileKind.File
            && UnixFile.Of(path) is null or { IsOfUserOrRoot: true }
            ? OpenTarget(path)
            : throw TransferErrors.CopyFailed(path, "it is in the way, and not a file of yours");
    }

    private static long? FreeSpaceAt(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A share, or a file system that does not tell.
            return null;
        }
    }

    private static FileStream OpenTarget(string path) =>
        new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    /// <summary>Who may act as the owner of a file is a matter of the container's users, not of this machine's.</summary>
    private static void SetAttributes(CopyItem item, string path)
    {
        var time = DateTimeOffset.FromUnixTimeSeconds(item.ModifiedAt).UtcDateTime;
        if (item.IsFolder)
        {
            Directory.SetLastWriteTimeUtc(path, time);
        }
        else
        {
            File.SetLastWriteTimeUtc(path, time);
        }

        if (!OperatingSystem.IsWindows() && item.Permissions is { } permissions)
        {
            File.SetUnixFileMode(path, (UnixFileMode)permissions & UsualMode.Value);
        }
    }

    private static void SetTimeIfAllowed(CopyItem item)
    {
        try
        {
            File.SetLastWriteTimeUtc(item.Target, DateTimeOffset.FromUnixTimeSeconds(item.ModifiedAt).UtcDateTime);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Only the owner may; the content is there.
        }
    }

    private static UnixFileMode ReadUsualMode()
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = All;
        }

        using FileStream file = new(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), options);
        return OperatingSystem.IsWindows() ? All : File.GetUnixFileMode(file.SafeFileHandle);
    }
}
