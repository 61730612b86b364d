using System.Buffers.Binary;
using System.Collections.Concurrent;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.SessionManager;

/// <summary>The commands of a frame of smux.</summary>
internal enum MuxCommand : byte
{
    /// <summary>Opens a stream; it has no answer.</summary>
    Open = 0,

    /// <summary>Closes a stream, in both directions.</summary>
    Close = 1,

    /// <summary>Data of a stream.</summary>
    Data = 2,

    /// <summary>Shows that the side still lives.</summary>
    Nothing = 3,
}

/// <summary>
/// Streams over one port session, by version 1 of smux (github.com/xtaci/smux). That version has no windows: what cannot be
/// buffered makes all streams wait.
/// </summary>
/// <param name="onPortError">Called when the agent could not connect to the port.</param>
/// <param name="clock">The clock.</param>
internal sealed class MuxSession(Action onPortError, TimeProvider clock) : IChannelReceiver
{
    /// <summary>The size of a frame's header, in bytes.</summary>
    public const int HeaderSize = 8;

    private const byte Version = 1;
    private const int LengthOffset = 2;
    private const int IdOffset = 4;

    private readonly ConcurrentDictionary<uint, MuxStream> _streams = new();
    private readonly byte[] _header = new byte[HeaderSize];
    private int _headerCount;
    private int _remaining;
    private uint _current;
    private uint _lastId = 1;
    private DataChannel? _channel;

    /// <summary>
    /// How long a stream with a slow reader may make other streams wait. It is closed afterwards.
    /// </summary>
    public TimeSpan StallLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The number of open streams.</summary>
    public int Count => _streams.Count;

    /// <summary>Sets the channel that carries the streams.</summary>
    public void Attach(DataChannel channel) => _channel = channel;

    /// <summary>Opens a stream.</summary>
    /// <exception cref="IOException">The session has ended.</exception>
    public async ValueTask<MuxStream> OpenAsync(CancellationToken cancellationToken)
    {
        // Ids of clients are odd: 3, 5, 7 and so on.
        MuxStream stream = new(this, Interlocked.Add(ref _lastId, 2));
        _streams[stream.Id] = stream;
        try
        {
            await SendAsync(MuxCommand.Open, stream.Id, ReadOnlyMemory<byte>.Empty, cancellationToken);
            return stream;
        }
        catch
        {
            _streams.TryRemove(stream.Id, out _);
            throw;
        }
    }

    /// <summary>Writes data of a stream, a frame in a message, so that streams take turns.</summary>
    internal async ValueTask WriteAsync(MuxStream stream, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        for (var most = _channel!.PayloadSize - HeaderSize; data.Length > 0;)
        {
            var part = data[..Math.Min(most, data.Length)];
            await SendAsync(MuxCommand.Data, stream.Id, part, cancellationToken);
            data = data[part.Length..];
        }
    }

    /// <summary>Closes a stream; the agent closes its connection.</summary>
    internal async ValueTask CloseAsync(MuxStream stream, CancellationToken cancellationToken)
    {
        if (_streams.TryRemove(stream.Id, out _))
        {
            await SendAsync(MuxCommand.Close, stream.Id, ReadOnlyMemory<byte>.Empty, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask ReceiveAsync(PayloadType type, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (type == PayloadType.Flag)
        {
            if (payload.Length == sizeof(int)
                && BinaryPrimitives.ReadInt32BigEndian(payload.Span) == (int)ChannelFlag.ConnectToPortError)
            {
                // The agent closes the stream as well.
                onPortError();
            }

            return;
        }

        while (type == PayloadType.Output && payload.Length > 0)
        {
            if (_remaining == 0)
            {
                payload = payload[ReadHeader(payload.Span)..];
                continue;
            }

            var part = payload[..Math.Min(_remaining, payload.Length)];
            payload = payload[part.Length..];
            _remaining -= part.Length;
            // What comes for a stream that this side has closed is discarded.
            if (_streams.TryGetValue(_current, out var stream) && !stream.Add(part.Span))
            {
                await WaitForReaderAsync(stream, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public void OnEnded(ChannelEnd end)
    {
        foreach (var stream in _streams.Values)
        {
            stream.End(end.ToException());
        }
    }

    /// <summary>
    /// Waits until a stream's reader has emptied half of its buffer. All streams wait for it: they share one channel. While there
    /// are others, the stream is closed after a time, because none may stop them for ever.
    /// </summary>
    private async Task WaitForReaderAsync(MuxStream stream, CancellationToken cancellationToken)
    {
        var room = stream.WaitForRoomAsync(cancellationToken);
        while (true)
        {
            try
            {
                await room.WaitAsync(StallLimit, clock, cancellationToken);
                return;
            }
            catch (TimeoutException) when (_streams.Count > 1)
            {
                _streams.TryRemove(stream.Id, out _);
                stream.End(new IOException(
                    $"Its client has not read for {ErrorText.Seconds(StallLimit)}, while other connections waited."));
                _channel!.TrySend(PayloadType.Output, HeaderOf(MuxCommand.Close, stream.Id, 0));
                return;
            }
            catch (TimeoutException)
            {
                // Nobody else waits.
            }
        }
    }

    /// <summary>Reads a header, or the part of it that is there.</summary>
    /// <returns>The number of bytes read.</returns>
    private int ReadHeader(ReadOnlySpan<byte> bytes)
    {
        var length = Math.Min(HeaderSize - _headerCount, bytes.Length);
        bytes[..length].CopyTo(_header.AsSpan(_headerCount));
        _headerCount += length;
        if (_headerCount == HeaderSize)
        {
            _headerCount = 0;
            Handle((MuxCommand)_header[1], BinaryPrimitives.ReadUInt32LittleEndian(_header.AsSpan(IdOffset)));
        }

        return length;
    }

    private void Handle(MuxCommand command, uint id)
    {
        var length = BinaryPrimitives.ReadUInt16LittleEndian(_header.AsSpan(LengthOffset));
        if (_header[0] != Version || command > MuxCommand.Nothing || (length > 0 && command != MuxCommand.Data))
        {
            throw ChannelErrors.Unexpected(_channel!.SessionId, "something that is no frame of smux");
        }

        switch (command)
        {
            case MuxCommand.Data:
                (_remaining, _current) = (length, id);
                break;
            case MuxCommand.Close when _streams.TryRemove(id, out var stream):
                stream.End(failure: null);
                break;
            case MuxCommand.Nothing:
                // Agents that ask for signs of life close a session without.
                _channel!.TrySend(PayloadType.Output, HeaderOf(MuxCommand.Nothing, 0, 0));
                break;
        }
    }

    private ValueTask SendAsync(MuxCommand command, uint id, ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        _channel!.SendAsync(PayloadType.Output, HeaderOf(command, id, data.Length), data, cancellationToken);

    private static byte[] HeaderOf(MuxCommand command, uint id, int length)
    {
        var header = new byte[HeaderSize];
        (header[0], header[1]) = (Version, (byte)command);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(LengthOffset), (ushort)length);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(IdOffset), id);
        return header;
    }
}

/// <summary>One stream of a <see cref="MuxSession"/>, with one reader and one writer.</summary>
/// <param name="session">The session.</param>
/// <param name="id">The stream's id.</param>
internal sealed class MuxStream(MuxSession session, uint id) : IRemoteStream
{
    /// <summary>
    /// The size from which on a stream makes others wait, in bytes. An SSH connection never comes that far: its own windows are
    /// 2 MiB.
    /// </summary>
    public const int BufferLimit = 4 * 1024 * 1024;

    private readonly ByteQueue _received = new(BufferLimit);
    private volatile IOException? _end;

    public uint Id => id;

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellationToken) =>
        _received.ReadAsync(target, cancellationToken);

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => _end is null
        ? session.WriteAsync(this, data, cancellationToken)
        : ValueTask.FromException(_end);

    /// <inheritdoc/>
    public ValueTask CloseAsync(CancellationToken cancellationToken) => session.CloseAsync(this, cancellationToken);

    /// <summary>Adds received data.</summary>
    /// <returns>False when its reader has to take some before more may come.</returns>
    internal bool Add(ReadOnlySpan<byte> data)
    {
        _received.Add(data);
        return !_received.IsFull;
    }

    /// <inheritdoc cref="ByteQueue.WaitForRoomAsync"/>
    internal Task WaitForRoomAsync(CancellationToken cancellationToken) => _received.WaitForRoomAsync(cancellationToken);

    /// <summary>Ends the stream: by the other side, or by a failure.</summary>
    internal void End(IOException? failure)
    {
        _end ??= failure ?? new IOException("The other side has closed the connection.");
        _received.End(failure);
    }
}
