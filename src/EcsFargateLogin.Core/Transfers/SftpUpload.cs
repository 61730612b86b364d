using EcsFargateLogin.Foundation;
using EcsFargateLogin.Ssh.Sftp;

namespace EcsFargateLogin.Transfers;

/// <summary>
/// Copies local files to a container by SFTP. As scp does, it writes to what is there already, which stays what it is: a link, a
/// device, somebody's file. What is new has its final name only when all of it is there.
/// </summary>
internal sealed class SftpUpload(SftpClient sftp, CopyRequest request, CopyReport report)
{
    private readonly CopyPlan _plan = new(report, StringComparer.Ordinal);
    private readonly HashSet<string> _made = [];

    /// <summary>Copies everything. What cannot be copied is reported, and the rest is.</summary>
    /// <exception cref="FargateException">Nothing can be copied, or the connection was lost.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await PlanAsync(cancellationToken);
        report.Total = _plan.Items.Sum(item => item.Length);
        foreach (var item in _plan.Items)
        {
            await SftpFailures.GuardAsync(sftp, report, item, () => item.IsFolder
                ? MakeFolderAsync(item, cancellationToken)
                : CopyAsync(item, cancellationToken));
        }

        // What is written into a folder changes its time, and may need more permissions than the folder is to have.
        foreach (var folder in _plan.Items.Where(item => item.IsFolder && _made.Contains(item.Destination)).Reverse())
        {
            await SftpFailures.GuardAsync(sftp, report, folder, () =>
                sftp.SetAttributesAsync(folder.Destination, AttributesOf(folder), cancellationToken));
        }
    }

    private async Task PlanAsync(CancellationToken cancellationToken)
    {
        var destination = RemotePath.Of(request.Destination);
        var existing = await sftp.FindAsync(destination, cancellationToken);
        var isFolder = existing is { IsFolder: true };
        if (!isFolder && (destination.EndsWith('/') || request.Sources.Count > 1))
        {
            throw TransferErrors.DestinationNoFolder(destination, existing is not null);
        }

        foreach (var source in request.Sources)
        {
            try
            {
                var target = isFolder ? RemotePath.Join(destination, Path.GetFileName(source)) : destination;
                _plan.Add(LocalTree.Walk(source, target, request.Recurse, report));
            }
            catch (FargateException e)
            {
                report.Failed(source, e);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                report.Failed(source, TransferErrors.CopyFailed(source, ErrorText.WordsOf(e)));
            }
        }
    }

    private async Task MakeFolderAsync(CopyItem folder, CancellationToken cancellationToken)
    {
        var existing = await sftp.FindAsync(folder.Destination, cancellationToken);
        if (existing is { IsFolder: false })
        {
            throw TransferErrors.CopyFailed(folder.Source, $"'{folder.Destination}' is a file");
        }

        if (existing is null)
        {
            await sftp.MakeFolderAsync(folder.Destination, cancellationToken);
            _made.Add(folder.Destination);
        }

        report.Copied(folder);
    }

    private async Task CopyAsync(CopyItem planned, CancellationToken cancellationToken)
    {
        var aimed = await AimAsync(planned, cancellationToken);
        FileStream file = new(aimed.Source, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        await using (file)
        {
            var (item, handle, resumedAt) = await OpenAsync(aimed, cancellationToken);
            await SftpFailures.GuardAsync(sftp, report, item, async () =>
            {
                try
                {
                    file.Position = resumedAt;
                    report.Add(item, resumedAt);
                    await WriteAsync(item, handle, file, cancellationToken);
                    if (item is { IsDirect: true, Existing: FileKind.File })
                    {
                        await sftp.SetLengthAsync(handle, file.Position, cancellationToken);
                    }
                }
                catch
                {
                    await sftp.ReleaseAsync(handle);
                    throw;
                }

                await sftp.CloseAsync(handle, cancellationToken);
                await CompleteAsync(item, file.Position, cancellationToken);
                report.Copied(item, resumedAt);
            });
        }
    }

    /// <summary>Looks at the destination of a file.</summary>
    private async Task<CopyItem> AimAsync(CopyItem item, CancellationToken cancellationToken)
    {
        var target = item.Destination;
        var there = await sftp.FindLinkAsync(target, cancellationToken);
        if (there is { IsLink: true })
        {
            there = await sftp.FindAsync(target, cancellationToken);
            target = await sftp.RealPathAsync(target, cancellationToken);
        }

        return item with
        {
            Target = target,
            Existing = there switch
            {
                null => FileKind.Nothing,
                { IsFile: true } => FileKind.File,
                { IsDevice: true } => FileKind.Device,
                { IsFolder: true } => throw TransferErrors.CopyFailed(item.Source, $"'{item.Destination}' is a folder"),
                _ => throw TransferErrors.CopyFailed(item.Source, $"'{item.Destination}' is a pipe or a socket"),
            },
            IsDirect = there is { IsDevice: true } || (there is { IsFile: true } && !sftp.CanCopyData),
        };
    }

    /// <summary>Opens what there is of a copy, to add to it; or the destination itself, where that is the only way.</summary>
    private async Task<(CopyItem Item, ReadOnlyMemory<byte> Handle, long ResumedAt)> OpenAsync(
        CopyItem item, CancellationToken cancellationToken)
    {
        try
        {
            if (!item.IsDirect)
            {
                var (part, length) = await OpenPartialAsync(item, cancellationToken);
                return (item, part, Math.Min(length, item.Length));
            }
        }
        catch (SftpStatusException e) when (e.Status == SftpStatusException.PermissionDenied && item.Existing == FileKind.File)
        {
            // Its folder takes no other file; it may be written to all the same.
            item = item with { IsDirect = true };
        }

        return (item, await sftp.OpenFileAsync(item.Target, SftpOpen.Write, cancellationToken), 0);
    }

    private async Task<(ReadOnlyMemory<byte> Handle, long Length)> OpenPartialAsync(
        CopyItem item, CancellationToken cancellationToken) =>
        await sftp.FindLinkAsync(item.PartialPath, cancellationToken) switch
        {
            null => (await sftp.OpenFileAsync(
                item.PartialPath, SftpOpen.Write | SftpOpen.Create | SftpOpen.Exclusive, cancellationToken), 0),
            // Nobody else could know this name before the file was there.
            { IsFile: true } begun => (await sftp.OpenFileAsync(item.PartialPath, SftpOpen.Write, cancellationToken), begun.Length ?? 0),
            _ => throw TransferErrors.CopyFailed(item.PartialPath, "it is in the way, and not a file"),
        };

    /// <summary>Gives a file that is whole to its destination: with a name, permissions and time, or by its content.</summary>
    private async Task CompleteAsync(CopyItem item, long length, CancellationToken cancellationToken)
    {
        if (item.Existing == FileKind.Nothing)
        {
            await sftp.SetAttributesAsync(item.PartialPath, AttributesOf(item), cancellationToken);
            await sftp.RenameAsync(item.PartialPath, item.Target, cancellationToken);
            return;
        }

        if (!item.IsDirect)
        {
            await CopyIntoTargetAsync(item, length, cancellationToken);
        }

        if (item.Existing == FileKind.File)
        {
            await SetTimeIfAllowedAsync(item, cancellationToken);
        }
    }

    private async Task CopyIntoTargetAsync(CopyItem item, long length, CancellationToken cancellationToken)
    {
        var from = await sftp.OpenFileAsync(item.PartialPath, SftpOpen.Read, cancellationToken);
        try
        {
            var to = await sftp.OpenFileAsync(item.Target, SftpOpen.Write, cancellationToken);
            try
            {
                await sftp.CopyDataAsync(from, to, cancellationToken);
                await sftp.SetLengthAsync(to, length, cancellationToken);
            }
            finally
            {
                await sftp.ReleaseAsync(to);
            }
        }
        finally
        {
            await sftp.ReleaseAsync(from);
        }

        await sftp.RemoveAsync(item.PartialPath, cancellationToken);
    }

    private async Task SetTimeIfAllowedAsync(CopyItem item, CancellationToken cancellationToken)
    {
        try
        {
            SftpAttributes time = new(null, null, item.ModifiedAt);
            await sftp.SetAttributesAsync(item.Target, time, cancellationToken);
        }
        catch (SftpStatusException)
        {
            // Only the owner may; the content is there.
        }
    }

    /// <summary>Writes the rest of a file. Several blocks are under way at once, and arrive in order.</summary>
    private async Task WriteAsync(
        CopyItem item, ReadOnlyMemory<byte> handle, FileStream file, CancellationToken cancellationToken)
    {
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
                await write;
                report.Add(item, written);
            }
        }
        while (count > 0);
    }

    private static SftpAttributes AttributesOf(CopyItem item) => new(null, item.PermissionsOrUsual, item.ModifiedAt);
}
