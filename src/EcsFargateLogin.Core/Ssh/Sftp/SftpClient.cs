namespace EcsFargateLogin.Ssh.Sftp;

/// <summary>The files of a container, by its SFTP server. Paths that do not begin with '/' are below the user's home.</summary>
internal sealed class SftpClient(SftpConnection connection)
{
    private const string PosixRename = "posix-rename@openssh.com";
    private const string Limits = "limits@openssh.com";
    private const string FileSystem = "statvfs@openssh.com";
    private const string CopyData = "copy-data";

    /// <summary>What every server takes and gives in one packet.</summary>
    private const int SafeBlock = 32 * 1024;

    /// <summary>What a pipe holds; more at once is no quicker.</summary>
    private const int LongestBlock = 64 * 1024;

    /// <summary>How many blocks of a file are under way at once: enough for a line with a long round trip.</summary>
    public const int BlocksUnderWay = 64;

    /// <summary>How many bytes one packet of a file holds.</summary>
    public int BlockSize { get; private set; } = SafeBlock;

    /// <summary>Whether <see cref="CopyDataAsync"/> can be used: OpenSSH's server has it since 9.0.</summary>
    public bool CanCopyData => connection.Extensions.Contains(CopyData);

    /// <summary>Begins.</summary>
    /// <exception cref="SftpConnectionException">The connection has ended, or there is no SFTP server.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await connection.OpenAsync().WaitAsync(cancellationToken);
        if (connection.Extensions.Contains(Limits))
        {
            var reply = await AskAsync(SftpType.Extended, packet => packet.Add(Limits), cancellationToken);
            reply.ReadUInt64();
            var longest = Math.Min(reply.ReadUInt64(), reply.ReadUInt64());
            BlockSize = (int)Math.Clamp(longest, SafeBlock, LongestBlock);
        }
    }

    /// <summary>The absolute form of a path.</summary>
    public async Task<string> RealPathAsync(string path, CancellationToken cancellationToken)
    {
        var reply = await AskAsync(SftpType.RealPath, packet => packet.Add(path), cancellationToken);
        return reply.ReadUInt32() > 0 ? reply.ReadText() : path;
    }

    /// <summary>What is at a path, or where a link there leads to; null for nothing.</summary>
    public Task<SftpAttributes?> FindAsync(string path, CancellationToken cancellationToken) =>
        FindAsync(SftpType.Stat, path, cancellationToken);

    /// <summary>The same, but a link is a link.</summary>
    public Task<SftpAttributes?> FindLinkAsync(string path, CancellationToken cancellationToken) =>
        FindAsync(SftpType.LStat, path, cancellationToken);

    private async Task<SftpAttributes?> FindAsync(SftpType type, string path, CancellationToken cancellationToken)
    {
        try
        {
            return (await AskAsync(type, packet => packet.Add(path), cancellationToken)).ReadAttributes();
        }
        catch (SftpStatusException e) when (e.Status == SftpStatusException.NoSuchFile)
        {
            return null;
        }
    }

    /// <summary>The files of a folder, by name, without "." and "..".</summary>
    public async Task<IReadOnlyList<SftpEntry>> ListAsync(string path, CancellationToken cancellationToken)
    {
        List<SftpEntry> entries = [];
        var handle = (await AskAsync(SftpType.OpenFolder, packet => packet.Add(path), cancellationToken)).ReadBytes();
        try
        {
            while (true)
            {
                var reply = await AskAsync(SftpType.ReadFolder, packet => packet.Add(handle.Span), cancellationToken);
                for (var left = reply.ReadUInt32(); left > 0; left--)
                {
                    var name = reply.ReadText();
                    reply.ReadBytes();
                    entries.Add(new SftpEntry(name, reply.ReadAttributes()));
                }
            }
        }
        catch (SftpStatusException e) when (e.Status == SftpStatusException.EndOfFile)
        {
        }
        finally
        {
            await ReleaseAsync(handle);
        }

        // A name with a slash in it would lead elsewhere on this machine.
        return [.. entries
            .Where(entry => entry.Name is not ("." or "..") && !entry.Name.Contains('/', StringComparison.Ordinal))
            .OrderBy(entry => entry.Name, StringComparer.Ordinal)];
    }

    /// <summary>Opens a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="mode">What it is opened for.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Its handle, which is to be closed.</returns>
    public async Task<ReadOnlyMemory<byte>> OpenFileAsync(string path, SftpOpen mode, CancellationToken cancellationToken)
    {
        SftpAttributes attributes = new(null, mode.HasFlag(SftpOpen.Create) ? 0x180u : null, null);
        var reply = await AskAsync(
            SftpType.Open, packet => packet.Add(path).Add((uint)mode).Add(attributes), cancellationToken);
        return reply.ReadBytes();
    }

    /// <summary>Closes a handle whose content no longer matters. Failing is no error.</summary>
    public async Task ReleaseAsync(ReadOnlyMemory<byte> handle)
    {
        try
        {
            await CloseAsync(handle, CancellationToken.None);
        }
        catch (Exception e) when (e is SftpStatusException or SftpConnectionException)
        {
            // The connection's end closes it.
        }
    }

    /// <summary>Closes a handle, and learns whether all was written.</summary>
    public Task CloseAsync(ReadOnlyMemory<byte> handle, CancellationToken cancellationToken) =>
        AskAsync(SftpType.Close, packet => packet.Add(handle.Span), cancellationToken);

    /// <summary>Has the server write one open file's content into another, from its beginning.</summary>
    public Task CopyDataAsync(ReadOnlyMemory<byte> from, ReadOnlyMemory<byte> to, CancellationToken cancellationToken) => AskAsync(
        SftpType.Extended,
        packet => packet.Add(CopyData).Add(from.Span).Add(0UL).Add(0UL).Add(to.Span).Add(0UL),
        cancellationToken);

    /// <summary>Deletes a file.</summary>
    public Task RemoveAsync(string path, CancellationToken cancellationToken) =>
        AskAsync(SftpType.Remove, packet => packet.Add(path), cancellationToken);

    /// <summary>Cuts an open file to a length.</summary>
    public Task SetLengthAsync(ReadOnlyMemory<byte> handle, long length, CancellationToken cancellationToken) => AskAsync(
        SftpType.FSetStat,
        packet => packet.Add(handle.Span).Add(new SftpAttributes(length, null, null)),
        cancellationToken);

    public Task MakeFolderAsync(string path, CancellationToken cancellationToken) =>
        AskAsync(SftpType.MakeFolder, packet => packet.Add(path).Add(new SftpAttributes(null, null, null)), cancellationToken);

    public Task SetAttributesAsync(string path, SftpAttributes attributes, CancellationToken cancellationToken) =>
        AskAsync(SftpType.SetStat, packet => packet.Add(path).Add(attributes), cancellationToken);

    /// <summary>Gives a file another name, and replaces what has that.</summary>
    public async Task RenameAsync(string from, string to, CancellationToken cancellationToken)
    {
        if (connection.Extensions.Contains(PosixRename))
        {
            await AskAsync(SftpType.Extended, packet => packet.Add(PosixRename).Add(from).Add(to), cancellationToken);
            return;
        }

        if (await FindAsync(to, cancellationToken) is not null)
        {
            await RemoveAsync(to, cancellationToken);
        }

        await AskAsync(SftpType.Rename, packet => packet.Add(from).Add(to), cancellationToken);
    }

    /// <summary>How many bytes the user can still write below a path; null where the server does not tell.</summary>
    public async Task<ulong?> FreeSpaceAsync(string path, CancellationToken cancellationToken)
    {
        if (!connection.Extensions.Contains(FileSystem))
        {
            return null;
        }

        var reply = await AskAsync(SftpType.Extended, packet => packet.Add(FileSystem).Add(path), cancellationToken);
        reply.ReadUInt64();
        var blockSize = reply.ReadUInt64();
        reply.ReadUInt64();
        reply.ReadUInt64();
        return blockSize * reply.ReadUInt64();
    }

    /// <summary>Sends a request to write. The data is on its way, and may change, when this returns.</summary>
    /// <returns>What completes when it is written.</returns>
    public Task BeginWrite(ReadOnlyMemory<byte> handle, long offset, ReadOnlySpan<byte> data)
    {
        var length = (uint)data.Length;
        return CheckAsync(connection.Request(
            SftpType.Write, packet => packet.Add(handle.Span).Add((ulong)offset).Add(length), data));
    }

    /// <summary>Sends a request to read.</summary>
    /// <returns>
    /// A reply whose bytes were read, fewer than asked for when the server has no more at hand; null at the end of the file.
    /// </returns>
    public async Task<SftpReply?> BeginRead(ReadOnlyMemory<byte> handle, long offset, int count)
    {
        try
        {
            return await CheckAsync(connection.Request(
                SftpType.Read, packet => packet.Add(handle.Span).Add((ulong)offset).Add((uint)count)));
        }
        catch (SftpStatusException e) when (e.Status == SftpStatusException.EndOfFile)
        {
            return null;
        }
    }

    private Task<SftpReply> AskAsync(
        SftpType type, Func<SftpPacket, SftpPacket> addFields, CancellationToken cancellationToken) =>
        CheckAsync(connection.Request(type, addFields)).WaitAsync(cancellationToken);

    private static async Task<SftpReply> CheckAsync(Task<SftpReply> pending)
    {
        var reply = await pending;
        return reply.Type == SftpType.Status && reply.ReadUInt32() is var status and not 0
            ? throw new SftpStatusException(status, reply.ReadText())
            : reply;
    }
}
