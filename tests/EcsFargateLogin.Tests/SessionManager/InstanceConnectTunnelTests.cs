using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using EcsFargateLogin.SessionManager;
using EcsFargateLogin.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace EcsFargateLogin.Tests.SessionManager;

/// <summary>Instance Connect's tunnel, to a server on this machine.</summary>
public sealed class InstanceConnectTunnelTests
{
    private static readonly TimeSpan Limit = Eventually.Limit;

    [Fact]
    public async Task Each_connection_is_a_WebSocket_of_its_own_with_a_URL_of_its_own()
    {
        var largest = 0;
        await using var server = await WebSocketServer.StartAsync(async socket =>
        {
            var buffer = new byte[256 * 1024];
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer, CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                Assert.Equal(WebSocketMessageType.Binary, part.MessageType);
                largest = Math.Max(largest, part.Count);
                await socket.SendAsync(buffer.AsMemory(0, part.Count), WebSocketMessageType.Binary, part.EndOfMessage, default);
            }
        });
        var signed = 0;
        await using InstanceConnectTunnel tunnel = new(
            _ => Task.FromResult($"{server.Url}/openTunnel?remotePort=22&X-Amz-Signature={Interlocked.Increment(ref signed)}"));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(number => EchoAsync(tunnel.Port, number))).WaitAsync(Limit);

        Assert.Equal(
            Enumerable.Range(1, 8).Select(number => $"/openTunnel?remotePort=22&X-Amz-Signature={number}"), server.Targets.Order());
        Assert.InRange(largest, 1, 65_000);
        Assert.Null(tunnel.LastError);
    }

    [Fact]
    public async Task The_end_of_the_server_is_the_end_of_the_connection_after_all_its_data()
    {
        await using var server = await WebSocketServer.StartAsync(async socket =>
        {
            await socket.SendAsync(new byte[500_000], WebSocketMessageType.Binary, true, CancellationToken.None);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        });
        await using InstanceConnectTunnel tunnel = new(_ => Task.FromResult(server.Url + "/"));

        Assert.Equal(500_000, await ReadToEndAsync(tunnel.Port));
        Assert.Null(tunnel.LastError);
    }

    [Fact]
    public async Task The_reason_of_another_end_is_an_error_and_the_connection_is_reset()
    {
        await using var server = await WebSocketServer.StartAsync(socket => socket.CloseAsync(
            WebSocketCloseStatus.PolicyViolation, "Unable to connect to target\u001b[2J", CancellationToken.None));
        await using InstanceConnectTunnel tunnel = new(_ => Task.FromResult(server.Url + "/"));

        Assert.Equal(-1, await ReadToEndAsync(tunnel.Port));

        Assert.Equal(FargateError.InstanceConnectFailed, tunnel.LastError!.Error);
        Assert.Contains("(1008): Unable to connect to target [2J.", tunnel.LastError.Message, StringComparison.Ordinal);
        Assert.Contains("security group", tunnel.LastError.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_from_the_server_is_an_error()
    {
        await using var server = await WebSocketServer.StartAsync(async socket =>
        {
            await socket.SendAsync("what?"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
            await socket.ReceiveAsync(new byte[1], CancellationToken.None);
        });
        await using InstanceConnectTunnel tunnel = new(_ => Task.FromResult(server.Url + "/"));

        Assert.Equal(-1, await ReadToEndAsync(tunnel.Port));

        Assert.Contains("what?", tunnel.LastError!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_has_the_words_of_AWS()
    {
        await using var server = await WebSocketServer.StartForAsync(async context =>
        {
            context.Response.StatusCode = 400;
            await context.Response.WriteAsync(
                """{"ErrorCode":"InvalidParameter","Message":"The specified RemotePort is not valid. Specify either 22 or 3389."}""");
        });
        await using InstanceConnectTunnel tunnel = new(_ => Task.FromResult($"{server.Url}/openTunnel?X-Amz-Signature=secret"));

        Assert.Equal(-1, await ReadToEndAsync(tunnel.Port));

        Assert.Equal((FargateError.WebSocketRefused, 400), (tunnel.LastError!.Error, tunnel.LastError.StatusCode));
        Assert.Contains("InvalidParameter: The specified RemotePort", tunnel.LastError.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", tunnel.LastError.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://eice-1.example.com/openTunnel")]
    [InlineData("ws://eice-1.example.com/openTunnel")]
    public async Task A_URL_that_is_not_safe_is_not_opened(string url)
    {
        await using InstanceConnectTunnel tunnel = new(_ => Task.FromResult(url));

        Assert.Equal(-1, await ReadToEndAsync(tunnel.Port));

        Assert.Equal(FargateError.SessionManagerFailed, tunnel.LastError!.Error);
    }

    [Fact]
    public async Task Credentials_that_have_expired_are_the_error()
    {
        var expired = new FargateException(FargateError.CredentialsExpired, "They have expired.", "Log in again.");
        await using InstanceConnectTunnel tunnel = new(_ => throw expired);

        Assert.Equal(-1, await ReadToEndAsync(tunnel.Port));

        Assert.Same(expired, tunnel.LastError);
    }

    [Fact]
    public async Task Disposing_closes_all_connections()
    {
        var open = 0;
        await using var server = await WebSocketServer.StartAsync(async socket =>
        {
            Interlocked.Increment(ref open);
            try
            {
                await socket.ReceiveAsync(new byte[1], CancellationToken.None);
            }
            finally
            {
                Interlocked.Decrement(ref open);
            }
        });
        InstanceConnectTunnel tunnel = new(_ => Task.FromResult(server.Url + "/"));
        var clients = Enumerable.Range(0, 3).Select(_ => ReadToEndAsync(tunnel.Port)).ToList();
        await Eventually.Async(() => open == 3, () => $"{open}");

        await tunnel.DisposeAsync();

        Assert.All(await Task.WhenAll(clients).WaitAsync(Limit), result => Assert.Equal(-1, result));
        await Eventually.Async(() => open == 0, () => $"{open}");
    }

    private static async Task EchoAsync(int port, int seed)
    {
        var data = new byte[300_000];
        new Random(seed).NextBytes(data);
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var buffer = new byte[data.Length];
        var reading = client.GetStream().ReadExactlyAsync(buffer);
        await client.GetStream().WriteAsync(data);
        await reading.AsTask().WaitAsync(Limit);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(data)), Convert.ToHexString(SHA256.HashData(buffer)));
    }

    /// <returns>The number of bytes; -1 after a reset.</returns>
    private static async Task<int> ReadToEndAsync(int port)
    {
        using TcpClient client = new();
        var buffer = new byte[64 * 1024];
        var total = 0;
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            while (await client.GetStream().ReadAsync(buffer).AsTask().WaitAsync(Limit) is > 0 and var length)
            {
                total += length;
            }

            return total;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return -1;
        }
    }
}
