namespace EcsFargateLogin.Ssh.Sftp;

/// <summary>
/// Accesses the files of a container through its SFTP server. Paths that do not begin with '/' are relative to the user's home
/// folder.
/// </summary>
internal sealed class SftpClient(SftpConnection connection)
{
    private const string PosixRename = "posix-rename@openssh.com";
    private const string Limits = "limits@openssh.com";
    private const string FileSystem = "statvfs@openssh.com";
    private const string CopyData = "copy-data";

    /// <summary>The block size that every server supports, in bytes.</summary>
    private const int SafeBlock = 32 * 1024;

    /// <summary>
    /// The largest block size in bytes: pages of memory that fit into a pipe together with the fields before them. Larger blocks are no
    /// faster.
    /// </summary>
    private const int LongestBlock = 60 * 1024;

    /// <summary>Upper bound for the files of a folder. A server that sends more may send names without end.</summary>
    private const int MostEntries = 1_000_000;

    /// <summary>Upper bound for the length of a folder's path, so that folders within folders come to an end.</summary>
    private const int LongestPath = 4096;

    /// <summary>The number of file bytes in one packet.</summary>
    public int BlockSize { get; private set; } = SafeBlock;

    /// <summary>Whether <see cref="CopyDataAsync"/> is supported: OpenSSH's server has it since 9.0.</summary>
    public bool CanCopyData => connection.Extensions.Contains(CopyData);

    /// <summary>Runs work with this client, on the connection's thread, where all that the client does has to run.</summary>
    public Task RunAsync(Func<Task> work) => connection.RunAsync(work);

    /// <summary>Opens the connection.</summary>
    /// <exception cref="SftpConnectionException">The connection has ended, or there is no SFTP server.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        connection.Open();
        if (connection.Extensions.Contains(Limits))
        {
            var reply = await AskAsync(SftpType.Extended, packet => packet.Add(Limits), cancellationToken);
            reply.ReadUInt64();
            var longest = Math.Min(reply.ReadUInt64(), reply.ReadUInt64());
            BlockSize = (int)Math.Clamp(longest, SafeBlock, LongestBlock);
        }
    }

    /// <summary>Returns the absolute form of a path.</summary>
    public async Task<string> RealPathAsync(string path, CancellationToken cancellationToken)
    {
        var reply = await AskAsync(SftpType.RealPath, packet => packet.Add(path), cancellationToken);
        return reply.ReadUInt32() > 0 ? reply.ReadText() : path;
    }

    /// <summary>Returns the attributes of a file, or of a link's target; null where there is none.</summary>
    public Task<SftpAttributes?> FindAsync(string path, CancellationToken cancellationToken) =>
        FindAsync(SftpType.Stat, path, cancellationToken);

    /// <summary>Returns the attributes of a file, or of a link itself; null where there is none.</summary>
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

    /// <summary>Lists the files of a folder by name, without "." and "..".</summary>
    public async Task<IReadOnlyList<SftpEntry>> ListAsync(string path, CancellationToken cancellationToken)
    {
        List<SftpEntry> entries = [];
        var handle = (await AskAsync(SftpType.OpenFolder, packet => packet.Add(path), cancellationToken)).ReadBytes();
        try
        {
            while (true)
            {
                var reply = await AskAsync(SftpType.ReadFolder, packet => packet.Add(handle.Span), cancellationToken);
                var count = reply.ReadUInt32();
                if (count == 0 || entries.Count > MostEntries || path.Length > LongestPath)
                {
                    throw new InvalidDataException("The SFTP server lists a folder without end.");
                }

                for (var left = count; left > 0; left--)
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

        // A name with a slash would lead to another folder on this machine.
        return [.. entries
            .Where(entry => entry.Name is not ("." or "..") && !entry.Name.Contains('/', StringComparison.Ordinal))
            .OrderBy(entry => entry.Name, StringComparer.Ordinal)];
    }

    /// <summary>Opens a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="mode">The flags.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The handle, which the caller must close.</returns>
    public async Task<ReadOnlyMemory<byte>> OpenFileAsync(string path, SftpOpen mode, CancellationToken cancellationToken)
    {
        SftpAttributes attributes = new(null, mode.HasFlag(SftpOpen.Create) ? 0x180u : null, null);
        var reply = await AskAsync(
            SftpType.Open, packet => packet.Add(path).Add((uint)mode).Add(attributes), cancellationToken);
        return reply.ReadBytes();
    }

    /// <summary>Closes a handle without checking that its content was written. Failures are ignored.</summary>
    public async Task ReleaseAsync(ReadOnlyMemory<byte> handle)
    {
        try
        {
            await CloseAsync(handle, CancellationToken.None);
        }
        catch (Exception e) when (e is SftpStatusException or SftpConnectionException)
        {
            // The server closes it at the end of the connection.
        }
    }

    /// <summary>Closes a handle. Fails where not all content was written.</summary>
    public Task CloseAsync(ReadOnlyMemory<byte> handle, CancellationToken cancellationToken) =>
        AskAsync(SftpType.Close, packet => packet.Add(handle.Span), cancellationToken);

    /// <summary>Copies the content of one open file into another on the server, from the beginning.</summary>
    public Task CopyDataAsync(
        ReadOnlyMemory<byte> from, ReadOnlyMemory<byte> to, CancellationToken cancellationToken) => AskAsync(
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

    /// <summary>Renames a file, replacing an existing one.</summary>
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

    /// <summary>Returns the number of bytes that the user can write below a path; null where the server does not say.</summary>
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
        // What a server tells may be more than fits.
        return (ulong)UInt128.Min((UInt128)blockSize * reply.ReadUInt64(), ulong.MaxValue);
    }

    /// <summary>Adds a write request. The caller may reuse the data buffer when this returns.</summary>
    /// <returns>A task that completes when the data is written.</returns>
    public Task BeginWrite(ReadOnlyMemory<byte> handle, long offset, ReadOnlySpan<byte> data)
    {
        var length = (uint)data.Length;
        return CheckAsync(SftpType.Write, connection.Request(
            SftpType.Write, packet => packet.Add(handle.Span).Add((ulong)offset).Add(length), data));
    }

    /// <summary>Adds a read request.</summary>
    /// <returns>
    /// The reply, with fewer bytes than requested when the server has no more at hand; null at the end of the file.
    /// </returns>
    public async Task<SftpReply?> BeginRead(ReadOnlyMemory<byte> handle, long offset, int count)
    {
        try
        {
            return await CheckAsync(SftpType.Read, connection.Request(
                SftpType.Read, packet => packet.Add(handle.Span).Add((ulong)offset).Add((uint)count)));
        }
        catch (SftpStatusException e) when (e.Status == SftpStatusException.EndOfFile)
        {
            return null;
        }
    }

    /// <summary>Adds a request and waits for its reply, which the end of the program at the other end ends too.</summary>
    private Task<SftpReply> AskAsync(
        SftpType type, Func<SftpPacket, SftpPacket> addFields, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return CheckAsync(type, connection.Request(type, addFields));
    }

    private static async Task<SftpReply> CheckAsync(SftpType type, Task<SftpReply> pending)
    {
        var reply = await pending;
        if (reply.Type == SftpType.Status && reply.ReadUInt32() is var status and not 0)
        {
            throw new SftpStatusException(status, reply.ReadText());
        }

        return reply.Type == ReplyTo(type) || (type == SftpType.Extended && reply.Type == SftpType.Status)
            ? reply
            : throw new InvalidDataException("The SFTP server has answered something else than it was asked.");
    }

    private static SftpType ReplyTo(SftpType request) => request switch
    {
        SftpType.Open or SftpType.OpenFolder => SftpType.Handle,
        SftpType.Read => SftpType.Data,
        SftpType.ReadFolder or SftpType.RealPath => SftpType.Name,
        SftpType.Stat or SftpType.LStat => SftpType.Attributes,
        SftpType.Extended => SftpType.ExtendedReply,
        _ => SftpType.Status,
    };
}
