using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Transfers;

/// <summary>Lists the files and folders of this machine that a copy consists of.</summary>
internal static class LocalTree
{
    /// <summary>Lists a file, or a folder and everything below it, each folder before its content.</summary>
    /// <param name="source">A full path.</param>
    /// <param name="destination">The remote path of its copy.</param>
    /// <param name="recurse">Whether folders are copied.</param>
    /// <param name="report">Receives what is left out.</param>
    /// <exception cref="FargateException">It is a folder and folders are not copied, or it is neither.</exception>
    public static IEnumerable<CopyItem> Walk(string source, string destination, bool recurse, CopyReport report)
    {
        if (!Directory.Exists(source))
        {
            return LocalFile.KindOf(source) == FileKind.File
                ? [ItemOf(new FileInfo(source), destination, report)]
                : throw TransferErrors.NotCopiable(source);
        }

        return recurse ? WalkFolder(source, destination, report) : throw TransferErrors.RecurseMissing(source);
    }

    private static IEnumerable<CopyItem> WalkFolder(string source, string destination, CopyReport report)
    {
        yield return ItemOf(new DirectoryInfo(source), destination, report);
        foreach (var path in EntriesOf(source, report))
        {
            var target = RemotePath.Join(destination, Path.GetFileName(path));
            var isLink = new FileInfo(path).LinkTarget is not null;
            // A link to a folder may form a cycle.
            var items = Directory.Exists(path) && !isLink ? WalkFolder(path, target, report)
                : LocalFile.KindOf(path) == FileKind.File ? [ItemOf(new FileInfo(path), target, report)]
                : LeaveOut(path, report);
            foreach (var item in items)
            {
                yield return item;
            }
        }
    }

    /// <summary>Lists a folder's content. A folder that cannot be read is reported.</summary>
    private static string[] EntriesOf(string folder, CopyReport report)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            report.Failed(folder, TransferErrors.CopyFailed(folder, ErrorText.ReasonOf(e)));
            return [];
        }
    }

    private static CopyItem ItemOf(FileSystemInfo info, string destination, CopyReport report)
    {
        var target = info.LinkTarget is null ? info : info.ResolveLinkTarget(returnFinalTarget: true)!;
        return new CopyItem(info.FullName, destination)
        {
            IsFolder = info is DirectoryInfo,
            Length = target is FileInfo file ? file.Length : 0,
            Permissions = OperatingSystem.IsWindows() ? null : (uint)target.UnixFileMode,
            ModifiedAt = (uint)Math.Clamp(
                new DateTimeOffset(target.LastWriteTimeUtc).ToUnixTimeSeconds(), uint.MinValue, uint.MaxValue),
            Secret = report.Secret,
        };
    }

    private static CopyItem[] LeaveOut(string path, CopyReport report)
    {
        report.Warn($"'{path}' is left out: it is neither a file nor a folder, or a link to one.");
        return [];
    }
}

/// <summary>Files of this machine.</summary>
internal static class LocalFile
{
    /// <summary>Returns the kind of file at a path, or at the end of a link there.</summary>
    public static FileKind KindOf(string path) =>
        Directory.Exists(path) ? FileKind.Folder
        : OperatingSystem.IsWindows() ? File.Exists(path) ? FileKind.File : FileKind.Nothing
        : UnixFileStatus.Of(path) switch
        {
            null => FileKind.Nothing,
            { IsRegular: true } => FileKind.File,
            { IsDevice: true } => FileKind.Device,
            _ => FileKind.Other,
        };

    /// <summary>Follows the links at a path, whether or not their end exists; returns the path itself if it is no link.</summary>
    /// <exception cref="IOException">The links form a cycle.</exception>
    public static string FollowLinks(string path) =>
        new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : path;
}
