using System.Formats.Tar;

namespace EcsFargateLogin.Sessions.Transfers;

/// <summary>The files and folders of this machine that a copy is made of.</summary>
internal static class LocalTree
{
    /// <summary>A file or folder and, below a folder, all that is in it; folders before what they hold.</summary>
    /// <param name="source">A full path.</param>
    /// <param name="destination">The remote path of its copy.</param>
    /// <param name="recurse">Whether a folder may be copied.</param>
    /// <param name="report">Is told what is left out.</param>
    /// <exception cref="FargateException">It is a folder, and those are not copied; or it is neither.</exception>
    public static IEnumerable<CopyItem> Walk(string source, string destination, bool recurse, CopyReport report)
    {
        if (!Directory.Exists(source))
        {
            return IsFile(source) ? [ItemOf(new FileInfo(source), destination)] : throw FargateErrors.NotCopiable(source);
        }

        return recurse ? WalkFolder(source, destination, report) : throw FargateErrors.RecurseMissing(source);
    }

    private static IEnumerable<CopyItem> WalkFolder(string source, string destination, CopyReport report)
    {
        yield return ItemOf(new DirectoryInfo(source), destination);
        foreach (var path in Directory.EnumerateFileSystemEntries(source).Order(StringComparer.Ordinal))
        {
            var target = RemotePath.Join(destination, Path.GetFileName(path));
            var isLink = new FileInfo(path).LinkTarget is not null;
            // A link to a folder may lead back to where it lies.
            var items = Directory.Exists(path) && !isLink ? WalkFolder(path, target, report)
                : IsFile(path) ? [ItemOf(new FileInfo(path), target)]
                : LeaveOut(path, report);
            foreach (var item in items)
            {
                yield return item;
            }
        }
    }

    /// <summary>
    /// Whether it is a file, or a link to one. A pipe or a device looks like an empty file, and would be opened for ever; the
    /// entry of an archive tells them apart without opening them.
    /// </summary>
    private static bool IsFile(string path)
    {
        FileInfo file = new(path);
        var target = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo;
        if (target is not { Exists: true } || target.Length > 0 || OperatingSystem.IsWindows())
        {
            return target is { Exists: true };
        }

        try
        {
            using MemoryStream archive = new();
            using (TarWriter writer = new(archive, leaveOpen: true))
            {
                writer.WriteEntry(target.FullName, "file");
            }

            archive.Position = 0;
            using TarReader reader = new(archive);
            return reader.GetNextEntry()?.EntryType is TarEntryType.RegularFile;
        }
        catch (IOException)
        {
            // A socket, which no archive can hold.
            return false;
        }
    }

    private static CopyItem ItemOf(FileSystemInfo info, string destination)
    {
        var target = info.LinkTarget is null ? info : info.ResolveLinkTarget(returnFinalTarget: true)!;
        return new CopyItem(info.FullName, destination)
        {
            IsFolder = info is DirectoryInfo,
            Length = target is FileInfo file ? file.Length : 0,
            Permissions = OperatingSystem.IsWindows() ? null : (uint)target.UnixFileMode,
            ModifiedAt = (uint)Math.Clamp(
                new DateTimeOffset(target.LastWriteTimeUtc).ToUnixTimeSeconds(), uint.MinValue, uint.MaxValue),
        };
    }

    private static CopyItem[] LeaveOut(string path, CopyReport report)
    {
        report.Warn($"'{path}' is left out: it is neither a file nor a folder, or a link to one.");
        return [];
    }
}
