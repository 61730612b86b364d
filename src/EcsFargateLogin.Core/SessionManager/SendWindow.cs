using System.Diagnostics;

namespace EcsFargateLogin.SessionManager;

/// <summary>
/// How fast a channel sends. The protocol has no flow control but the sleep of 1 ms after each message in AWS's own programs, and
/// the message gateway was reported to throttle. So the window begins small and grows while acknowledgements arrive in time.
/// </summary>
internal sealed record ChannelPace
{
    /// <summary>The largest payload of a message, in bytes. AWS's own programs send 1024.</summary>
    public int PayloadSize { get; init; } = 1024;

    /// <summary>The number of unacknowledged messages at first.</summary>
    public int FirstWindow { get; init; } = 64;

    /// <summary>The largest number of unacknowledged messages.</summary>
    public int LargestWindow { get; init; } = 512;

    /// <summary>Upper bound for messages per second; null for none. AWS's plugin sends fewer than 1000.</summary>
    public int? MessagesPerSecond { get; init; }
}

/// <summary>
/// The numbered messages that the other side has not acknowledged, in a ring of reused buffers. Messages are added, sent
/// in order, sent again when their acknowledgement is late, and all of them after a new connection.
/// </summary>
internal sealed class SendWindow
{
    /// <summary>Room beyond the window for messages that cannot wait: answers in a handshake, and the end.</summary>
    private const int Reserve = 16;

    /// <summary>The smallest window after timeouts.</summary>
    private const int SmallestWindow = 16;

    private readonly object _lock = new();
    private readonly ChannelPace _pace;
    private readonly TimeProvider _clock;
    private readonly Slot[] _ring;
    private readonly RoundTripTime _roundTrip = new();
    private long _oldest;
    private long _next;
    private long _toSend;
    private double _limit;
    private double _threshold;
    private bool _isPaused;
    private bool _isResendDue;

    public SendWindow(ChannelPace pace, TimeProvider clock)
    {
        (_pace, _clock, _limit, _threshold) = (pace, clock, pace.FirstWindow, pace.LargestWindow);
        _ring = new Slot[pace.LargestWindow + Reserve];
    }

    /// <summary>The number of messages that are not acknowledged.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return (int)(_next - _oldest);
            }
        }
    }

    /// <summary>Upper bound for the size of a message, in bytes.</summary>
    public int LargestFrame => ChannelMessage.HeaderSize + Math.Max(_pace.PayloadSize, ChannelHandshake.LargestAnswer);

    /// <summary>The time since the oldest unacknowledged message was first sent; zero when there is none.</summary>
    public TimeSpan Waiting
    {
        get
        {
            lock (_lock)
            {
                return _oldest < _toSend ? _clock.GetElapsedTime(Oldest.FirstSentAt) : TimeSpan.Zero;
            }
        }
    }

    private ref Slot Oldest => ref SlotOf(_oldest);

    /// <summary>Adds a message with the next number.</summary>
    /// <param name="type">What the payload is.</param>
    /// <param name="head">The first part of the payload.</param>
    /// <param name="body">The second part of the payload.</param>
    /// <param name="isUrgent">Whether it may exceed the window.</param>
    /// <returns>False when the window is full.</returns>
    public bool TryAdd(PayloadType type, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, bool isUrgent = false)
    {
        lock (_lock)
        {
            if (_next - _oldest >= (isUrgent ? _ring.Length : _isPaused ? 1 : (int)_limit))
            {
                return false;
            }

            ref var slot = ref SlotOf(_next);
            var length = head.Length + body.Length;
            if (slot.Buffer is null || slot.Buffer.Length < ChannelMessage.HeaderSize + length)
            {
                slot.Buffer = new byte[ChannelMessage.HeaderSize + Math.Max(length, _pace.PayloadSize)];
            }

            var payload = slot.Buffer.AsMemory(ChannelMessage.HeaderSize, length);
            head.CopyTo(payload.Span);
            body.CopyTo(payload.Span[head.Length..]);
            ChannelMessage header = new(MessageType.InputStreamData, _next, Guid.NewGuid(), type, payload);
            slot.Length = ChannelMessage.WriteHeader(slot.Buffer, header, _clock.GetUtcNow());
            (slot.IsAcknowledged, slot.IsResent, slot.FirstSentAt) = (false, false, 0);
            _next++;
            return true;
        }
    }

    /// <summary>Copies the next message to send: a late one again, or the first that was not sent yet.</summary>
    /// <returns>Its length; 0 when there is nothing to send.</returns>
    public int Take(Span<byte> target)
    {
        lock (_lock)
        {
            if (_isResendDue && _oldest < _toSend)
            {
                _isResendDue = false;
                Oldest.IsResent = true;
                return Copy(ref Oldest, target);
            }

            while (_toSend < _next)
            {
                ref var slot = ref SlotOf(_toSend++);
                // After a new connection messages in the middle may be acknowledged already.
                if (!slot.IsAcknowledged)
                {
                    slot.IsResent = slot.FirstSentAt != 0;
                    return Copy(ref slot, target);
                }
            }

            return 0;
        }
    }

    /// <summary>Counts an acknowledgement. Numbers that were never sent, or are acknowledged already, do nothing.</summary>
    public void Acknowledge(long number)
    {
        lock (_lock)
        {
            if (number < _oldest || number >= _next || SlotOf(number).FirstSentAt == 0 || SlotOf(number).IsAcknowledged)
            {
                return;
            }

            ref var slot = ref SlotOf(number);
            slot.IsAcknowledged = true;
            _isPaused = false;
            if (!slot.IsResent)
            {
                _roundTrip.Add(_clock.GetElapsedTime(slot.SentAt));
                _limit = Math.Min(_pace.LargestWindow, _limit + (_limit < _threshold ? 1 : 1 / _limit));
            }

            while (_oldest < _next && Oldest.IsAcknowledged)
            {
                _oldest++;
            }

            _toSend = Math.Max(_toSend, _oldest);
            // What comes after a lost message was probably lost with it: its own turn need not wait for the timer.
            _isResendDue |= slot.IsResent && IsOldestLate;
        }
    }

    /// <summary>Finds a late acknowledgement; to be called every 100 ms.</summary>
    /// <returns>Whether a message is to be sent again.</returns>
    public bool FindLate()
    {
        lock (_lock)
        {
            if (!IsOldestLate)
            {
                return false;
            }

            if (!Oldest.IsResent)
            {
                _threshold = _limit = Math.Max(Math.Min(SmallestWindow, _pace.FirstWindow), _limit / 2);
            }

            return _isResendDue = true;
        }
    }

    /// <summary>Sends all that is not acknowledged again, over a new connection.</summary>
    public void Rewind()
    {
        lock (_lock)
        {
            (_toSend, _isPaused, _isResendDue) = (_oldest, false, false);
        }
    }

    /// <summary>
    /// Pauses: only one message is sent, and again until it is acknowledged, which shows that the other side listens.
    /// </summary>
    public void Pause(bool isPaused)
    {
        lock (_lock)
        {
            _isPaused = isPaused;
        }
    }

    private bool IsOldestLate => _oldest < _toSend && !Oldest.IsAcknowledged
        && _clock.GetElapsedTime(Oldest.SentAt) > _roundTrip.Timeout;

    private ref Slot SlotOf(long number) => ref _ring[number % _ring.Length];

    private int Copy(ref Slot slot, Span<byte> target)
    {
        slot.SentAt = Math.Max(1, _clock.GetTimestamp());
        slot.FirstSentAt = slot.FirstSentAt == 0 ? slot.SentAt : slot.FirstSentAt;
        slot.Buffer.AsSpan(0, slot.Length).CopyTo(target);
        return slot.Length;
    }

    /// <summary>A message of the window. Times are of the clock; 0 before the message was sent.</summary>
    private struct Slot
    {
        public byte[] Buffer;
        public int Length;
        public long FirstSentAt;
        public long SentAt;
        public bool IsResent;
        public bool IsAcknowledged;
    }
}

/// <summary>The time until a message counts as lost, as AWS's own programs compute it.</summary>
internal sealed class RoundTripTime
{
    private static readonly TimeSpan Granularity = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromSeconds(1);

    private TimeSpan _mean = TimeSpan.FromMilliseconds(100);
    private TimeSpan _variation = TimeSpan.Zero;

    /// <summary>The time after which a message is sent again.</summary>
    public TimeSpan Timeout { get; private set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Counts a message that was acknowledged after the first sending.</summary>
    public void Add(TimeSpan time)
    {
        Debug.Assert(time >= TimeSpan.Zero, "The clock must not go back.");
        _variation = (_variation * 0.75) + ((_mean - time).Duration() * 0.25);
        _mean = (_mean * 0.875) + (time * 0.125);
        var margin = _variation * 4 > Granularity ? _variation * 4 : Granularity;
        Timeout = _mean + margin < LongestTimeout ? _mean + margin : LongestTimeout;
    }
}
