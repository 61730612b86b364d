namespace EcsFargateLogin.SessionManager;

/// <summary>Brings the numbered messages of the other side into order.</summary>
internal sealed class ReceiveOrder
{
    private const int MostEarly = 10_000;
    private const int MostEarlyBytes = 16 * 1024 * 1024;

    private readonly Dictionary<long, (PayloadType Type, byte[] Payload)> _early = [];
    private int _earlyBytes;

    /// <summary>The number of the message that is to be handled next.</summary>
    public long Expected { get; private set; }

    /// <summary>Keeps a message that came before its turn.</summary>
    /// <returns>Whether it is kept, or was handled already, and so is to be acknowledged.</returns>
    public bool Keep(in ChannelMessage message)
    {
        if (message.Number < Expected || _early.ContainsKey(message.Number))
        {
            return true;
        }

        if (_early.Count >= MostEarly || _earlyBytes + message.Payload.Length > MostEarlyBytes)
        {
            return false;
        }

        _early.Add(message.Number, (message.PayloadType, message.Payload.ToArray()));
        _earlyBytes += message.Payload.Length;
        return true;
    }

    /// <summary>Counts the expected message as handled.</summary>
    public void Advance() => Expected++;

    /// <summary>Takes the expected message, if it came early.</summary>
    public bool TryTake(out PayloadType type, out byte[] payload)
    {
        var isThere = _early.Remove(Expected, out var kept);
        (type, payload) = (kept.Type, kept.Payload ?? []);
        _earlyBytes -= payload.Length;
        return isThere;
    }
}
