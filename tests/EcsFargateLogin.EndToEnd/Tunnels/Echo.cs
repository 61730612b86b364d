using System.Net;
using System.Net.Sockets;
using System.Text;
using EcsFargateLogin.EndToEnd.Cmdlets;

namespace EcsFargateLogin.EndToEnd.Tunnels;

/// <summary>A server that a task can reach, and sends back what it gets, with a greeting before.</summary>
internal sealed class Echo : IDisposable
{
    private static readonly TimeSpan Limit = Eventually.DefaultLimit;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public Echo()
    {
        _listener.Start();
        _ = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connects to a local port and sees whether the echo is behind it. Disposing ends the connection.</summary>
    public static async Task<TcpClient> ReachAsync(int localPort)
    {
        TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, localPort).WaitAsync(Limit);
        Assert.Equal("hello", await ReadAsync(client));
        await AssertEchoesAsync(client);
        return client;
    }

    public static async Task AssertEchoesAsync(TcpClient client)
    {
        await client.GetStream().WriteAsync("there"u8.ToArray());
        Assert.Equal("there", await ReadAsync(client));
    }

    public static async Task<string> ReadAsync(TcpClient client)
    {
        var buffer = new byte[5];
        await client.GetStream().ReadExactlyAsync(buffer).AsTask().WaitAsync(Limit);
        return Encoding.ASCII.GetString(buffer);
    }

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was disposed of.
        }
    }

    private static async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await client.GetStream().WriteAsync("hello"u8.ToArray());
                await client.GetStream().CopyToAsync(client.GetStream());
            }
            catch (IOException)
            {
                // The other side is gone.
            }
        }
    }
}
