using EcsFargateLogin.Foundation;
using EcsFargateLogin.Ssh.Sftp;

namespace EcsFargateLogin.Transfers;

/// <summary>
/// Copies local files to a container by SFTP. Like scp, it writes into what exists, which stays a link, a device or another
/// user's file. A new file gets its final name only when it is complete.
/// </summary>
internal sealed class SftpUpload(SftpClient sftp, CopyRequest request, CopyReport report)
{
    private readonly CopyPlan _plan = new(report, StringComparer.Ordinal);

    private readonly SftpFolders _folders = new(sftp);

    /// <summary>The block of a file that is read and sent, without an await between.</summary>
    private readonly byte[] _block = new byte[sftp.BlockSize];

    /// <summary>Copies everything. Reports items that cannot be copied, and continues.</summary>
    /// <exception cref="FargateException">Nothing can be copied, or the connection was lost.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await PlanAsync(cancellationToken);
        report.Total = _plan.Items.Sum(item => item.Length);
        CopyWindow window = new(sftp.BlockSize);
        await window.RunAsync(_plan.Items, (item, share) => SftpFailures.GuardAsync(sftp, report, item, () => item.IsFolder
            ? MakeFolderAsync(item, cancellationToken)
            : CopyAsync(item, share, cancellationToken)));

        // Last, because writing into a folder changes its time, and may need more permissions than it will have.
        var folders = _plan.Items.Where(item => item.IsFolder && _folders.IsNew(item)).Reverse();
        await window.RunAsync(folders, (folder, _) => SftpFailures.GuardAsync(sftp, report, folder, () =>
            sftp.SetAttributesAsync(folder.Destination, AttributesOf(folder), cancellationToken)));
    }

    private async Task PlanAsync(CancellationToken cancellationToken)
    {
        var destination = RemotePath.FromUser(request.Destination);
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
                report.Failed(source, TransferErrors.CopyFailed(source, ErrorText.ReasonOf(e)));
            }
        }
    }

    private async Task MakeFolderAsync(CopyItem folder, CancellationToken cancellationToken)
    {
        await _folders.MakeAsync(folder, cancellationToken);
        report.Copied(folder);
    }

    private async Task CopyAsync(CopyItem planned, CopyWindow.Share share, CancellationToken cancellationToken)
    {
        var resolved = await _folders.IsInNewAsync(planned) ? planned : await ResolveTargetAsync(planned, cancellationToken);
        FileStream file = new(resolved.Source, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        using (file)
        {
            var (item, handle, resumedAt) = await OpenAsync(resolved, cancellationToken);
            await SftpFailures.GuardAsync(sftp, report, item, isBegun: true, work: async () =>
            {
                try
                {
                    file.Position = resumedAt;
                    report.Add(item, resumedAt);
                    await WriteAsync(item, handle, file, share, cancellationToken);
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

                await CompleteAsync(item, handle, file.Position, cancellationToken);
                report.Copied(item, resumedAt);
            });
        }
    }

    /// <summary>Determines the target of a file from its destination.</summary>
    private async Task<CopyItem> ResolveTargetAsync(CopyItem item, CancellationToken cancellationToken)
    {
        var target = item.Destination;
        var existing = await sftp.FindLinkAsync(target, cancellationToken);
        if (existing is { IsLink: true })
        {
            existing = await sftp.FindAsync(target, cancellationToken);
            target = await sftp.RealPathAsync(target, cancellationToken);
        }

        return item with
        {
            Target = target,
            Existing = existing switch
            {
                null => FileKind.Nothing,
                { IsFile: true } => FileKind.File,
                { IsDevice: true } => FileKind.Device,
                { IsFolder: true } => throw TransferErrors.CopyFailed(item.Source, $"'{item.Destination}' is a folder"),
                _ => throw TransferErrors.CopyFailed(item.Source, $"'{item.Destination}' is a pipe or a socket"),
            },
            IsDirect = existing is { IsDevice: true } || (existing is { IsFile: true } && !sftp.CanCopyData),
        };
    }

    /// <summary>Opens the partial file to append to it; or the target, if no partial file can be created.</summary>
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
            // The folder is not writable; the file in it may be.
            item = item with { IsDirect = true };
        }

        return (item, await sftp.OpenFileAsync(item.Target, SftpOpen.Write, cancellationToken), 0);
    }

    private async Task<(ReadOnlyMemory<byte> Handle, long Length)> OpenPartialAsync(
        CopyItem item, CancellationToken cancellationToken)
    {
        var partial = item.PartialPath;
        try
        {
            var created = SftpOpen.Write | SftpOpen.Create | SftpOpen.Exclusive;
            return (await sftp.OpenFileAsync(partial, created, cancellationToken), 0);
        }
        catch (SftpStatusException e) when (e.Status == SftpStatusException.Failure)
        {
            return await sftp.FindLinkAsync(partial, cancellationToken) switch
            {
                null => throw new SftpStatusException(e.Status, e.Message),
                // Nobody else could know this name before the file existed.
                { IsFile: true } begun =>
                    (await sftp.OpenFileAsync(partial, SftpOpen.Write, cancellationToken), begun.Length ?? 0),
                _ => throw TransferErrors.CopyFailed(partial, "it is in the way, and not a file"),
            };
        }
    }

    /// <summary>
    /// Closes a complete file and moves it to its target; if the target exists, writes the content into it.
    /// </summary>
    private async Task CompleteAsync(
        CopyItem item, ReadOnlyMemory<byte> handle, long length, CancellationToken cancellationToken)
    {
        if (item.Existing == FileKind.Nothing)
        {
            var partial = item.PartialPath;
            // Both at once, because neither needs the other.
            await Task.WhenAll(
                sftp.SetAttributesAsync(partial, AttributesOf(item), cancellationToken), sftp.CloseAsync(handle, cancellationToken));
            await sftp.RenameAsync(partial, item.Target, cancellationToken);
            return;
        }

        await sftp.CloseAsync(handle, cancellationToken);
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
            // Only the owner may; the content is complete.
        }
    }

    /// <summary>Writes the rest of a file. Sends several blocks at once, in order.</summary>
    private async Task WriteAsync(
        CopyItem item, ReadOnlyMemory<byte> handle, FileStream file, CopyWindow.Share share, CancellationToken cancellationToken)
    {
        Queue<(Task Write, int Count)> pending = new();
        int count;
        do
        {
            var offset = file.Position;
            cancellationToken.ThrowIfCancellationRequested();
            count = file.Read(_block);
            if (count > 0)
            {
                pending.Enqueue((sftp.BeginWrite(handle, offset, _block.AsSpan(0, count)), count));
            }

            while (pending.Count > (count > 0 ? share.Blocks - 1 : 0))
            {
                var (write, written) = pending.Dequeue();
                await write;
                report.Add(item, written);
                if (count == 0)
                {
                    share.Shrink(pending.Count);
                }
            }
        }
        while (count > 0);
    }

    private static SftpAttributes AttributesOf(CopyItem item) => new(null, item.PermissionsOrDefault, item.ModifiedAt);
}
