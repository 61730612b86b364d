using System.Security.Cryptography;
using System.Text.Json;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.SessionManager;

/// <content>One connection: what is sent and received over it.</content>
internal sealed partial class DataChannel
{
    private const int MostOutput = 4096;

    /// <summary>The number of acknowledgements that are sent again over a new connection.</summary>
    private const int MostRecent = 512;

    private readonly ReceiveOrder _order = new();
    private readonly Queue<Acknowledgement> _recent = new();
    private long _heardAt;
    private volatile bool _isDelivering;

    /// <summary>Whether AWS has ended the session, so that there is nothing to terminate.</summary>
    private volatile bool _isOver;

    /// <summary>Sends and receives over a connection, and closes it.</summary>
    /// <returns>What has cut the connection; null when the channel has ended.</returns>
    private async Task<Exception?> ServeAsync(IFrameTransport transport)
    {
        await using var closed = transport;
        using var connection = CancellationTokenSource.CreateLinkedTokenSource(_life.Token);
        Exception? cause = null;
        void Cut(Exception why)
        {
            Interlocked.CompareExchange(ref cause, why, null);
            try
            {
                connection.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has ended at the same moment.
            }
        }

        ConnectionCount++;
        Volatile.Write(ref _heardAt, _options.Clock.GetTimestamp());
        _window.Rewind();
        // What acknowledgements that were cut off on their way are for would come again one by one, at the agent's pace of 10 a second.
        Queue<Acknowledgement> again = new(_recent);
        _cut = Cut;
        await Task.WhenAll(
            GuardAsync(() => SendAllAsync(transport, again, connection.Token), Cut),
            GuardAsync(() => ReceiveAllAsync(transport, connection.Token), Cut));
        _cut = null;
        return cause switch
        {
            _ when _ended.Task.IsCompleted => null,
            FargateException => throw cause,
            _ => cause,
        };
    }

    /// <summary>
    /// Runs one direction of a connection; whatever ends it ends the other one as well. Neither waits for the other to pause: a
    /// connection over which nothing was received counts as one that does not work.
    /// </summary>
    private static async Task GuardAsync(Func<Task> direction, Action<Exception> cut)
    {
        try
        {
            await Task.Run(direction);
        }
        catch (Exception e)
        {
            cut(e);
        }
    }

    /// <summary>Sends new acknowledgements, then messages, then those acknowledgements again that the agent may not have.</summary>
    private async Task SendAllAsync(
        IFrameTransport transport, Queue<Acknowledgement> again, CancellationToken cancellationToken)
    {
        var frame = new byte[Math.Max(_window.LargestFrame, Acknowledgement.LargestSize)];
        while (true)
        {
            var isAcknowledgement = _acknowledgements.Reader.TryRead(out var acknowledgement);
            var length = isAcknowledgement ? 0 : _window.Take(frame);
            if (length > 0)
            {
                if (_bucket is not null)
                {
                    await _bucket.TakeAsync(cancellationToken);
                }
            }
            else if (isAcknowledgement || again.TryDequeue(out acknowledgement))
            {
                length = acknowledgement.Write(frame, _options.Clock.GetUtcNow());
            }
            else
            {
                await _work.WaitAsync(cancellationToken);
                continue;
            }

            await transport.SendAsync(frame.AsMemory(0, length), isText: false, cancellationToken);
        }
    }

    private async Task ReceiveAllAsync(IFrameTransport transport, CancellationToken cancellationToken)
    {
        while (!_ended.Task.IsCompleted)
        {
            var frame = await transport.ReceiveAsync(cancellationToken);
            Volatile.Write(ref _heardAt, _options.Clock.GetTimestamp());
            _connector.Confirm();
            // What is damaged is not acknowledged, and comes again.
            if (ChannelMessage.TryRead(frame.Data, out var message))
            {
                await HandleAsync(message);
            }
        }
    }

    private ValueTask HandleAsync(in ChannelMessage message)
    {
        switch (message.Type)
        {
            case MessageType.OutputStreamData:
                return HandleDataAsync(message);
            case MessageType.Acknowledge when Acknowledgement.TryReadNumber(message.Payload.Span, out var number):
                _window.Acknowledge(number);
                _room.Set();
                _work.Set();
                break;
            case MessageType.PausePublication:
                _window.Pause(isPaused: true);
                break;
            case MessageType.StartPublication:
                _window.Pause(isPaused: false);
                _room.Set();
                break;
            case MessageType.ChannelClosed:
                _isOver = true;
                End(EndOf(message.Payload.Span));
                break;
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Handles numbered data in its turn, and acknowledges it.</summary>
    private async ValueTask HandleDataAsync(ChannelMessage message)
    {
        if (message.Number != _order.Expected)
        {
            if (_order.Keep(message))
            {
                Acknowledge(message);
            }

            return;
        }

        _isDelivering = true;
        try
        {
            await DeliverAsync(message.PayloadType, message.Payload);
            _order.Advance();
            Acknowledge(message);
            while (_order.TryTake(out var type, out var payload))
            {
                await DeliverAsync(type, payload);
                _order.Advance();
            }
        }
        finally
        {
            Volatile.Write(ref _heardAt, _options.Clock.GetTimestamp());
            _isDelivering = false;
        }
    }

    private void Acknowledge(in ChannelMessage message)
    {
        Acknowledgement acknowledgement = new(message.Type, message.Id, message.Number);
        _acknowledgements.Writer.TryWrite(acknowledgement);
        if (_recent.Count == MostRecent)
        {
            _recent.Dequeue();
        }

        _recent.Enqueue(acknowledgement);
        _work.Set();
    }

    private async ValueTask DeliverAsync(PayloadType type, ReadOnlyMemory<byte> payload)
    {
        switch (type)
        {
            case PayloadType.HandshakeRequest:
                TrySend(PayloadType.HandshakeResponse, await _handshake.AnswerAsync(payload, _life.Token));
                break;
            case PayloadType.ChallengeRequest:
                TrySend(PayloadType.ChallengeResponse, _handshake.AnswerChallenge(payload));
                break;
            case PayloadType.HandshakeComplete when _handshake.Failure is { } failure:
                throw failure;
            case PayloadType.HandshakeComplete:
                _ready.TrySetResult();
                break;
            default:
                if (_purpose.Kind == ChannelKind.Shell && type == PayloadType.Output)
                {
                    _ready.TrySetResult();
                }

                await _receiver.ReceiveAsync(type, Decrypt(type, payload), _life.Token);
                break;
        }
    }

    private ReadOnlyMemory<byte> Decrypt(PayloadType type, ReadOnlyMemory<byte> payload)
    {
        if (_handshake.Cipher is not { } cipher
            || type is not (PayloadType.Output or PayloadType.StandardError or PayloadType.ExitCode))
        {
            return payload;
        }

        try
        {
            return cipher.Decrypt(payload.Span);
        }
        catch (CryptographicException)
        {
            throw ChannelErrors.Unexpected(_sessionId, "data that its key does not decrypt");
        }
    }

    /// <summary>Reads the end of the session: what it says comes from outside.</summary>
    private static ChannelEnd EndOf(ReadOnlySpan<byte> payload)
    {
        var output = "";
        try
        {
            Utf8JsonReader reader = new(payload);
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueTextEquals("Output"))
                {
                    output = reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() ?? "" : "";
                    break;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // It ends the session all the same.
        }

        output = TerminalText.Clean(output).Trim();
        return new ChannelEnd(output.Length <= MostOutput ? output : output[..MostOutput], null);
    }
}
