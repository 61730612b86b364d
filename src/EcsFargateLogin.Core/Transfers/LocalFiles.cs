using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Transfers;

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
            // A link to a folder may lead back to where it lies.
            var items = Directory.Exists(path) && !isLink ? WalkFolder(path, target, report)
                : LocalFile.KindOf(path) == FileKind.File ? [ItemOf(new FileInfo(path), target, report)]
                : LeaveOut(path, report);
            foreach (var item in items)
            {
                yield return item;
            }
        }
    }

    /// <summary>What is in a folder. One that cannot be read is reported, and the others are copied.</summary>
    private static string[] EntriesOf(string folder, CopyReport report)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            report.Failed(folder, TransferErrors.CopyFailed(folder, ErrorText.WordsOf(e)));
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

/// <summary>Tells the kinds of this machine's files.</summary>
internal static class LocalFile
{
    /// <summary>What is at a path, or where a link there leads to.</summary>
    public static FileKind KindOf(string path) =>
        Directory.Exists(path) ? FileKind.Folder
        : OperatingSystem.IsWindows() ? File.Exists(path) ? FileKind.File : FileKind.Nothing
        : UnixFile.Of(path) switch
        {
            null => FileKind.Nothing,
            { IsRegular: true } => FileKind.File,
            { IsDevice: true } => FileKind.Device,
            _ => FileKind.Other,
        };

    /// <summary>Where the links at a path lead to, whether or not something is there; the path itself where it is no link.</summary>
    /// <exception cref="IOException">The links lead in a circle.</exception>
    public static string EndOf(string path) =>
        new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : path;
}
