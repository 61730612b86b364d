using System.Formats.Tar;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Sessions.Transfers;

// From the container.
internal sealed partial class TarCopy
{
    private async Task DownloadAsync(CancellationToken cancellationToken)
    {
        string[] sources = [.. request.Sources.Select(source => Plain(RemotePath.Of(source)).TrimEnd('/'))];
        var kinds = await KindsAsync(sources, cancellationToken).ConfigureAwait(false);
        var isFolder = LocalCopy.IsFolder(request.Destination, sources.Length);
        foreach (var (source, kind) in sources.Zip(kinds))
        {
            try
            {
                var target = isFolder ? LocalCopy.Join(request.Destination, RemotePath.NameOf(source)) : request.Destination;
                await ReceiveAsync(source, target, kind, cancellationToken).ConfigureAwait(false);
            }
            catch (FargateException e)
            {
                report.Failed(source, e);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                report.Failed(source, FargateErrors.CopyFailed(source, e.Message));
            }
        }
    }

    private async Task ReceiveAsync(string source, string target, string kind, CancellationToken cancellationToken)
    {
        if (kind == "none")
        {
            throw FargateErrors.ItemNotFound(source, report.Session);
        }

        if (kind == "folder" && !request.Recurse)
        {
            throw FargateErrors.RecurseMissing(source);
        }

        var pipe = remote.Start(kind == "folder" ? Pack : PackFile);
        await using (pipe.ConfigureAwait(false))
        {
            using var stop = cancellationToken.Register(pipe.Kill);
            await RemoteProgram.WritePathsAsync(pipe, [source], cancellationToken).ConfigureAwait(false);
            List<CopyItem> folders = [];
            try
            {
                await ReadArchiveAsync(pipe, source, target, folders, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is EndOfStreamException or InvalidDataException)
            {
                await pipe.WaitAsync(cancellationToken).ConfigureAwait(false);
                throw FargateErrors.CopyInterrupted(report.Session, source, partialPath: null, pipe.Complaint, e);
            }

            if (await pipe.WaitAsync(cancellationToken).ConfigureAwait(false) is var exitCode and not 0)
            {
                throw FargateErrors.CopyFailed(source, pipe.Complaint ?? $"tar ended with exit code {exitCode}");
            }

            folders.Reverse();
            folders.ForEach(LocalCopy.Finish);
        }
    }

    private async Task ReadArchiveAsync(
        SshPipe pipe, string source, string target, List<CopyItem> folders, CancellationToken cancellationToken)
    {
        TarReader reader = new(pipe.Output, leaveOpen: true);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.GetNextEntryAsync(copyData: false, cancellationToken).ConfigureAwait(false) is { } entry)
            {
                await ReadEntryAsync(entry, source, target, folders, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task ReadEntryAsync(
        TarEntry entry, string source, string target, List<CopyItem> folders, CancellationToken cancellationToken)
    {
        // tar leaves out the '/' at the beginning of its names.
        var below = entry.Name.TrimEnd('/')[Math.Min(entry.Name.TrimEnd('/').Length, source.TrimStart('/').Length)..];
        var destination = below.Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate(target, LocalCopy.Join);
        CopyItem item = new($"{source}{below}", destination)
        {
            IsFolder = entry.EntryType == TarEntryType.Directory,
            Length = entry.Length,
            Permissions = (uint)entry.Mode,
            ModifiedAt = (uint)Math.Max(0, entry.ModificationTime.ToUnixTimeSeconds()),
        };
        if (item.IsFolder)
        {
            Directory.CreateDirectory(destination);
            folders.Add(item);
        }
        else if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
        {
            LocalCopy.ThrowIfFolder(item);
            await ReadFileAsync(entry, item, cancellationToken).ConfigureAwait(false);
        }
        else if (below.Length == 0)
        {
            throw FargateErrors.NotCopiable(item.Source);
        }
        else
        {
            report.Warn($"'{item.Source}' is left out: it is neither a file nor a folder.");
            return;
        }

        report.Copied(item);
    }

    private async Task ReadFileAsync(TarEntry entry, CopyItem item, CancellationToken cancellationToken)
    {
        try
        {
            var file = LocalCopy.OpenPartial(item);
            await using (file.ConfigureAwait(false))
            {
                file.SetLength(0);
                await (entry.DataStream ?? Stream.Null).CopyToAsync(file, cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            File.Delete(item.PartialPath);
            throw;
        }

        report.Add(item, item.Length);
        LocalCopy.Finish(item);
    }
}
