using System.Net.WebSockets;
using System.Threading.Channels;
using LocalFargate.Faults;

namespace LocalFargate.SessionManager;

/// <summary>The WebSocket of a session's client.</summary>
internal sealed class ClientConnection(WebSocket socket, FaultSet faults, Action abort)
{
    internal const string Bye = "Bye";
    private const int MaxMessage = 128 * 1024;

    private readonly Channel<Func<CancellationToken, Task>> _outbox = Channel.CreateUnbounded<Func<CancellationToken, Task>>();

    internal void Send(ChannelMessage message) => _outbox.Writer.TryWrite(async cancellationToken =>
    {
        await SlowDownAsync(cancellationToken);
        await socket.SendAsync(message.Write(), WebSocketMessageType.Binary, true, cancellationToken);
    });

    /// <summary>Closes it with code 1000, after what was sent before.</summary>
    internal void Close(string reason) => Close(WebSocketCloseStatus.NormalClosure, reason);

    internal void Close(WebSocketCloseStatus code, string reason)
    {
        _outbox.Writer.TryWrite(cancellationToken => socket.CloseOutputAsync(code, reason, cancellationToken));
        _outbox.Writer.TryComplete();
    }

    /// <summary>Cuts it: the client sees a connection that is gone.</summary>
    internal void Abort() => abort();

    /// <summary>Sends what is to be sent, until it is closed.</summary>
    internal async Task SendAllAsync(CancellationToken cancellationToken)
    {
        await foreach (var send in _outbox.Reader.ReadAllAsync(cancellationToken))
        {
            await send(cancellationToken);
        }
    }

    /// <summary>Reads a message; null when the client has closed.</summary>
    internal async Task<(WebSocketMessageType Type, byte[] Data)?> ReadAsync(CancellationToken cancellationToken)
    {
        await SlowDownAsync(cancellationToken);
        using var message = new MemoryStream();
        var buffer = new byte[8192];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            message.Write(buffer, 0, part.Count);
            if (message.Length > MaxMessage)
            {
                throw new FormatException($"The message is longer than {MaxMessage} bytes.");
            }

            if (part.EndOfMessage)
            {
                return (part.MessageType, message.ToArray());
            }
        }
    }

    private Task SlowDownAsync(CancellationToken cancellationToken) =>
        faults.Use<ChannelSlow>() is { } slow ? Task.Delay(slow.Interval, cancellationToken) : Task.CompletedTask;
}
