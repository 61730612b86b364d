namespace EcsFargateLogin.Commands;

/// <summary>
/// The standard input of the commands of one or many sessions, which they read while it is written. Each reads all of it at its
/// own pace; the slowest sets the pace of the writer. Bytes that all have read are released.
/// </summary>
internal sealed class SharedInput
{
    /// <summary>Upper bound for the writer's lead over the slowest reader, in bytes.</summary>
    public const int Lead = 1024 * 1024;

    private readonly object _gate = new();
    private readonly Dictionary<FargateSession, Reader> _readers;
    private readonly bool _keepsAll;
    private Segment _last = new();
    private long _written;
    private long _readByAll;
    private bool _isComplete;
    private TaskCompletionSource? _more;
    private TaskCompletionSource? _room;

    /// <param name="sessions">The sessions that read it.</param>
    /// <param name="keepsAll">Whether some commands start only when others have ended; the writer then waits for none.</param>
    public SharedInput(IEnumerable<FargateSession> sessions, bool keepsAll)
    {
        _readers = sessions.ToDictionary(session => session, _ => new Reader(_last));
        _keepsAll = keepsAll;
    }

    /// <summary>Adds a copy of bytes. Never waits.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            _written += bytes.Length;
            while (bytes.Length > 0)
            {
                bytes = bytes[_last.Fill(bytes)..];
                if (bytes.Length > 0)
                {
                    _last = _last.Next = new Segment();
                }
            }

            Release(ref _more);
        }
    }

    /// <summary>Ends the input.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isComplete = true;
            Release(ref _more);
        }
    }

    /// <summary>Completes when the writer is not too far ahead.</summary>
    public Task WaitForRoomAsync()
    {
        lock (_gate)
        {
            return HasRoom() ? Task.CompletedTask : Waiting(ref _room);
        }
    }

    /// <summary>Writes the input to a command as it arrives, until it ends or the command stops reading.</summary>
    public Task FeedAsync(FargateSession session, Stream stream, CancellationToken cancellationToken) => FeedAsync(
        session,
        async (bytes, token) =>
        {
            await stream.WriteAsync(bytes, token);
            await stream.FlushAsync(token);
        },
        cancellationToken);

    /// <summary>Does the same by a function that writes.</summary>
    public async Task FeedAsync(
        FargateSession session, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> write, CancellationToken cancellationToken)
    {
        try
        {
            while (await ReadAsync(session, cancellationToken) is { Length: > 0 } bytes)
            {
                await write(bytes, cancellationToken);
            }
        }
        finally
        {
            Leave(session);
        }
    }

    /// <summary>Removes the reader of a command that has ended, or will never start.</summary>
    public void Leave(FargateSession session)
    {
        lock (_gate)
        {
            if (_readers.Remove(session))
            {
                ReleaseWriter();
                Release(ref _more);
            }
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(FargateSession session, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task more;
            lock (_gate)
            {
                if (!_readers.TryGetValue(session, out var reader))
                {
                    return default;
                }

                var bytes = reader.ReadNext();
                if (bytes.Length > 0 || _isComplete)
                {
                    ReleaseWriter();
                    return bytes;
                }

                more = Waiting(ref _more);
            }

            await more.WaitAsync(cancellationToken);
        }
    }

    private bool HasRoom()
    {
        if (!_keepsAll && _written - _readByAll >= Lead)
        {
            _readByAll = _readers.Count > 0 ? _readers.Values.Min(reader => reader.Position) : _written;
        }

        return _keepsAll || _written - _readByAll < Lead;
    }

    private void ReleaseWriter()
    {
        if (_room is not null && HasRoom())
        {
            Release(ref _room);
        }
    }

    private static Task Waiting(ref TaskCompletionSource? source) =>
        (source ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    private static void Release(ref TaskCompletionSource? source)
    {
        source?.SetResult();
        source = null;
    }

    /// <summary>A part of the bytes, freed once all have read it: only its readers and the previous part refer to it.</summary>
    private sealed class Segment
    {
        private const int Size = 64 * 1024;

        private readonly byte[] _bytes = new byte[Size];
        private int _length;

        public Segment? Next { get; set; }

        public ReadOnlyMemory<byte> From(int offset) => _bytes.AsMemory(offset, _length - offset);

        /// <summary>Copies as many bytes as fit, and returns their number.</summary>
        public int Fill(ReadOnlySpan<byte> bytes)
        {
            var count = Math.Min(bytes.Length, Size - _length);
            bytes[..count].CopyTo(_bytes.AsSpan(_length));
            _length += count;
            return count;
        }
    }

    private sealed class Reader(Segment first)
    {
        private Segment _segment = first;
        private int _offset;

        public long Position { get; private set; }

        /// <summary>Returns the next unread bytes of one segment.</summary>
        public ReadOnlyMemory<byte> ReadNext()
        {
            var bytes = _segment.From(_offset);
            if (bytes.Length == 0 && _segment.Next is { } next)
            {
                (_segment, _offset) = (next, 0);
                bytes = _segment.From(0);
            }

            _offset += bytes.Length;
            Position += bytes.Length;
            return bytes;
        }
    }
}
