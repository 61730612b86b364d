using EcsFargateLogin.Foundation;

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
            return UnixFile.IsFile(source) ? [ItemOf(new FileInfo(source), destination)] : throw FargateErrors.NotCopiable(source);
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
                : UnixFile.IsFile(path) ? [ItemOf(new FileInfo(path), target)]
                : LeaveOut(path, report);
            foreach (var item in items)
            {
                yield return item;
            }
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
