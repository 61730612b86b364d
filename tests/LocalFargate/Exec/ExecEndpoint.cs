using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using LocalFargate.Containers;

namespace LocalFargate.Exec;

/// <summary>
/// The streams themselves, over WebSocket. The client sends the session's token as text, and then input as binary
/// messages, an empty one for its end; the server sends the terminal's output as binary messages and closes with it.
/// Systems Manager has a protocol of its own here, which nothing but session-manager-plugin speaks.
/// </summary>
internal sealed class ExecEndpoint(ExecSessions sessions, CancellationToken stopping)
{
    private static readonly byte[] _endOfInput = [0x04];
    private static readonly TimeSpan _endInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan _endLimit = TimeSpan.FromSeconds(10);

    internal void Map(IEndpointRouteBuilder routes) => routes.Map($"{ExecSessions.Path}{{id}}", HandleAsync);

    private async Task HandleAsync(HttpContext http)
    {
        if (!http.WebSockets.IsWebSocketRequest || sessions.Take((string)http.Request.RouteValues["id"]!) is not { } session)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            stopping, http.RequestAborted, session.Task.StopWanted);
        try
        {
            var token = await ReadAsync(socket, ending.Token);
            if (token is null || Encoding.UTF8.GetString(token) != session.Token)
            {
                await socket.CloseAsync(WebSocketCloseStatus.PolicyViolation, "The token is wrong.", ending.Token);
                return;
            }

            await RunAsync(session, socket, ending);
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException or IOException)
        {
            // The client has hung up, or the task is stopping.
        }
    }

    private static async Task RunAsync(ExecSession session, WebSocket socket, CancellationTokenSource ending)
    {
        var start = ContainerShell.StartInfo(session.Task, session.ContainerName, session.Command);
        using var process = await ChildProcesses.StartAsync(start);
        try
        {
            var input = CopyInputAsync(socket, process, ending);
            await CopyOutputAsync(process.StandardOutput.BaseStream, socket, ending.Token);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ending.Token);
            await input.WaitAsync(_endLimit, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }

            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(_endLimit);
        }
    }

    /// <summary>Hands input on, until its end or that of the connection, which ends the program.</summary>
    private static async Task CopyInputAsync(WebSocket socket, Process process, CancellationTokenSource ending)
    {
        var terminal = process.StandardInput.BaseStream;
        try
        {
            while (await ReadAsync(socket, ending.Token) is { } input)
            {
                if (input.Length == 0)
                {
                    await EndInputAsync(terminal, ending.Token);
                }

                await terminal.WriteAsync(input, ending.Token);
                await terminal.FlushAsync(ending.Token);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or OperationCanceledException)
        {
            // What ends below.
        }

        await ending.CancelAsync();
    }

    /// <summary>
    /// Types Ctrl+D until the program has ended: a shell that is just getting its terminal ready may not see the first.
    /// </summary>
    private static async Task EndInputAsync(Stream terminal, CancellationToken cancellationToken)
    {
        while (true)
        {
            await terminal.WriteAsync(_endOfInput, cancellationToken);
            await terminal.FlushAsync(cancellationToken);
            await Task.Delay(_endInterval, cancellationToken);
        }
    }

    private static async Task CopyOutputAsync(Stream terminal, WebSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        int count;
        while ((count = await terminal.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await socket.SendAsync(buffer.AsMemory(0, count), WebSocketMessageType.Binary, true, cancellationToken);
        }
    }

    /// <summary>Reads a message; null when the client has closed.</summary>
    private static async Task<byte[]?> ReadAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        using var message = new MemoryStream();
        var buffer = new byte[4096];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return message.ToArray();
            }
        }
    }
}
