using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace EcsFargateLogin.Tests.Support;

/// <summary>Listens on a port of its own on this machine and greets whoever connects with some text, or stays silent.</summary>
internal sealed class GreetingServer : IDisposable
{
    private readonly TcpListener _listener;
    private readonly bool _closes;
    private readonly Channel<TcpClient> _accepted = Channel.CreateUnbounded<TcpClient>();
    private readonly List<TcpClient> _clients = [];

    private string _greeting;

    private GreetingServer(string greeting, bool closes, IPAddress? address = null)
    {
        (_greeting, _closes) = (greeting, closes);
        _listener = new TcpListener(address ?? IPAddress.Loopback, 0);
        _listener.Start();
        _ = ServeAsync();
    }

    private string Then { get; init; } = "";

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whether somebody has connected that was not accepted yet.</summary>
    public bool IsAwaited => _listener.Pending();

    /// <param name="text">What the first to connect gets.</param>
    /// <param name="address">Where it listens, on 127.0.0.1 when null.</param>
    /// <param name="then">What all others get, the same when null.</param>
    public static GreetingServer Greeting(string text, IPAddress? address = null, string? then = null) =>
        new(text, closes: false, address) { Then = then ?? text };

    public static GreetingServer GreetingAndClosing(string text) => new(text, closes: true) { Then = text };

    /// <summary>The next connection that was made, in order.</summary>
    public async Task<TcpClient> NextConnectionAsync() =>
        await _accepted.Reader.ReadAsync().AsTask().WaitAsync(Eventually.Limit);

    /// <summary>Whether there is a connection that no test has accepted.</summary>
    public bool HasMoreConnections => _accepted.Reader.TryPeek(out _);

    public void Dispose()
    {
        _listener.Dispose();
        lock (_clients)
        {
            _clients.ForEach(client => client.Dispose());
        }
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                lock (_clients)
                {
                    _clients.Add(client);
                }

                await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(_greeting));
                _greeting = Then;
                if (_closes)
                {
                    client.Dispose();
                }

                _accepted.Writer.TryWrite(client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            // The server, or whoever had connected, is gone.
        }
    }
}

/// <summary>A port at which nobody listens, kept from others: connections to it are refused.</summary>
internal sealed class ClosedPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ClosedPort() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public int Number => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public void Dispose() => _socket.Dispose();
}
