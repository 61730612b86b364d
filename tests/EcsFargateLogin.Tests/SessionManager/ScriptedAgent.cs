using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using EcsFargateLogin.SessionManager;

namespace EcsFargateLogin.Tests.SessionManager;

/// <summary>
/// An agent of Session Manager at the other end of a data channel: it numbers, acknowledges and sends again, makes a handshake,
/// and drops what comes before. Its state goes on over connections.
/// </summary>
internal sealed class ScriptedAgent
{
    private const int PayloadSize = 1024;

    private readonly object _lock = new();
    private readonly SortedDictionary<long, byte[]> _unacknowledged = [];
    private readonly Dictionary<long, (PayloadType Type, byte[] Payload)> _early = [];
    private Channel<byte[]> _outgoing = Channel.CreateUnbounded<byte[]>();
    private long _next;
    private long _expected;
    private bool _isBegun;

    /// <summary>The handshake's request; null for a shell without one.</summary>
    public string? Handshake { get; init; } = """
        {"AgentVersion":"3.3.0.0","RequestedClientActions":[{"ActionType":"SessionType","ActionParameters":
        {"SessionType":"Port","Properties":{"portNumber":"22","type":"LocalPortForwarding"}}}]}
        """;

    /// <summary>Whether it acknowledges data; a real one does not before its port is connected.</summary>
    public bool Acknowledges { get; set; } = true;

    /// <summary>Called once the channel is ready, by the handshake or at once.</summary>
    public Action<ScriptedAgent> OnReady { get; init; } = _ => { };

    /// <summary>Receives the data of the client.</summary>
    public Action<PayloadType, byte[]> OnData { get; set; } = (_, _) => { };

    /// <summary>Answers the client's answer in the handshake; by default completes it.</summary>
    public Action<ScriptedAgent, JsonElement> OnHandshake { get; init; } = (agent, _) => agent.Complete();

    public bool IsReady { get; private set; }

    /// <summary>Data that came before the handshake was complete, and was dropped.</summary>
    public int Dropped { get; private set; }

    /// <summary>Numbered messages that came, repeated ones included.</summary>
    public int Received { get; private set; }

    /// <summary>The number of its messages that are not acknowledged.</summary>
    public int UnacknowledgedCount
    {
        get
        {
            lock (_lock)
            {
                return _unacknowledged.Count;
            }
        }
    }

    /// <summary>Flags that came, in order.</summary>
    public ConcurrentQueue<int> Flags { get; } = new();

    /// <summary>Completes the handshake.</summary>
    public void Complete()
    {
        Send(PayloadType.HandshakeComplete, """{"HandshakeTimeToComplete":1,"CustomerMessage":""}"""u8);
        IsReady = true;
        OnReady(this);
    }

    /// <summary>Sends data in messages of 1024 bytes.</summary>
    public void SendData(ReadOnlySpan<byte> data)
    {
        lock (_lock)
        {
            while (data.Length > 0)
            {
                var part = data[..Math.Min(PayloadSize, data.Length)];
                Send(PayloadType.Output, part);
                data = data[part.Length..];
            }
        }
    }

    /// <summary>Sends a numbered message, until it is acknowledged.</summary>
    public void Send(PayloadType type, ReadOnlySpan<byte> payload)
    {
        lock (_lock)
        {
            var frame = Frame(new ChannelMessage(MessageType.OutputStreamData, _next, Guid.NewGuid(), type, payload.ToArray()));
            _unacknowledged[_next++] = frame;
            _outgoing.Writer.TryWrite(frame);
        }
    }

    /// <summary>Sends a message without a number.</summary>
    public void SendControl(MessageType type, string payload = "") => _outgoing.Writer.TryWrite(
        Frame(new ChannelMessage(type, 0, Guid.NewGuid(), PayloadType.None, Encoding.UTF8.GetBytes(payload))));

    /// <summary>Serves one connection, until it is cut.</summary>
    public async Task ServeAsync(IFrameTransport transport)
    {
        using CancellationTokenSource ending = new();
        lock (_lock)
        {
            _outgoing = Channel.CreateUnbounded<byte[]>();
            foreach (var frame in _unacknowledged.Values)
            {
                _outgoing.Writer.TryWrite(frame);
            }

            if (!_isBegun)
            {
                _isBegun = true;
                Begin();
            }
        }

        var sending = SendAllAsync(transport, _outgoing.Reader, ending.Token);
        var resending = ResendAsync(ending.Token);
        try
        {
            while (true)
            {
                Handle((await transport.ReceiveAsync(CancellationToken.None)).Data);
            }
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(sending, resending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public static byte[] Frame(ChannelMessage message)
    {
        var frame = new byte[ChannelMessage.HeaderSize + message.Payload.Length];
        message.Payload.CopyTo(frame.AsMemory(ChannelMessage.HeaderSize));
        ChannelMessage.WriteHeader(
            frame, message with { Payload = frame.AsMemory(ChannelMessage.HeaderSize) }, DateTimeOffset.UtcNow);
        return frame;
    }

    private void Begin()
    {
        if (Handshake is null)
        {
            IsReady = true;
            OnReady(this);
        }
        else
        {
            Send(PayloadType.HandshakeRequest, Encoding.UTF8.GetBytes(Handshake));
        }
    }

    private static async Task SendAllAsync(IFrameTransport transport, ChannelReader<byte[]> frames, CancellationToken cancellationToken)
    {
        await foreach (var frame in frames.ReadAllAsync(cancellationToken))
        {
            await transport.SendAsync(frame, isText: false, cancellationToken);
        }
    }

    private async Task ResendAsync(CancellationToken cancellationToken)
    {
        long last = -1;
        while (true)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
            lock (_lock)
            {
                var oldest = _unacknowledged.FirstOrDefault();
                if (oldest.Value is not null && oldest.Key == last)
                {
                    _outgoing.Writer.TryWrite(oldest.Value);
                }

                last = oldest.Value is null ? -1 : oldest.Key;
            }
        }
    }

    private void Handle(ReadOnlyMemory<byte> frame)
    {
        if (!ChannelMessage.TryRead(frame, out var message))
        {
            return;
        }

        lock (_lock)
        {
            if (message.Type == MessageType.Acknowledge && Acknowledgement.TryReadNumber(message.Payload.Span, out var number))
            {
                _unacknowledged.Remove(number);
            }
            else if (message.Type == MessageType.InputStreamData)
            {
                Received++;
                if (Acknowledges)
                {
                    Take(message);
                }
            }
        }
    }

    private void Take(ChannelMessage message)
    {
        var acknowledgement = new byte[Acknowledgement.LargestSize];
        var length = new Acknowledgement(message.Type, message.Id, message.Number).Write(acknowledgement, DateTimeOffset.UtcNow);
        _outgoing.Writer.TryWrite(acknowledgement[..length]);
        if (message.Number >= _expected)
        {
            _early[message.Number] = (message.PayloadType, message.Payload.ToArray());
        }

        while (_early.Remove(_expected, out var next))
        {
            _expected++;
            Deliver(next.Type, next.Payload);
        }
    }

    private void Deliver(PayloadType type, byte[] payload)
    {
        if (type == PayloadType.HandshakeResponse)
        {
            OnHandshake(this, JsonDocument.Parse(payload).RootElement);
        }
        else if (type == PayloadType.Flag)
        {
            Flags.Enqueue(payload[3]);
        }
        else if (type == PayloadType.ChallengeResponse || IsReady)
        {
            OnData(type, payload);
        }
        else
        {
            Dropped++;
        }
    }
}
