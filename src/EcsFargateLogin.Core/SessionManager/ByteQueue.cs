namespace EcsFargateLogin.SessionManager;

/// <summary>Bytes on their way from one writer to one reader, in a buffer that grows up to a limit.</summary>
/// <param name="limit">The number of bytes from which on the writer should wait. It may exceed it by what it adds at once.</param>
internal sealed class ByteQueue(int limit)
{
    private const int SmallestCapacity = 4 * 1024;

    /// <summary>A larger buffer is given up when it is empty.</summary>
    private const int KeptCapacity = 64 * 1024;

    private readonly object _lock = new();
    private readonly Signal _data = new();
    private readonly Signal _room = new();
    private byte[] _ring = [];
    private int _start;
    private int _count;
    private bool _isEnded;
    private Exception? _failure;

    /// <summary>Whether the writer should wait.</summary>
    public bool IsFull
    {
        get
        {
            lock (_lock)
            {
                return _count >= limit && !_isEnded;
            }
        }
    }

    /// <summary>Adds bytes. They are discarded after the end.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            if (_isEnded || bytes.IsEmpty)
            {
                return;
            }

            Reserve(_count + bytes.Length);
            var end = (_start + _count) % _ring.Length;
            var first = Math.Min(bytes.Length, _ring.Length - end);
            bytes[..first].CopyTo(_ring.AsSpan(end));
            bytes[first..].CopyTo(_ring);
            _count += bytes.Length;
        }

        _data.Set();
    }

    /// <summary>Waits until half of the limit is free, or the queue has ended.</summary>
    public async Task WaitForRoomAsync(CancellationToken cancellationToken)
    {
        while (IsAboveHalf)
        {
            await _room.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Reads what there is; waits where there is nothing.</summary>
    /// <returns>The number of bytes; 0 at the end.</returns>
    /// <exception cref="IOException">The queue has ended by a failure, and all bytes before it were read.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_lock)
            {
                if (_count > 0)
                {
                    return Take(target.Span);
                }

                if (_isEnded)
                {
                    return _failure is null ? 0 : throw _failure;
                }
            }

            await _data.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Ends the queue. What is in it can still be read; the first end counts.</summary>
    public void End(IOException? failure = null)
    {
        lock (_lock)
        {
            if (!_isEnded)
            {
                (_isEnded, _failure) = (true, failure);
            }
        }

        _data.Set();
        _room.Set();
    }

    private bool IsAboveHalf
    {
        get
        {
            lock (_lock)
            {
                return _count > limit / 2 && !_isEnded;
            }
        }
    }

    private int Take(Span<byte> target)
    {
        var length = Math.Min(target.Length, _count);
        var first = Math.Min(length, _ring.Length - _start);
        _ring.AsSpan(_start, first).CopyTo(target);
        _ring.AsSpan(0, length - first).CopyTo(target[first..]);
        _start = (_start + length) % _ring.Length;
        _count -= length;
        if (_count <= limit / 2)
        {
            _room.Set();
        }

        if (_count == 0 && _ring.Length > KeptCapacity)
        {
            (_ring, _start) = ([], 0);
        }

        return length;
    }

    private void Reserve(int count)
    {
        if (count <= _ring.Length)
        {
            return;
        }

        var larger = new byte[Math.Max(SmallestCapacity, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count))];
        var first = Math.Min(_count, _ring.Length - _start);
        _ring.AsSpan(_start, first).CopyTo(larger);
        _ring.AsSpan(0, _count - first).CopyTo(larger.AsSpan(first));
        (_ring, _start) = (larger, 0);
    }
}
