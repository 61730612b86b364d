namespace EcsFargateLogin.Commands;

/// <summary>
/// What the commands of one or many sessions read, while it is still being written: each reads all of it, at its own pace, and
/// the slowest sets that of the writer. Bytes that all have read are let go.
/// </summary>
internal sealed class SharedInput
{
    /// <summary>How far the writer may be ahead of the slowest reader, in bytes.</summary>
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

    /// <param name="sessions">Those whose commands read it.</param>
    /// <param name="keepsAll">Whether some begin to read only when others have ended: no writer may then wait for them.</param>
    public SharedInput(IEnumerable<FargateSession> sessions, bool keepsAll)
    {
        _readers = sessions.ToDictionary(session => session, _ => new Reader(_last));
        _keepsAll = keepsAll;
    }

    /// <summary>Adds bytes; they are copied, and never wait.</summary>
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

    /// <summary>Says that this was all.</summary>
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

    /// <summary>Writes all of it to a command's input, as it comes, until it has ended or nobody reads there any more.</summary>
    public async Task FeedAsync(FargateSession session, Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            while (await ReadAsync(session, cancellationToken) is { Length: > 0 } bytes)
            {
                await stream.WriteAsync(bytes, cancellationToken);
                await stream.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            Leave(session);
        }
    }

    /// <summary>Waits no longer for what a command reads that has ended, or will never begin.</summary>
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

                var bytes = reader.Take();
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

    /// <summary>A part of the bytes. Only its readers and the part before it hold it, so that it goes when all have read it.</summary>
    private sealed class Segment
    {
        private const int Size = 64 * 1024;

        private readonly byte[] _bytes = new byte[Size];
        private int _length;

        public Segment? Next { get; set; }

        public ReadOnlyMemory<byte> From(int offset) => _bytes.AsMemory(offset, _length - offset);

        /// <summary>Takes as many bytes as there is room for.</summary>
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

        /// <summary>What was written and not yet taken, as far as it lies together.</summary>
        public ReadOnlyMemory<byte> Take()
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
