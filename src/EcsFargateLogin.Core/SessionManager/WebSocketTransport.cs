using System.Net;
using System.Net.WebSockets;

namespace EcsFargateLogin.SessionManager;

/// <summary>Opens a connection to a WebSocket.</summary>
/// <param name="url">The URL.</param>
/// <param name="headers">Headers that the request gets in addition.</param>
/// <param name="cancellationToken">Cancels it.</param>
/// <exception cref="UpgradeRefusedException">The server answered with something else.</exception>
/// <exception cref="IOException">The server could not be reached.</exception>
internal delegate Task<IFrameTransport> ConnectTransport(
    Uri url, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken);

/// <summary>
/// A connection that carries frames. One frame is sent and one is received at a time. Disposing closes it, within a time limit.
/// </summary>
internal interface IFrameTransport : IAsyncDisposable
{
    /// <summary>Sends a frame.</summary>
    /// <exception cref="IOException">The connection is cut.</exception>
    ValueTask SendAsync(ReadOnlyMemory<byte> frame, bool isText, CancellationToken cancellationToken);

    /// <summary>Receives a whole frame, valid until the next call.</summary>
    /// <exception cref="TransportClosedException">The other side has closed the connection.</exception>
    /// <exception cref="IOException">The connection is cut.</exception>
    ValueTask<ReceivedFrame> ReceiveAsync(CancellationToken cancellationToken);
}

/// <summary>A frame of a WebSocket.</summary>
/// <param name="Data">Its content.</param>
/// <param name="IsText">Whether it is text.</param>
internal readonly record struct ReceivedFrame(ReadOnlyMemory<byte> Data, bool IsText);

/// <summary>The other side has closed a WebSocket.</summary>
/// <param name="status">The status of the close frame; null for none.</param>
/// <param name="reason">The reason of the close frame; empty for none.</param>
internal sealed class TransportClosedException(int? status, string reason)
    : IOException($"the connection was closed ({status?.ToString() ?? "no status"}{(reason.Length > 0 ? $": {reason}" : "")})")
{
    /// <summary>The status of a close frame that tells of no fault.</summary>
    public const int Normal = (int)WebSocketCloseStatus.NormalClosure;

    public int? Status => status;

    public string Reason => reason;
}

/// <summary>
/// A connection over <see cref="ClientWebSocket"/>, through the proxy of the environment, where there is one.
/// </summary>
internal sealed class WebSocketTransport : IFrameTransport
{
    /// <summary>Upper bound for the size of a frame that a server may send, in bytes.</summary>
    public const int LargestFrame = 1024 * 1024;

    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(1);

    /// <summary>Load balancers and VPC endpoints drop connections that are silent for longer.</summary>
    private static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(30);

    private readonly ClientWebSocket _socket = new();
    private byte[] _buffer = new byte[16 * 1024];

    private WebSocketTransport()
    {
    }

    /// <inheritdoc cref="ConnectTransport"/>
    public static async Task<IFrameTransport> ConnectAsync(
        Uri url, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
    {
        WebSocketTransport transport = new();
        try
        {
            await transport.OpenAsync(url, headers, cancellationToken);
            return transport;
        }
        catch
        {
            transport._socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> frame, bool isText, CancellationToken cancellationToken)
    {
        var type = isText ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
        try
        {
            await _socket.SendAsync(frame, type, WebSocketMessageFlags.EndOfMessage, cancellationToken);
        }
        catch (Exception e) when (IsCut(e, cancellationToken))
        {
            throw new IOException(WordsOf(e), e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ReceivedFrame> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            for (var length = 0; ;)
            {
                var part = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
                length += part.Count;
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    throw new TransportClosedException((int?)_socket.CloseStatus, _socket.CloseStatusDescription ?? "");
                }

                if (part.EndOfMessage)
                {
                    return new ReceivedFrame(_buffer.AsMemory(0, length), part.MessageType == WebSocketMessageType.Text);
                }

                Grow(length);
            }
        }
        catch (Exception e) when (IsCut(e, cancellationToken))
        {
            throw new IOException(WordsOf(e), e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource limit = new(CloseLimit);
        try
        {
            if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException
            or InvalidOperationException or IOException)
        {
            // It is cut already.
        }

        _socket.Dispose();
    }

    private async Task OpenAsync(Uri url, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
    {
        _socket.Options.KeepAliveInterval = KeepAliveInterval;
        foreach (var (name, value) in headers)
        {
            _socket.Options.SetRequestHeader(name, value);
        }

        using UpgradeHandler handler = new();
        using HttpMessageInvoker invoker = new(handler);
        try
        {
            await _socket.ConnectAsync(url, invoker, cancellationToken);
        }
        catch (Exception e) when (e is WebSocketException or HttpRequestException)
        {
            throw handler.Refusal ?? (Exception)new IOException(WordsOf(e), e);
        }
    }

    private void Grow(int length)
    {
        if (length < _buffer.Length)
        {
            return;
        }

        if (length >= LargestFrame)
        {
            throw new IOException($"the server sent a frame of more than {LargestFrame} bytes");
        }

        Array.Resize(ref _buffer, Math.Min(LargestFrame, 2 * length));
    }

    private static bool IsCut(Exception e, CancellationToken cancellationToken) =>
        e is WebSocketException or ObjectDisposedException or InvalidOperationException
        || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    /// <summary>The innermost words: those around them speak of an inner exception.</summary>
    private static string WordsOf(Exception e) => (e.InnerException ?? e).GetBaseException().Message.TrimEnd('.');

    /// <summary>Reads the answer of a server that refuses the upgrade, which <see cref="ClientWebSocket"/> does not show.</summary>
    private sealed class UpgradeHandler() : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        private const int LargestBody = 4096;

        public UpgradeRefusedException? Refusal { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (response.StatusCode != HttpStatusCode.SwitchingProtocols)
            {
                var body = await ReadAsync(response.Content, cancellationToken);
                Refusal = new UpgradeRefusedException((int)response.StatusCode, body, response.Headers.Date);
            }

            return response;
        }

        private static async Task<string> ReadAsync(HttpContent content, CancellationToken cancellationToken)
        {
            try
            {
                using var stream = await content.ReadAsStreamAsync(cancellationToken);
                var bytes = new byte[LargestBody];
                var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
                return System.Text.Encoding.UTF8.GetString(bytes, 0, length);
            }
            catch (Exception e) when (e is IOException or HttpRequestException)
            {
                return "";
            }
        }
    }
}
