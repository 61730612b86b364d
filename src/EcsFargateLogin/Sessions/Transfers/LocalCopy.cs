namespace EcsFargateLogin.Sessions.Transfers;

/// <summary>The local side of copies from a container: a file has its final name only when all of it is there.</summary>
internal static class LocalCopy
{
    /// <summary>Whether copies go into the destination; otherwise the destination is what the copy will be.</summary>
    /// <exception cref="FargateException">It is to be a folder, and is none.</exception>
    public static bool IsFolder(string destination, int sources)
    {
        if (Directory.Exists(destination))
        {
            return true;
        }

        return sources > 1 || Path.EndsInDirectorySeparator(destination)
            ? throw FargateErrors.DestinationNoFolder(destination, File.Exists(destination))
            : false;
    }

    public static void ThrowIfFolder(CopyItem item)
    {
        if (Directory.Exists(item.Destination))
        {
            throw FargateErrors.CopyFailed(item.Source, $"'{item.Destination}' is a folder");
        }
    }

    /// <summary>A path below a folder of this machine.</summary>
    /// <exception cref="FargateException">The name cannot be one here, such as one with a backslash on Windows.</exception>
    public static string Join(string folder, string name) =>
        name.Length > 0 && name is not ("." or "..") && name.IndexOfAny(Path.GetInvalidFileNameChars()) < 0
            ? Path.Combine(folder, name)
            : throw FargateErrors.CopyFailed(name, "a file of this machine cannot have that name");

    /// <summary>Opens what there is of a copy, to add to it. Only its owner can read it until it is whole.</summary>
    public static FileStream OpenPartial(CopyItem item)
    {
        FileStreamOptions options = new() { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        FileStream file = new(item.PartialPath, options);
        file.Position = Math.Min(file.Length, item.Length);
        return file;
    }

    /// <summary>Gives a copy its permissions, its time and, where it is a file, its name.</summary>
    public static void Finish(CopyItem item)
    {
        var path = item.IsFolder ? item.Destination : item.PartialPath;
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
            // Who may act as the owner of a file is a matter of the container's users, not of this machine's.
            File.SetUnixFileMode(path, (UnixFileMode)(permissions & 0x1FF));
        }

        if (!item.IsFolder)
        {
            File.Move(path, item.Destination, overwrite: true);
        }
    }
}
