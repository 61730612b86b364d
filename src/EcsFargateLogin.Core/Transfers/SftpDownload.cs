using EcsFargateLogin.Ssh.Sftp;

namespace EcsFargateLogin.Transfers;

/// <summary>Copies files of a container to this machine by SFTP.</summary>
internal sealed class SftpDownload(SftpClient sftp, CopyRequest request, CopyReport report)
{
    /// <summary>
    /// Upper bound, in bytes, for the content of a file that reports a size of 0, as those in /proc do: it may be endless.
    /// </summary>
    private const long LongestUnsized = 64 << 20;

    private readonly CopyPlan _plan = new(report, request.Names.Paths);
    private readonly HashSet<string> _created = new(request.Names.Paths);

    /// <inheritdoc cref="SftpUpload.RunAsync"/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await PlanAsync(cancellationToken);
        report.Total = _plan.Items.Sum(item => item.Length);
        CopyWindow window = new(sftp.BlockSize);
        await window.RunAsync(_plan.Items, (item, share) => SftpFailures.GuardAsync(sftp, report, item, () => item.IsFolder
            ? MakeFolderAsync(item)
            : CopyAsync(item, share, cancellationToken)));

        foreach (var folder in _plan.Items.Where(item => item.IsFolder && _created.Contains(item.Destination)).Reverse())
        {
            await SftpFailures.GuardAsync(sftp, report, folder, () =>
            {
                LocalCopy.FinishFolder(folder);
                return Task.CompletedTask;
            });
        }
    }

    private async Task PlanAsync(CancellationToken cancellationToken)
    {
        List<string> sources = [];
        foreach (var source in request.Sources)
        {
            await SftpFailures.GuardAsync(sftp, report, new CopyItem(source, request.Destination), async () =>
                sources.AddRange(
                    await new RemoteGlob(NamesInAsync, request).ExpandAsync(RemotePath.FromUser(source), cancellationToken)));
        }

        var isFolder = LocalCopy.IsFolder(request.Destination, sources.Count);
        foreach (var source in sources)
        {
            await SftpFailures.GuardAsync(sftp, report, new CopyItem(source, request.Destination), async () =>
            {
                var target = isFolder
                    ? LocalCopy.Join(request.Destination, RemotePath.NameOf(source), request.Names)
                    : request.Destination;
                var attributes = await sftp.FindAsync(source, cancellationToken)
                    ?? throw TransferErrors.ItemNotFound(source, report.Session);
                if (attributes.IsFolder && !request.Recurse)
                {
                    throw TransferErrors.RecurseMissing(source);
                }

                if (!attributes.IsFolder && !attributes.IsFile)
                {
                    throw TransferErrors.NotCopiable(source);
                }

                await WalkAsync(ItemOf(source, target, attributes), cancellationToken);
            });
        }
    }

    private async Task<IEnumerable<string>> NamesInAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            return (await sftp.ListAsync(folder, cancellationToken)).Select(entry => entry.Name);
        }
        catch (SftpStatusException)
        {
            return [];
        }
    }

    /// <summary>
    /// Adds an item and everything below it, each folder before its content. Reports items that cannot be copied, and continues.
    /// </summary>
    private async Task WalkAsync(CopyItem item, CancellationToken cancellationToken)
    {
        _plan.Add(item);
        if (!item.IsFolder)
        {
            return;
        }

        foreach (var entry in await sftp.ListAsync(item.Source, cancellationToken))
        {
            var source = RemotePath.Join(item.Source, entry.Name);
            await SftpFailures.GuardAsync(sftp, report, new CopyItem(source, item.Destination), async () =>
            {
                var attributes = entry.Attributes.IsLink
                    ? await sftp.FindAsync(source, cancellationToken)
                    : entry.Attributes;
                // A link to a folder may form a cycle.
                if (attributes is { IsFile: true } || (attributes is { IsFolder: true } && !entry.Attributes.IsLink))
                {
                    var target = LocalCopy.Join(item.Destination, entry.Name, request.Names);
                    await WalkAsync(ItemOf(source, target, attributes), cancellationToken);
                }
                else
                {
                    report.Warn($"'{source}' is left out: it is neither a file nor a folder, or a link to one.");
                }
            });
        }
    }

    private CopyItem ItemOf(string source, string target, SftpAttributes attributes) => new(source, target)
    {
        IsFolder = attributes.IsFolder,
        Length = attributes.IsFolder ? 0 : attributes.Length ?? 0,
        Permissions = attributes.Permissions,
        ModifiedAt = attributes.ModifiedAt ?? 0,
        Secret = report.Secret,
    };

    private Task MakeFolderAsync(CopyItem folder)
    {
        if (!Directory.Exists(folder.Destination))
        {
            Directory.CreateDirectory(folder.Destination);
            _created.Add(folder.Destination);
        }

        report.Copied(folder);
        return Task.CompletedTask;
    }

    private async Task CopyAsync(CopyItem planned, CopyWindow.Share share, CancellationToken cancellationToken)
    {
        // Nothing that could be replaced is in a folder that the copy has created.
        var item = _created.Contains(Path.GetDirectoryName(planned.Destination)!) ? planned : LocalCopy.ResolveTarget(planned);
        LocalCopy.ThrowIfNoSpace(item);
        // Opened first, so that a source that cannot be read leaves no empty file here.
        var handle = await sftp.OpenFileAsync(item.Source, SftpOpen.Read, cancellationToken);
        try
        {
            (item, var file) = LocalCopy.Open(item);
            using (file)
            {
                await SftpFailures.GuardAsync(sftp, report, item, isBegun: true, work: async () =>
                {
                    var resumedAt = item.IsDirect ? 0 : file.Position;
                    report.Add(item, resumedAt);
                    await ReadAsync(item, handle, file, share, cancellationToken);
                    LocalCopy.Complete(item, file);
                    report.Copied(item, resumedAt);
                });
            }
        }
        finally
        {
            await sftp.ReleaseAsync(handle);
        }
    }

    /// <summary>Reads the rest of a file. Requests several blocks at once, and writes them in order.</summary>
    private async Task ReadAsync(
        CopyItem item, ReadOnlyMemory<byte> handle, FileStream file, CopyWindow.Share share, CancellationToken cancellationToken)
    {
        Queue<(long Offset, int Count, Task<SftpReply?> Read)> pending = new();
        var next = item.IsDirect ? 0 : file.Position;
        while (next < item.Length || pending.Count > 0)
        {
            while (next < item.Length && pending.Count < share.Blocks)
            {
                var count = (int)Math.Min(sftp.BlockSize, item.Length - next);
                pending.Enqueue((next, count, sftp.BeginRead(handle, next, count)));
                next += count;
            }

            var (offset, wanted, read) = pending.Dequeue();
            for (var done = 0; done < wanted;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var reply = await read;
                var data = DataOf(reply, wanted - done);
                if (data.IsEmpty)
                {
                    throw TransferErrors.CopyFailed(item.Source, "it has become shorter meanwhile");
                }

                file.Write(data.Span);
                report.Add(item, data.Length);
                done += data.Length;
                if (done < wanted)
                {
                    read = sftp.BeginRead(handle, offset + done, wanted - done);
                }
            }

            if (next >= item.Length)
            {
                share.Shrink(pending.Count);
            }
        }

        if (item.Length == 0)
        {
            await ReadUnsizedAsync(item, handle, file, cancellationToken);
        }
    }

    private async Task ReadUnsizedAsync(
        CopyItem item, ReadOnlyMemory<byte> handle, FileStream file, CancellationToken cancellationToken)
    {
        for (long offset = 0; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var reply = await sftp.BeginRead(handle, offset, sftp.BlockSize);
            var data = DataOf(reply, sftp.BlockSize);
            if (data.IsEmpty)
            {
                return;
            }

            offset += data.Length;
            if (offset > LongestUnsized)
            {
                throw TransferErrors.CopyFailed(item.Source, "it is said to be empty, and goes on and on");
            }

            file.Write(data.Span);
        }
    }

    private static ReadOnlyMemory<byte> DataOf(SftpReply? reply, int most) =>
        (reply?.ReadBytes() ?? default) is var data && data.Length <= most
            ? data
            : throw new InvalidDataException("The SFTP server has sent more than it was asked for.");
}
