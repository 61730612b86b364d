using System.Formats.Tar;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Transfers;

/// <summary>
/// Copies files with the container's tar, for ECS Exec and for images without an SFTP server. It cannot resume a copy.
/// </summary>
internal sealed partial class TarCopy(RemotePrograms remote, CopyRequest request, CopyReport report)
{
    /// <summary>Finds the programs that the image lacks.</summary>
    /// <param name="names">The names of programs: constants.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.CopyFailed"/>: the container has no shell; <see cref="FargateError.CopyInterrupted"/>.
    /// </exception>
    public async Task<string[]> FindMissingAsync(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        try
        {
            var (output, fault) = await remote.RunAsync($"{PrintMissing} {string.Join(' ', names)}", [], cancellationToken);
            return fault is null
                ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                : throw TransferErrors.CopyFailed(request.Sources[0], fault);
        }
        catch (ProgramLostException e)
        {
            throw TransferErrors.CopyNotKept(report.Session, request.Sources[0], e);
        }
    }

    /// <summary>Copies everything.</summary>
    /// <exception cref="FargateException">Something could not be copied.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await (request.FromSession ? DownloadAsync(cancellationToken) : UploadAsync(cancellationToken));
        }
        catch (ProgramLostException e)
        {
            throw TransferErrors.CopyNotKept(report.Session, e.Item?.Source ?? request.Sources[0], e);
        }
    }

    private async Task UploadAsync(CancellationToken cancellationToken)
    {
        var destination = Plain(RemotePath.FromUser(request.Destination));
        var parent = Plain(RemotePath.FolderOf(destination));
        var isFolder = await IsFolderAsync(destination, parent, cancellationToken);
        string TargetOf(string source) => isFolder ? RemotePath.Join(destination, Path.GetFileName(source)) : destination;
        CopyPlan plan = new(report, StringComparer.Ordinal);
        plan.Add(request.Sources.SelectMany(source => LocalTree.Walk(source, TargetOf(source), request.Recurse, report)));
        var items = plan.Items;
        var files = await WritableFilesAsync(items, cancellationToken);
        CopyItem[] folders = [.. items.Where(item => item.IsFolder)];
        var folderKinds = await KindsAsync(folders.Select(item => item.Destination), cancellationToken);
        CopyItem[] newFolders = [.. folders.Where((_, i) => folderKinds[i] == "none")];
        report.Total = files.Sum(item => item.Length);
        await RunRemoteAsync(MakeFolders, folders.Select(item => item.Destination), destination, cancellationToken);
        try
        {
            await SendAsync(files, cancellationToken);
            await RunRemoteAsync(
                MoveToTarget, files.SelectMany(item => new[] { item.PartialPath, item.Destination }), destination, cancellationToken);
        }
        catch (Exception e)
        {
            if (await TryRemovePartsAsync(files))
            {
                throw;
            }

            if (e is ProgramLostException lost)
            {
                throw TransferErrors.CopyPartsLeft(report.Session, lost.Item ?? files[0], files.Count, lost);
            }

            report.Warn($"The incomplete copy may be left as '{TerminalText.Clean(files[0].PartialPath)}' in the task.");
            throw;
        }

        // Sets the times of new folders last, because their content has changed them.
        await SendAsync(newFolders, cancellationToken);
        items.ForEach(item => report.Copied(item));
    }

    /// <summary>Returns whether the destination is a folder that the items go into.</summary>
    /// <exception cref="FargateException">It would have to be one, or the folder that it lies in is none.</exception>
    private async Task<bool> IsFolderAsync(string destination, string parent, CancellationToken cancellationToken)
    {
        var kinds = await KindsAsync([destination, parent], cancellationToken);
        var (kind, parentKind) = (kinds[0], kinds[1]);
        if (kind != "folder" && (destination.EndsWith('/') || request.Sources.Count > 1))
        {
            throw TransferErrors.DestinationNoFolder(destination, kind != "none");
        }

        if (parentKind != "folder")
        {
            throw TransferErrors.DestinationNoFolder(parent, parentKind != "none");
        }

        return kind == "folder";
    }

    /// <summary>Removes partial files; returns false if the task cannot be reached.</summary>
    private async Task<bool> TryRemovePartsAsync(IEnumerable<CopyItem> files)
    {
        using var limit = TimeLimit.BeginCleanUp(CancellationToken.None);
        try
        {
            var paths = files.Select(item => item.PartialPath);
            return (await remote.RunAsync(Remove, paths, limit.Token)).Fault is null;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or FargateException or ProgramLostException)
        {
            return false;
        }
    }

    private async Task<List<CopyItem>> WritableFilesAsync(List<CopyItem> items, CancellationToken cancellationToken)
    {
        List<CopyItem> files = [.. items.Where(item => !item.IsFolder)];
        var kinds = await KindsAsync(files.Select(item => item.Destination), cancellationToken);
        foreach (var (item, kind) in files.Zip(kinds).ToList())
        {
            if (kind is "folder" or "other")
            {
                var what = kind == "folder" ? "a folder" : "a pipe or a socket";
                report.Failed(item.Source, TransferErrors.CopyFailed(item.Source, $"'{item.Destination}' is {what}"));
                files.Remove(item);
                items.Remove(item);
            }
        }

        return files;
    }

    private async Task<string[]> KindsAsync(IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        string[] asked = [.. paths];
        if (asked.Length == 0)
        {
            return [];
        }

        var (output, fault) = await remote.RunAsync(PrintKinds, asked, cancellationToken);
        var kinds = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return kinds.Length == asked.Length
            ? kinds
            : throw TransferErrors.CopyFailed(asked[0], fault ?? "the task does not report which files exist");
    }

    private async Task RunRemoteAsync(
        string command, IEnumerable<string> paths, string about, CancellationToken cancellationToken)
    {
        string[] given = [.. paths];
        if (given.Length > 0
            && (await remote.RunAsync(command, given, cancellationToken)).Fault is { } fault)
        {
            throw TransferErrors.CopyFailed(about, fault);
        }
    }

    private async Task SendAsync(IReadOnlyList<CopyItem> items, CancellationToken cancellationToken)
    {
        foreach (var group in items.GroupBy(item => item.Destination.StartsWith('/')))
        {
            var tar = await remote.StartAsync(group.Key ? $"{Unpack} -C /" : Unpack, cancellationToken);
            await using (tar)
            {
                using var stop = cancellationToken.Register(tar.Kill);
                var (last, failure) = await WriteArchiveAsync(tar, [.. group], cancellationToken);
                var end = await tar.WaitAsync(cancellationToken);
                if (end.IsLost)
                {
                    throw new ProgramLostException(end.Why("tar"), last, failure);
                }

                if (end.ExitCode != 0 || failure is not null)
                {
                    throw TransferErrors.CopyFailed(
                        last.Source, end.ExitCode == 0 ? ErrorText.ReasonOf(failure!) : end.Why("tar"));
                }
            }
        }
    }

    /// <summary>Writes the archive, until tar stops reading, and ends it.</summary>
    /// <returns>The last item that was written; and the failure to write all of it or to read its source, or null.</returns>
    private async Task<(CopyItem Last, IOException? Failure)> WriteArchiveAsync(
        IRemoteProgram tar, CopyItem[] items, CancellationToken cancellationToken)
    {
        var last = items[0];
        IOException? failure = null;
        var isWhole = false;
        try
        {
            // BusyBox reads GNU's format too.
            TarWriter writer = new(tar.Input, TarEntryFormat.Gnu, leaveOpen: true);
            await using (writer)
            {
                foreach (var item in items)
                {
                    last = item;
                    await WriteEntryAsync(writer, item, cancellationToken);
                }

                isWhole = true;
            }
        }
        catch (IOException e) when (!cancellationToken.IsCancellationRequested)
        {
            // If tar has ended, its exit code gives the reason. It may end before it has read the end of the archive.
            failure = isWhole ? null : e;
        }

        try
        {
            await tar.EndInputAsync(cancellationToken);
        }
        catch (IOException) when (!cancellationToken.IsCancellationRequested)
        {
            // tar has ended.
        }

        return (last, failure);
    }

    private async Task WriteEntryAsync(TarWriter writer, CopyItem item, CancellationToken cancellationToken)
    {
        var path = (item.IsFolder ? item.Destination : item.PartialPath).TrimStart('/');
        GnuTarEntry entry = new(item.IsFolder ? TarEntryType.Directory : TarEntryType.RegularFile, path)
        {
            Mode = (UnixFileMode)item.PermissionsOrDefault,
            ModificationTime = DateTimeOffset.FromUnixTimeSeconds(item.ModifiedAt),
        };
        var file = OpenSource(item);
        await using (file)
        {
            if (!item.IsFolder)
            {
                entry.DataStream = file;
            }

            await writer.WriteEntryAsync(entry, cancellationToken);
        }

        report.Add(item, item.Length);
    }

    private static Stream OpenSource(CopyItem item)
    {
        try
        {
            return item.Length == 0 ? Stream.Null : File.OpenRead(item.Source);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw TransferErrors.CopyFailed(item.Source, ErrorText.ReasonOf(e));
        }
    }

    /// <summary>Protects a path that begins with '-' from being read as an option.</summary>
    private static string Plain(string path) => path.StartsWith('-') ? $"./{path}" : path;
}
