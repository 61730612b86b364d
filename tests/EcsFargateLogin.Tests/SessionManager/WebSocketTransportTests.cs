using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using EcsFargateLogin.SessionManager;
using EcsFargateLogin.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace EcsFargateLogin.Tests.SessionManager;

/// <summary>Real WebSockets, to a server on this machine.</summary>
public sealed class WebSocketTransportTests
{
    private static readonly TimeSpan Limit = Eventually.Limit;
    private static readonly Dictionary<string, string> NoHeaders = [];

    [Theory]
    [InlineData("/v1/data-channel/me-1?role=publish_subscribe&cell-number=AAEAAR+x/y==&z=%2B%2f%7e%41")]
    [InlineData("/v1/data-channel/me-1?a=b//c..d&'()*!~$,;:@|{}\"<>^`")]
    [InlineData("/a/../b/./c?d=/../e")]
    public async Task Path_and_query_are_sent_as_they_are(string target)
    {
        await using var server = await WebSocketServer.StartAsync(EchoAsync);

        await using var transport = await ConnectAsync(server.Url + target);

        Assert.Equal(target, Assert.Single(server.Targets));
    }

    [Fact]
    public async Task Headers_are_sent_and_no_others_that_would_change_the_signature()
    {
        await using var server = await WebSocketServer.StartAsync(EchoAsync);

        await using var transport = await WebSocketTransport.ConnectAsync(
            StreamUrl.Parse(server.Url + "/x")!,
            new Dictionary<string, string> { ["Authorization"] = "AWS4-HMAC-SHA256 Credential=a/b, Signature=c", ["X-Amz-Date"] = "d" },
            CancellationToken.None);

        var headers = Assert.Single(server.Headers);
        Assert.Equal("AWS4-HMAC-SHA256 Credential=a/b, Signature=c", headers.Authorization.Single());
        Assert.Equal("d", headers["X-Amz-Date"].Single());
        Assert.False(headers.ContainsKey("Sec-WebSocket-Protocol"));
    }

    [Fact]
    public async Task Frames_of_any_size_pass_both_ways()
    {
        await using var server = await WebSocketServer.StartAsync(EchoAsync);
        await using var transport = await ConnectAsync(server.Url + "/");

        foreach (var length in (int[])[0, 1, 125, 126, 16 * 1024, (16 * 1024) + 1, 65_000, 1024 * 1024])
        {
            var sent = new byte[length];
            Random.Shared.NextBytes(sent);
            await transport.SendAsync(sent, isText: false, CancellationToken.None);
            var received = await transport.ReceiveAsync(CancellationToken.None).AsTask().WaitAsync(Limit);
            Assert.False(received.IsText);
            Assert.True(received.Data.Span.SequenceEqual(sent));
        }
    }

    [Fact]
    public async Task Text_is_text()
    {
        await using var server = await WebSocketServer.StartAsync(EchoAsync);
        await using var transport = await ConnectAsync(server.Url + "/");

        await transport.SendAsync("token"u8.ToArray(), isText: true, CancellationToken.None);

        Assert.True((await transport.ReceiveAsync(CancellationToken.None).AsTask().WaitAsync(Limit)).IsText);
    }

    [Fact]
    public async Task A_frame_that_is_too_large_cuts_the_connection()
    {
        await using var server = await WebSocketServer.StartAsync(async socket =>
        {
            await socket.SendAsync(
                new byte[WebSocketTransport.LargestFrame + 1], WebSocketMessageType.Binary, true, CancellationToken.None);
            await socket.ReceiveAsync(new byte[1], CancellationToken.None);
        });
        await using var transport = await ConnectAsync(server.Url + "/");

        var error = await Assert.ThrowsAsync<IOException>(() => transport.ReceiveAsync(CancellationToken.None).AsTask().WaitAsync(Limit));

        Assert.Contains("more than", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_reason_of_a_close_is_kept()
    {
        await using var server = await WebSocketServer.StartAsync(socket => socket.CloseAsync(
            WebSocketCloseStatus.InvalidMessageType, "request to open data channel does not contain token", CancellationToken.None));
        await using var transport = await ConnectAsync(server.Url + "/");

        var error = await Assert.ThrowsAsync<TransportClosedException>(
            () => transport.ReceiveAsync(CancellationToken.None).AsTask().WaitAsync(Limit));

        Assert.Equal(1003, error.Status);
        Assert.Equal("request to open data channel does not contain token", error.Reason);
    }

    [Fact]
    public async Task A_connection_that_is_reset_is_cut()
    {
        await using var server = await WebSocketServer.StartAsync(async socket =>
        {
            await socket.ReceiveAsync(new byte[1], CancellationToken.None);
            socket.Abort();
        });
        await using var transport = await ConnectAsync(server.Url + "/");
        await transport.SendAsync("x"u8.ToArray(), isText: false, CancellationToken.None);

        await Assert.ThrowsAsync<IOException>(() => transport.ReceiveAsync(CancellationToken.None).AsTask().WaitAsync(Limit));
    }

    [Theory]
    [InlineData(403, """{"message":"The security token included in the request is invalid."}""", "security token", "ssmmessages:OpenDataChannel")]
    [InlineData(403, "", "it gave no reason", "ssmmessages:OpenDataChannel")]
    [InlineData(400, """{"ErrorCode":"InvalidParameter","Message":"The specified RemotePort is not valid."}""", "InvalidParameter: The specified RemotePort", "Correct")]
    [InlineData(200, "<html>Log in\r\n\u001b[2Jhere</html>", "<html>Log in [2Jhere</html>", "proxy")]
    [InlineData(302, "moved", "moved", "proxy")]
    [InlineData(502, "Bad gateway", "Bad gateway", "proxy")]
    [InlineData(426, "[1]", "[1]", "proxy")]
    public async Task A_refusal_says_what_the_server_answered_and_what_to_do(int status, string body, string answer, string next)
    {
        await using var server = await WebSocketServer.StartForAsync(async context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Date = DateTimeOffset.UtcNow.ToString("R");
            context.Response.Headers.Location = status == 302 ? "http://127.0.0.1:1/" : default;
            await context.Response.WriteAsync(body);
        });

        var refusal = await Assert.ThrowsAsync<UpgradeRefusedException>(() => ConnectAsync(server.Url + "/x?X-Amz-Signature=secret"));
        var error = refusal.ToError(new Uri(server.Url), "ssmmessages:OpenDataChannel", DateTimeOffset.UtcNow);

        Assert.Equal(FargateError.WebSocketRefused, error.Error);
        Assert.Equal(status, error.StatusCode);
        Assert.Contains(answer, error.Summary, StringComparison.Ordinal);
        Assert.Contains(next, error.NextStep, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-10, "10 minutes ahead of")]
    [InlineData(10, "10 minutes behind")]
    public async Task A_wrong_clock_is_named(int minutes, string words)
    {
        await using var server = await WebSocketServer.StartForAsync(context =>
        {
            context.Response.StatusCode = 403;
            context.Response.Headers.Date = DateTimeOffset.UtcNow.AddMinutes(minutes).ToString("R");
            return Task.CompletedTask;
        });

        var refusal = await Assert.ThrowsAsync<UpgradeRefusedException>(() => ConnectAsync(server.Url + "/"));

        var error = refusal.ToError(new Uri(server.Url), "ssmmessages:OpenDataChannel", DateTimeOffset.UtcNow);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_listen_is_not_reached()
    {
        using Socket closed = new(SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var error = await Assert.ThrowsAsync<IOException>(() => ConnectAsync($"ws://127.0.0.1:{((IPEndPoint)closed.LocalEndPoint!).Port}/"));

        Assert.Contains("refused", error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_channel_opens_and_is_resumed_over_real_connections()
    {
        ScriptedAgent agent = new();
        var connections = 0;
        await using var server = await WebSocketServer.StartAsync(async socket =>
        {
            Interlocked.Increment(ref connections);
            ServerTransport transport = new(socket);
            var opening = await transport.ReceiveAsync(CancellationToken.None);
            Assert.Contains("TokenValue", Encoding.UTF8.GetString(opening.Data.Span), StringComparison.Ordinal);
            await agent.ServeAsync(transport);
        });
        await using ScriptedGateway gateway = new() { StreamUrl = server.Url + "/x?cell-number=a+b/c" };
        var received = 0;
        agent.OnData = (_, data) => received += data.Length;
        await using DataChannel channel = new(
            gateway,
            gateway.Ticket,
            new ChannelPurpose(ChannelKind.Port, "ecs:a_b_c"),
            new MuxSession(() => { }, TimeProvider.System),
            new ChannelOptions());
        await channel.OpenAsync(CancellationToken.None).WaitAsync(Limit);

        for (var number = 0; number < 3; number++)
        {
            await channel.SendAsync(PayloadType.Output, new byte[1000], default, CancellationToken.None);
            await Support.Eventually.Async(() => received == 1000 * (number + 1), () => $"{received}");
            agent.SendControl(MessageType.Unknown, ServerTransport.CloseWord);
            await Support.Eventually.Async(() => connections == number + 2, () => $"{connections}");
        }

        Assert.Equal("signed", server.Headers.First().Authorization.Single());
        Assert.False(channel.Ended.IsCompleted);
    }

    [Fact]
    public async Task A_first_connection_that_is_refused_is_not_tried_again()
    {
        await using var server = await WebSocketServer.StartForAsync(context =>
        {
            context.Response.StatusCode = 403;
            return Task.CompletedTask;
        });
        await using ScriptedGateway gateway = new() { StreamUrl = server.Url + "/x" };

        var error = await Assert.ThrowsAsync<FargateException>(() => PortSession.OpenAsync(
            gateway, new PortRequest("ecs:a_b_c", 22, null, "a test"), new ChannelOptions(), CancellationToken.None));

        Assert.Equal(FargateError.WebSocketRefused, error.Error);
        Assert.Single(server.Targets);
        Assert.Equal("Terminate me-0123", gateway.Calls[^1]);
    }

    private static async Task<IFrameTransport> ConnectAsync(string url) =>
        await WebSocketTransport.ConnectAsync(StreamUrl.Parse(url)!, NoHeaders, CancellationToken.None).WaitAsync(Limit);

    private static async Task EchoAsync(WebSocket socket)
    {
        var buffer = new byte[2 * 1024 * 1024];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, CancellationToken.None);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, CancellationToken.None);
        }
    }

    /// <summary>The server's end of a WebSocket, which a message of an unknown type closes as AWS does every hour.</summary>
    private sealed class ServerTransport(WebSocket socket) : IFrameTransport
    {
        public const string CloseWord = "close";

        private readonly byte[] _buffer = new byte[64 * 1024];

        public async ValueTask SendAsync(ReadOnlyMemory<byte> frame, bool isText, CancellationToken cancellationToken)
        {
            if (frame.Span.EndsWith("close"u8))
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "Bye", cancellationToken);
                return;
            }

            await socket.SendAsync(frame, WebSocketMessageType.Binary, true, cancellationToken);
        }

        public async ValueTask<ReceivedFrame> ReceiveAsync(CancellationToken cancellationToken)
        {
            for (var length = 0; ;)
            {
                var part = await socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
                length += part.Count;
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    throw new IOException("closed");
                }

                if (part.EndOfMessage)
                {
                    return new ReceivedFrame(_buffer.AsMemory(0, length), part.MessageType == WebSocketMessageType.Text);
                }
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
