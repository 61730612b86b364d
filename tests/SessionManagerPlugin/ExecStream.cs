using System.Net.WebSockets;
using System.Text;

namespace SessionManagerPlugin;

/// <summary>A stream of LocalFargate: see its ExecEndpoint.</summary>
internal sealed class ExecStream(ExecSession session)
{
    /// <summary>Joins it to the terminal, until the program at the other end has ended.</summary>
    internal async Task JoinAsync(LocalTerminal terminal)
    {
        using var socket = new ClientWebSocket();
        socket.Options.Proxy = null;
        await socket.ConnectAsync(new Uri(session.StreamUrl), CancellationToken.None);
        await socket.SendAsync(
            Encoding.UTF8.GetBytes(session.TokenValue), WebSocketMessageType.Text, true, CancellationToken.None);
        using var sending = new SemaphoreSlim(1);
        terminal.Pass(async input =>
        {
            await sending.WaitAsync();
            try
            {
                await socket.SendAsync(input, WebSocketMessageType.Binary, true, CancellationToken.None);
            }
            catch (WebSocketException)
            {
                // The other end has gone, as is seen below.
            }
            finally
            {
                sending.Release();
            }
        });
        await using var screen = Console.OpenStandardOutput();
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None)
                is { MessageType: WebSocketMessageType.Binary, Count: var count })
            {
                await screen.WriteAsync(buffer.AsMemory(0, count));
                await screen.FlushAsync();
            }
        }
        catch (WebSocketException)
        {
            // The task has ended.
        }
    }
}
