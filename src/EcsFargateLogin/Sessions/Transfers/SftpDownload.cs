using EcsFargateLogin.Ssh.Sftp;

namespace EcsFargateLogin.Sessions.Transfers;

/// <summary>Copies files of a container to this machine by SFTP.</summary>
internal sealed class SftpDownload(SftpClient sftp, CopyRequest request, CopyReport report)
{
    /// <inheritdoc cref="SftpUpload.RunAsync"/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var items = await PlanAsync(cancellationToken).ConfigureAwait(false);
        report.Total = items.Sum(item => item.Length);
        foreach (var item in items)
        {
            await SftpFailures.GuardAsync(sftp, report, item, () => item.IsFolder
                ? MakeFolderAsync(item)
                : CopyAsync(item, cancellationToken)).ConfigureAwait(false);
        }

        foreach (var folder in items.Where(item => item.IsFolder && Directory.Exists(item.Destination)).Reverse())
        {
            LocalCopy.Finish(folder);
        }
    }

    private async Task<List<CopyItem>> PlanAsync(CancellationToken cancellationToken)
    {
        List<string> sources = [];
        foreach (var source in request.Sources)
        {
            await SftpFailures.GuardAsync(sftp, report, new CopyItem(source, request.Destination), async () =>
                sources.AddRange(await new RemoteGlob(sftp, request).ExpandAsync(RemotePath.Of(source), cancellationToken)
                    .ConfigureAwait(false))).ConfigureAwait(false);
        }

        var isFolder = LocalCopy.IsFolder(request.Destination, sources.Count);
        List<CopyItem> items = [];
        foreach (var source in sources)
        {
            var target = isFolder ? LocalCopy.Join(request.Destination, RemotePath.NameOf(source)) : request.Destination;
            await SftpFailures.GuardAsync(sftp, report, new CopyItem(source, target), async () =>
            {
                var attributes = await sftp.FindAsync(source, cancellationToken).ConfigureAwait(false)
                    ?? throw FargateErrors.ItemNotFound(source, report.Session);
                if (attributes.IsFolder && !request.Recurse)
                {
                    throw FargateErrors.RecurseMissing(source);
                }

                await WalkAsync(ItemOf(source, target, attributes), items, cancellationToken).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }

        return items;
    }

    /// <summary>Adds an item and all that is below it, folders before what they hold.</summary>
    private async Task WalkAsync(CopyItem item, List<CopyItem> items, CancellationToken cancellationToken)
    {
        items.Add(item);
        if (!item.IsFolder)
        {
            return;
        }

        foreach (var entry in await sftp.ListAsync(item.Source, cancellationToken).ConfigureAwait(false))
        {
            var source = RemotePath.Join(item.Source, entry.Name);
            var attributes = entry.Attributes.IsLink
                ? await sftp.FindAsync(source, cancellationToken).ConfigureAwait(false)
                : entry.Attributes;
            // A link to a folder may lead back to where it lies.
            if (attributes is { IsFile: true } || (attributes is { IsFolder: true } && !entry.Attributes.IsLink))
            {
                var target = LocalCopy.Join(item.Destination, entry.Name);
                await WalkAsync(ItemOf(source, target, attributes), items, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                report.Warn($"'{source}' is left out: it is neither a file nor a folder, or a link to one.");
            }
        }
    }

    private static CopyItem ItemOf(string source, string target, SftpAttributes attributes) => new(source, target)
    {
        IsFolder = attributes.IsFolder,
        Length = attributes.IsFolder ? 0 : attributes.Length ?? 0,
        Permissions = attributes.Permissions,
        ModifiedAt = attributes.ModifiedAt ?? 0,
    };

    private Task MakeFolderAsync(CopyItem folder)
    {
        Directory.CreateDirectory(folder.Destination);
        report.Copied(folder);
        return Task.CompletedTask;
    }

    private async Task CopyAsync(CopyItem item, CancellationToken cancellationToken)
    {
        LocalCopy.ThrowIfFolder(item);
        long resumedAt;
        var file = LocalCopy.OpenPartial(item);
        await using (file.ConfigureAwait(false))
        {
            resumedAt = file.Position;
            report.Add(item, resumedAt);
            await ReadAsync(item, file, cancellationToken).ConfigureAwait(false);
        }

        LocalCopy.Finish(item);
        report.Copied(item, resumedAt);
    }

    /// <summary>Reads the rest of a file. Several blocks are under way at once, and are written in order.</summary>
    private async Task ReadAsync(CopyItem item, FileStream file, CancellationToken cancellationToken)
    {
        var handle = await sftp.OpenFileAsync(item.Source, forWriting: false, cancellationToken).ConfigureAwait(false);
        Queue<(long Offset, int Count, Task<SftpReply?> Read)> underWay = new();
        var next = file.Position;
        while (next < item.Length || underWay.Count > 0)
        {
            while (next < item.Length && underWay.Count < SftpClient.BlocksUnderWay)
            {
                var count = (int)Math.Min(sftp.BlockSize, item.Length - next);
                underWay.Enqueue((next, count, sftp.BeginRead(handle, next, count)));
                next += count;
            }

            var (offset, wanted, read) = underWay.Dequeue();
            for (var done = 0; done < wanted;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var reply = await read.ConfigureAwait(false);
                var data = reply?.ReadBytes() ?? default;
                if (data.IsEmpty)
                {
                    throw FargateErrors.CopyFailed(item.Source, "it has become shorter meanwhile");
                }

                file.Write(data.Span);
                report.Add(item, data.Length);
                done += data.Length;
                if (done < wanted)
                {
                    read = sftp.BeginRead(handle, offset + done, wanted - done);
                }
            }
        }

        await sftp.CloseAsync(handle, cancellationToken).ConfigureAwait(false);
    }
}
