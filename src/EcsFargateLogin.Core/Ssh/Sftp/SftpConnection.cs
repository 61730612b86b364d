using System.Buffers;
using System.Buffers.Binary;

namespace EcsFargateLogin.Ssh.Sftp;

/// <summary>
/// Sends requests to an SFTP server and matches its replies. Many requests may be in flight. Everything runs on one thread, which
/// reads and writes the pipes synchronously; to cancel, the caller ends the program at the other end.
/// </summary>
internal sealed class SftpConnection(Stream toServer, Stream fromServer)
{
    private const uint ProtocolVersion = 3;

    /// <summary>
    /// Upper bound for the length of a reply, in bytes. A longer one means that a login script prints, not an SFTP server.
    /// </summary>
    private const int LongestReply = 1 << 20;

    /// <summary>The size of the buffer of requests in bytes: the capacity of a pipe.</summary>
    private const int RequestBuffer = 64 * 1024;

    /// <summary>
    /// The size of the buffer of replies, in bytes: for hundreds of short ones, while most of a long one is read to its place.
    /// </summary>
    private const int ReplyBuffer = 8 * 1024;

    private readonly Dictionary<uint, TaskCompletionSource<SftpReply>> _pending = [];
    private readonly byte[] _requests = new byte[RequestBuffer];
    private readonly byte[] _replies = new byte[ReplyBuffer];
    private int _requestsEnd;
    private int _repliesStart;
    private int _repliesEnd;
    private Exception? _end;
    private uint _lastId;

    /// <summary>The names of the server's extensions.</summary>
    public HashSet<string> Extensions { get; } = [];

    /// <summary>Runs work that uses the connection, on the connection's thread.</summary>
    public Task RunAsync(Func<Task> work) => SftpThread.RunAsync(work, ReceiveNext);

    /// <summary>Negotiates the version.</summary>
    /// <exception cref="SftpConnectionException">The connection has ended, or the other side is no SFTP server.</exception>
    public void Open()
    {
        try
        {
            Add(new SftpPacket(SftpType.Init).Add(ProtocolVersion), []);
            Flush();
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
        catch (Exception e) when (IsEnd(e))
        {
            throw Ended(e);
        }
    }

    /// <summary>Adds a request, which is sent with those after it: when there are many, or when a reply is waited for.</summary>
    /// <param name="type">The type of the request.</param>
    /// <param name="addFields">Adds the fields after the request's id.</param>
    /// <param name="data">The file content, which comes last and is copied; empty for none.</param>
    /// <returns>The pending reply.</returns>
    /// <exception cref="SftpConnectionException">The connection has ended.</exception>
    public Task<SftpReply> Request(SftpType type, Func<SftpPacket, SftpPacket> addFields, ReadOnlySpan<byte> data = default)
    {
        if (_end is { } end)
        {
            throw Ended(end);
        }

        var id = ++_lastId;
        try
        {
            Add(addFields(new SftpPacket(type).Add(id)), data);
        }
        catch (Exception e) when (IsEnd(e))
        {
            End(e);
            throw Ended(e);
        }

        TaskCompletionSource<SftpReply> reply = new();
        _pending[id] = reply;
        return reply.Task;
    }

    private void Add(SftpPacket packet, ReadOnlySpan<byte> data)
    {
        var head = packet.Finish(data.Length);
        if (head.Length + data.Length > _requests.Length - _requestsEnd)
        {
            Flush();
        }

        AddBytes(head);
        AddBytes(data);
    }

    private void AddBytes(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > _requests.Length - _requestsEnd)
        {
            var fitting = _requests.Length - _requestsEnd;
            bytes[..fitting].CopyTo(_requests.AsSpan(_requestsEnd));
            bytes = bytes[fitting..];
            _requestsEnd = _requests.Length;
            Flush();
        }

        bytes.CopyTo(_requests.AsSpan(_requestsEnd));
        _requestsEnd += bytes.Length;
    }

    private void Flush()
    {
        var count = _requestsEnd;
        _requestsEnd = 0;
        if (count > 0)
        {
            toServer.Write(_requests, 0, count);
            toServer.Flush();
        }
    }

    /// <summary>Sends what was added, and receives the next reply. Returns false where none is pending.</summary>
    private bool ReceiveNext()
    {
        if (_pending.Count == 0)
        {
            return false;
        }

        try
        {
            Flush();
            var reply = Receive();
            if (!_pending.Remove(reply.ReadUInt32(), out var pending))
            {
                throw new InvalidDataException("The SFTP server has answered what it was not asked.");
            }

            pending.SetResult(reply);
        }
        catch (Exception e) when (IsEnd(e))
        {
            End(e);
        }

        return true;
    }

    private SftpReply Receive()
    {
        Fill(sizeof(uint));
        var length = BinaryPrimitives.ReadUInt32BigEndian(_replies.AsSpan(_repliesStart));
        _repliesStart += sizeof(uint);
        if (length is 0 or > LongestReply)
        {
            throw new InvalidDataException("What answers is no SFTP server.");
        }

        var bytes = ArrayPool<byte>.Shared.Rent((int)length);
        var buffered = Math.Min((int)length, _repliesEnd - _repliesStart);
        _replies.AsSpan(_repliesStart, buffered).CopyTo(bytes);
        _repliesStart += buffered;
        fromServer.ReadExactly(bytes, buffered, (int)length - buffered);
        return new SftpReply(bytes, (int)length);
    }

    /// <summary>Reads until there are that many bytes in the buffer of replies, or more.</summary>
    private void Fill(int count)
    {
        var buffered = _repliesEnd - _repliesStart;
        if (buffered < count)
        {
            _replies.AsSpan(_repliesStart, buffered).CopyTo(_replies);
            (_repliesStart, _repliesEnd) = (0, buffered);
            _repliesEnd += fromServer.ReadAtLeast(_replies.AsSpan(buffered), count - buffered);
        }
    }

    private void End(Exception cause)
    {
        _end = cause;
        TaskCompletionSource<SftpReply>[] pending = [.. _pending.Values];
        _pending.Clear();
        foreach (var each in pending)
        {
            each.SetException(Ended(cause));
        }
    }

    private static bool IsEnd(Exception e) => e is IOException or ObjectDisposedException or InvalidDataException;

    private static SftpConnectionException Ended(Exception cause) =>
        new(cause is InvalidDataException ? cause.Message : "The connection to the SFTP server has ended.", cause);
}

/// <summary>
/// The connection to an SFTP server has ended, or none was established. Failed file operations are <see
/// cref="SftpStatusException"/> instead.
/// </summary>
internal sealed class SftpConnectionException(string message, Exception cause) : Exception(message, cause);

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
