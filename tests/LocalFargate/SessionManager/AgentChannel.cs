using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LocalFargate.Protocol;

namespace LocalFargate.SessionManager;

/// <summary>
/// The agent's end of a data channel: numbers what it sends and sends it again until it is acknowledged; puts what it gets in
/// order and acknowledges it.
/// </summary>
/// <param name="interval">The time from one message with output to the next.</param>
/// <param name="publish">Hands a message to the gateway.</param>
internal sealed class AgentChannel(TimeSpan interval, Action<ChannelMessage> publish) : IDisposable
{
    private const int MaxPayload = 1024;
    private const int MaxKept = 100_000;

    private static readonly TimeSpan _resendInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _readyInterval = TimeSpan.FromMilliseconds(10);

    private readonly Lock _lock = new();
    private readonly LinkedList<SentMessage> _unacknowledged = [];
    private readonly Dictionary<long, ChannelMessage> _early = [];
    private readonly SemaphoreSlim _sending = new(1);
    private readonly Pace _pace = new(interval);
    private readonly RoundTrips _roundTrips = new();
    private long _nextSequence;
    private long _expected;

    internal static byte[] Json(JsonNode document) => Encoding.UTF8.GetBytes(document.ToJsonString(AwsJson.Options));

    /// <summary>The sequence number that an acknowledgement is for; -1 for one that cannot be read.</summary>
    internal static long AcknowledgedSequence(ChannelMessage message)
    {
        try
        {
            return (long?)JsonNode.Parse(message.Payload.Span)?["AcknowledgedMessageSequenceNumber"] ?? -1;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return -1;
        }
    }

    /// <summary>Sends stream data, at the agent's pace and in messages of the agent's size. Nothing comes between its parts.</summary>
    internal async Task SendAsync(PayloadType type, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            for (var offset = 0; offset < payload.Length; offset += MaxPayload)
            {
                Publish(type, payload.Slice(offset, Math.Min(MaxPayload, payload.Length - offset)));
                await _pace.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Takes stream data of the client.</summary>
    /// <param name="message">The message.</param>
    /// <param name="handle">Handles a message; false when it cannot yet: the message is then not acknowledged.</param>
    /// <param name="cancellationToken">Ends the wait for a handler that was ready before.</param>
    internal async Task ReceiveAsync(
        ChannelMessage message, Func<ChannelMessage, Task<bool>> handle, CancellationToken cancellationToken)
    {
        if (message.Sequence != _expected)
        {
            if (message.Sequence < _expected || _early.ContainsKey(message.Sequence) || _early.Count < MaxKept)
            {
                Acknowledge(message);
                if (message.Sequence > _expected)
                {
                    _early[message.Sequence] = message;
                }
            }

            return;
        }

        if (!await handle(message))
        {
            return;
        }

        Acknowledge(message);
        _expected++;
        while (_early.Remove(_expected, out var kept))
        {
            while (!await handle(kept))
            {
                await Task.Delay(_readyInterval, cancellationToken);
            }

            _expected++;
        }
    }

    internal void TakeAcknowledgement(ChannelMessage message)
    {
        var sequence = AcknowledgedSequence(message);
        lock (_lock)
        {
            for (var node = _unacknowledged.First; node is not null && node.Value.Message.Sequence <= sequence; node = node.Next)
            {
                if (node.Value.Message.Sequence == sequence)
                {
                    _roundTrips.Add(Stopwatch.GetElapsedTime(node.Value.SentAt));
                    _unacknowledged.Remove(node);
                    return;
                }
            }
        }
    }

    /// <summary>Sends the oldest message again that has not been acknowledged in time, until it is cancelled.</summary>
    internal async Task ResendAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(_resendInterval, cancellationToken);
            ChannelMessage? late = null;
            lock (_lock)
            {
                if (_unacknowledged.First is { } oldest && Stopwatch.GetElapsedTime(oldest.Value.SentAt) > _roundTrips.Timeout)
                {
                    oldest.Value = oldest.Value with { SentAt = Stopwatch.GetTimestamp() };
                    late = oldest.Value.Message;
                }
            }

            if (late is not null)
            {
                publish(late);
            }
        }
    }

    /// <summary>Waits until all that was sent has been acknowledged.</summary>
    internal async Task DrainAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_lock)
            {
                if (_unacknowledged.Count == 0)
                {
                    return;
                }
            }

            await Task.Delay(_readyInterval, cancellationToken);
        }
    }

    public void Dispose() => _sending.Dispose();

    private void Publish(PayloadType type, ReadOnlyMemory<byte> payload)
    {
        ChannelMessage message;
        lock (_lock)
        {
            message = new ChannelMessage
            {
                Type = MessageTypes.Output,
                Sequence = _nextSequence,
                Flags = _nextSequence == 0 ? 1u : 0,
                PayloadType = type,
                Payload = payload.ToArray(),
            };
            _nextSequence++;
            if (_unacknowledged.Count < MaxKept)
            {
                _unacknowledged.AddLast(new SentMessage(message, Stopwatch.GetTimestamp()));
            }
        }

        publish(message);
    }

    private void Acknowledge(ChannelMessage message) => publish(new ChannelMessage
    {
        Type = MessageTypes.Acknowledge,
        Flags = 3,
        Payload = Json(new JsonObject
        {
            ["AcknowledgedMessageType"] = message.Type,
            ["AcknowledgedMessageId"] = message.Id.ToString(),
            ["AcknowledgedMessageSequenceNumber"] = message.Sequence,
            ["IsSequentialMessage"] = true,
        }),
    });

    private sealed record SentMessage(ChannelMessage Message, long SentAt);
}
