using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.SessionManager;

/// <summary>
/// The port of a private address as a port of this machine, through an EC2 Instance Connect Endpoint. Each connection is a
/// WebSocket of its own; its binary frames are the bytes of the connection. Disposing closes all of them.
/// </summary>
internal sealed class InstanceConnectTunnel : IAsyncDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(20);

    private readonly Func<CancellationToken, Task<string>> _presign;
    private readonly ConnectTransport _connect;
    private readonly LoopbackPort _port;

    /// <param name="presign">
    /// Makes the URL of one connection: wss://ENDPOINT/openTunnel with the endpoint's id, port and address, signed in its query
    /// for service ec2-instance-connect.
    /// </param>
    /// <param name="connect">Opens the connections; null for real ones.</param>
    public InstanceConnectTunnel(Func<CancellationToken, Task<string>> presign, ConnectTransport? connect = null)
    {
        (_presign, _connect) = (presign, connect ?? WebSocketTransport.ConnectAsync);
        _port = new LoopbackPort(OpenAsync);
    }

    /// <summary>The local port, on 127.0.0.1.</summary>
    public int Port => _port.Number;

    /// <summary>The number of open connections.</summary>
    public int ConnectionCount => _port.ConnectionCount;

    /// <summary>Why a connection has failed last, which its client only sees closed; null for none.</summary>
    public FargateException? LastError { get; private set; }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _port.DisposeAsync();

    /// <summary>Opens a connection.</summary>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.WebSocketRefused"/> with AWS's words, or <see cref="FargateError.EndpointUnreachable"/>.
    /// </exception>
    internal async Task<IRemoteStream> OpenAsync(CancellationToken cancellationToken)
    {
        using var limit = TimeLimit.Begin(ConnectLimit, cancellationToken);
        try
        {
            var text = await _presign(limit.Token);
            var url = StreamUrl.Parse(text) ?? throw ChannelErrors.InvalidStreamUrl("EC2 Instance Connect");
            return await ConnectAsync(url, limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw LastError = CloudErrors.NoReplyInTime("EC2 Instance Connect", e);
        }
        catch (FargateException e)
        {
            LastError = e;
            throw;
        }
    }

    private async Task<IRemoteStream> ConnectAsync(Uri url, CancellationToken cancellationToken)
    {
        Uri host = new(url.GetLeftPart(UriPartial.Authority));
        try
        {
            var transport = await _connect(url, new Dictionary<string, string>(), cancellationToken);
            LastError = null;
            return new TunnelStream(transport, host, error => LastError = error);
        }
        catch (UpgradeRefusedException e)
        {
            throw e.ToError(host, "ec2-instance-connect:OpenTunnel", DateTimeOffset.UtcNow);
        }
        catch (IOException e)
        {
            throw CloudErrors.EndpointUnreachable(host, $"{e.Message}.", e);
        }
    }

    /// <summary>A connection over a WebSocket.</summary>
    private sealed class TunnelStream(IFrameTransport transport, Uri host, Action<FargateException> onError) : IRemoteStream
    {
        /// <summary>The largest frame that the endpoint takes, in bytes.</summary>
        private const int LargestFrame = 65_000;

        private ReadOnlyMemory<byte> _left;

        public async ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellationToken)
        {
            while (_left.IsEmpty)
            {
                if (await ReceiveAsync(cancellationToken) is not { } frame)
                {
                    return 0;
                }

                _left = frame;
            }

            var length = Math.Min(target.Length, _left.Length);
            _left[..length].CopyTo(target);
            _left = _left[length..];
            return length;
        }

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
        {
            while (data.Length > 0)
            {
                var part = data[..Math.Min(LargestFrame, data.Length)];
                await transport.SendAsync(part, isText: false, cancellationToken);
                data = data[part.Length..];
            }
        }

        public ValueTask CloseAsync(CancellationToken cancellationToken) => transport.DisposeAsync();

        /// <returns>The next frame; null at the regular end.</returns>
        private async ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancellationToken)
        {
            try
            {
                var frame = await transport.ReceiveAsync(cancellationToken);
                return frame.IsText
                    ? throw new TransportClosedException(null, TerminalText.OneLine(System.Text.Encoding.UTF8.GetString(frame.Data.Span)))
                    : frame.Data;
            }
            catch (TransportClosedException e) when (e.Status == TransportClosedException.Normal)
            {
                return null;
            }
            catch (TransportClosedException e)
            {
                onError(ChannelErrors.TunnelClosed(host, e.Status, e.Reason));
                throw;
            }
            catch (IOException e)
            {
                onError(ChannelErrors.TunnelFailed(host, e.Message, e));
                throw;
            }
        }
    }
}
