using EcsFargateLogin.Ssh.Sftp;

namespace EcsFargateLogin.Sessions.Transfers;

/// <summary>Copies local files to a container by SFTP.</summary>
internal sealed class SftpUpload(SftpClient sftp, CopyRequest request, CopyReport report)
{
    /// <summary>Copies everything. What cannot be copied is reported, and the rest is.</summary>
    /// <exception cref="FargateException">Nothing can be copied, or the connection was lost.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var items = await PlanAsync(cancellationToken).ConfigureAwait(false);
        report.Total = items.Sum(item => item.Length);
        foreach (var item in items)
        {
            await SftpFailures.GuardAsync(sftp, report, item, () => item.IsFolder
                ? MakeFolderAsync(item, cancellationToken)
                : CopyAsync(item, cancellationToken)).ConfigureAwait(false);
        }

        // What is written into a folder changes its time, and may need more permissions than the folder is to have.
        foreach (var folder in items.Where(item => item.IsFolder).Reverse())
        {
            await SftpFailures.GuardAsync(sftp, report, folder, () =>
                sftp.SetAttributesAsync(folder.Destination, AttributesOf(folder), cancellationToken)).ConfigureAwait(false);
        }
    }

    private async Task<List<CopyItem>> PlanAsync(CancellationToken cancellationToken)
    {
        var destination = RemotePath.Of(request.Destination);
        var existing = await sftp.FindAsync(destination, cancellationToken).ConfigureAwait(false);
        var isFolder = existing is { IsFolder: true };
        if (!isFolder && (destination.EndsWith('/') || request.Sources.Count > 1))
        {
            throw FargateErrors.DestinationNoFolder(destination, existing is not null);
        }

        List<CopyItem> items = [];
        foreach (var source in request.Sources)
        {
            try
            {
                var target = isFolder ? RemotePath.Join(destination, Path.GetFileName(source)) : destination;
                items.AddRange(LocalTree.Walk(source, target, request.Recurse, report));
            }
            catch (FargateException e)
            {
                report.Failed(source, e);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                report.Failed(source, FargateErrors.CopyFailed(source, e.Message));
            }
        }

        return items;
    }

    private async Task MakeFolderAsync(CopyItem folder, CancellationToken cancellationToken)
    {
        var existing = await sftp.FindAsync(folder.Destination, cancellationToken).ConfigureAwait(false);
        if (existing is { IsFolder: false })
        {
            throw FargateErrors.CopyFailed(folder.Source, $"'{folder.Destination}' is a file");
        }

        if (existing is null)
        {
            await sftp.MakeFolderAsync(folder.Destination, cancellationToken).ConfigureAwait(false);
        }

        report.Copied(folder);
    }

    private async Task CopyAsync(CopyItem item, CancellationToken cancellationToken)
    {
        if (await sftp.FindAsync(item.Destination, cancellationToken).ConfigureAwait(false) is { IsFolder: true })
        {
            throw FargateErrors.CopyFailed(item.Source, $"'{item.Destination}' is a folder");
        }

        // What has no length may be no file: opening a named pipe would wait for somebody to write.
        Stream file = item.Length == 0
            ? Stream.Null
            : new FileStream(item.Source, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        await using (file.ConfigureAwait(false))
        {
            var begun = await sftp.FindAsync(item.PartialPath, cancellationToken).ConfigureAwait(false);
            file.Position = Math.Min(begun?.Length ?? 0, item.Length);
            report.Add(item, file.Position);
            var resumedAt = file.Position;
            await WriteAsync(item, file, cancellationToken).ConfigureAwait(false);
            await sftp.SetAttributesAsync(item.PartialPath, AttributesOf(item), cancellationToken).ConfigureAwait(false);
            await sftp.RenameAsync(item.PartialPath, item.Destination, cancellationToken).ConfigureAwait(false);
            report.Copied(item, resumedAt);
        }
    }

    /// <summary>Writes the rest of a file. Several blocks are under way at once, and arrive in order.</summary>
    private async Task WriteAsync(CopyItem item, Stream file, CancellationToken cancellationToken)
    {
        var handle = await sftp.OpenFileAsync(item.PartialPath, forWriting: true, cancellationToken).ConfigureAwait(false);
        Queue<(Task Write, int Count)> underWay = new();
        var block = new byte[sftp.BlockSize];
        int count;
        do
        {
            var offset = file.Position;
            cancellationToken.ThrowIfCancellationRequested();
            count = file.Read(block);
            if (count > 0)
            {
                underWay.Enqueue((sftp.BeginWrite(handle, offset, block.AsSpan(0, count)), count));
            }

            while (underWay.Count > (count > 0 ? SftpClient.BlocksUnderWay : 0))
            {
                var (write, written) = underWay.Dequeue();
                await write.ConfigureAwait(false);
                report.Add(item, written);
            }
        }
        while (count > 0);
        await sftp.CloseAsync(handle, cancellationToken).ConfigureAwait(false);
    }

    private static SftpAttributes AttributesOf(CopyItem item) => new(null, item.Permissions, item.ModifiedAt);
}
