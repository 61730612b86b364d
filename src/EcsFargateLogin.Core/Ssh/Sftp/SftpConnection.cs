using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;

namespace EcsFargateLogin.Ssh.Sftp;

/// <summary>
/// Sends requests to an SFTP server and matches its replies. Many requests may be in flight, but only one caller sends at a time.
/// Pipes are read and written synchronously, which is fastest; to cancel, the caller ends the program at the other end.
/// </summary>
internal sealed class SftpConnection(Stream toServer, Stream fromServer)
{
    private const uint ProtocolVersion = 3;

    /// <summary>
    /// Upper bound for the length of a reply, in bytes. A longer one means that a login script prints, not an SFTP server.
    /// </summary>
    private const int LongestReply = 1 << 20;

    private readonly ConcurrentDictionary<uint, TaskCompletionSource<SftpReply>> _pending = [];
    private volatile Exception? _end;
    private uint _lastId;

    /// <summary>The names of the server's extensions.</summary>
    public HashSet<string> Extensions { get; } = [];

    /// <summary>Negotiates the version, and starts to receive replies.</summary>
    /// <exception cref="SftpConnectionException">The connection has ended, or the other side is no SFTP server.</exception>
    public async Task OpenAsync()
    {
        try
        {
            await Task.Run(Agree);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw Ended(e);
        }

        new Thread(ReceiveAll) { IsBackground = true, Name = "sftp" }.Start();
    }

    private void Agree()
    {
        Send(new SftpPacket(SftpType.Init).Add(ProtocolVersion), []);
        var version = Receive();
        if (version.Type != SftpType.Version || version.ReadUInt32() < ProtocolVersion)
        {
            throw new InvalidDataException("What answers is no SFTP server of version 3.");
        }

        while (!version.IsAtEnd)
        {
            Extensions.Add(version.ReadText());
            version.ReadBytes();
        }
    }

    /// <summary>Sends a request. Continuations of read requests run on the receiving thread and must not block it.</summary>
    /// <param name="type">The type of the request.</param>
    /// <param name="addFields">Adds the fields after the request's id.</param>
    /// <param name="data">The file content, which comes last; empty for none.</param>
    /// <returns>The pending reply.</returns>
    /// <exception cref="SftpConnectionException">The connection has ended.</exception>
    public Task<SftpReply> Request(SftpType type, Func<SftpPacket, SftpPacket> addFields, ReadOnlySpan<byte> data = default)
    {
        var id = ++_lastId;
        TaskCompletionSource<SftpReply> reply = new(
            type == SftpType.Read ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = reply;
        if (_end is { } end)
        {
            throw Ended(end);
        }

        Send(addFields(new SftpPacket(type).Add(id)), data);
        return reply.Task;
    }

    private void Send(SftpPacket packet, ReadOnlySpan<byte> data)
    {
        try
        {
            toServer.Write(packet.Finish(data.Length));
            toServer.Write(data);
            toServer.Flush();
        }
        catch (IOException e)
        {
            throw Ended(e);
        }
    }

    private SftpReply Receive()
    {
        Span<byte> prefix = stackalloc byte[sizeof(uint)];
        fromServer.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix);
        if (length is 0 or > LongestReply)
        {
            throw new InvalidDataException("What answers is no SFTP server.");
        }

        var bytes = ArrayPool<byte>.Shared.Rent((int)length);
        fromServer.ReadExactly(bytes, 0, (int)length);
        return new SftpReply(bytes, (int)length);
    }

    private void ReceiveAll()
    {
        try
        {
            while (true)
            {
                var reply = Receive();
                if (_pending.TryRemove(reply.ReadUInt32(), out var pending))
                {
                    pending.SetResult(reply);
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidDataException or SftpConnectionException)
        {
            _end = e;
            foreach (var pending in _pending.Values)
            {
                pending.TrySetException(Ended(e));
            }
        }
    }

    private static SftpConnectionException Ended(Exception cause) => new("The connection to the SFTP server has ended.", cause);
}

/// <summary>
/// The connection to an SFTP server has ended, or none was established. Failed file operations are <see
/// cref="SftpStatusException"/> instead.
/// </summary>
internal sealed class SftpConnectionException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>The SFTP server refused a request.</summary>
internal sealed class SftpStatusException(uint status, string message) : Exception(message)
{
    public const uint EndOfFile = 1;
    public const uint NoSuchFile = 2;
    public const uint PermissionDenied = 3;

    /// <summary>Any failure without a specific code, such as a full disk.</summary>
    public const uint Failure = 4;

    public uint Status { get; } = status;
}
