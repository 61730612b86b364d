using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using EcsFargateLogin.EndToEnd.Cmdlets;

namespace EcsFargateLogin.EndToEnd.LocalFargateTests;

/// <summary>A client of Session Manager's data channel that does nothing by itself but put the agent's data in order.</summary>
internal sealed class DataChannelClient : IDisposable
{
    private static readonly TimeSpan _limit = Eventually.DefaultLimit;

    private readonly SortedDictionary<long, RawMessage> _early = [];
    private readonly MemoryStream _output = new();
    private readonly SemaphoreSlim _sending = new(1);
    private ClientWebSocket _socket = new();
    private long _expected;

    /// <summary>The next number of what the client sends.</summary>
    public long Next { get; set; }

    /// <summary>The numbers that the agent has acknowledged, in the order in which they came.</summary>
    public List<long> Acknowledged { get; } = [];

    /// <summary>The numbers of the agent's data, in the order in which they came, those that came again among them.</summary>
    public List<long> Received { get; } = [];

    /// <summary>False for a client that does not acknowledge the agent's data.</summary>
    public bool Acknowledges { get; set; } = true;

    /// <summary>What channel_closed has said.</summary>
    public RawMessage? Closed { get; private set; }

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public string? CloseReason => _socket.CloseStatusDescription;

    /// <summary>Opens the data channel of a session, whose answer to StartSession or ExecuteCommand this is.</summary>
    public static async Task<DataChannelClient> OpenAsync(JsonObject session, RequestSigner? signer)
    {
        var client = new DataChannelClient();
        await client.ConnectAsync(Member(session, "StreamUrl"), signer);
        await client.SendTokenAsync(Member(session, "TokenValue"));
        return client;
    }

    public static string Member(JsonObject session, string name) =>
        (string)(session[name] ?? session[char.ToLowerInvariant(name[0]) + name[1..]])!;

    public async Task ConnectAsync(string streamUrl, RequestSigner? signer, bool plusIsSpace = false)
    {
        using var limit = new CancellationTokenSource(_limit);
        _socket.Dispose();
        _socket = new ClientWebSocket();
        _socket.Options.CollectHttpResponseDetails = true;
        var url = new Uri(streamUrl);
        foreach (var (name, value) in signer?.SignWebSocket(url, "ssmmessages", plusIsSpace) ?? new Dictionary<string, string>())
        {
            _socket.Options.SetRequestHeader(name, value);
        }

        await _socket.ConnectAsync(url, limit.Token);
    }

    public Task SendTokenAsync(string? token) => SendTextAsync(new JsonObject
    {
        ["MessageSchemaVersion"] = "1.0",
        ["RequestId"] = Guid.NewGuid().ToString(),
        ["TokenValue"] = token,
        ["ClientId"] = Guid.NewGuid().ToString(),
        ["ClientVersion"] = "1.2.764.0",
    }.ToJsonString());

    public Task SendTextAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public Task SendAsync(RawMessage message) => SendAsync(message.ToBytes(), WebSocketMessageType.Binary);

    /// <summary>Sends data until it is acknowledged: an agent that is not ready yet does not take it.</summary>
    public Task SendDataAsync(byte[] payload) => SendUntilAcknowledgedAsync(RawMessage.Data(Next++, payload));

    public Task SendDataAsync(string text) => SendDataAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Answers the agent's handshake, which is the first thing that comes.</summary>
    /// <returns>The agent's request.</returns>
    public async Task<JsonObject> ShakeHandsAsync(string clientVersion = "1.2.764.0")
    {
        var request = await ReadDataAsync();
        Assert.Equal(5, request.PayloadType);
        await RespondAsync(request, clientVersion);
        Assert.Equal(7, (await ReadDataAsync()).PayloadType);
        return request.Json;
    }

    public Task RespondAsync(RawMessage request, string clientVersion = "1.2.764.0", int status = 1) => SendAsync(new RawMessage(
        RawMessage.Input, Next++, 6, Encoding.UTF8.GetBytes(new JsonObject
        {
            ["ClientVersion"] = clientVersion,
            ["ProcessedClientActions"] = new JsonArray([.. request.Json["RequestedClientActions"]!.AsArray().Select(action => new JsonObject
            {
                ["ActionType"] = (string)action!["ActionType"]!,
                ["ActionStatus"] = status,
                ["ActionResult"] = null,
                ["Error"] = status == 1 ? "" : "not today",
            })]),
            ["Errors"] = null,
        }.ToJsonString())));

    /// <summary>Reads the next message; null at the end of the connection.</summary>
    public async Task<RawMessage?> ReadAsync()
    {
        using var limit = new CancellationTokenSource(_limit);
        using var data = new MemoryStream();
        var buffer = new byte[8192];
        try
        {
            ValueWebSocketReceiveResult part;
            do
            {
                part = await _socket.ReceiveAsync(buffer.AsMemory(), limit.Token);
                data.Write(buffer, 0, part.Count);
            }
            while (!part.EndOfMessage);
            return part.MessageType == WebSocketMessageType.Close ? null : await TakeAsync(RawMessage.Parse(data.ToArray()));
        }
        catch (WebSocketException)
        {
            return null;
        }
    }

    /// <summary>Reads the agent's next data in its order, and acknowledges what comes.</summary>
    public async Task<RawMessage> ReadDataAsync()
    {
        RawMessage? next;
        while (!_early.Remove(_expected, out next))
        {
            _ = await ReadAsync() ?? throw new EndOfStreamException($"The channel has ended: {CloseStatus} {CloseReason} {Closed?.Text}");
        }

        _expected++;
        return next;
    }

    /// <summary>Reads output until that many bytes of it have come, and takes them.</summary>
    public async Task<byte[]> ReadOutputAsync(int count)
    {
        while (_output.Length < count)
        {
            var message = await ReadDataAsync();
            Assert.Equal(1, message.PayloadType);
            _output.Write(message.Payload);
        }

        var all = _output.ToArray();
        _output.SetLength(0);
        _output.Write(all.AsSpan(count));
        return all[..count];
    }

    /// <summary>Reads output until that text has come.</summary>
    public async Task<string> ReadUntilAsync(string text)
    {
        var seen = new StringBuilder();
        while (!seen.ToString().Contains(text, StringComparison.Ordinal))
        {
            try
            {
                seen.Append((await ReadDataAsync()).Text);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Waited for '{text}', and got: {seen}");
            }
        }

        return seen.ToString();
    }

    /// <summary>Reads until the agent has acknowledged that number.</summary>
    public async Task ReadAcknowledgementAsync(long sequence)
    {
        while (!Acknowledged.Contains(sequence))
        {
            Assert.NotNull(await ReadAsync());
            Assert.Equal("open", Closed?.Text ?? "open");
        }
    }

    /// <summary>Sends a message again and again until the agent has acknowledged it, as a client does.</summary>
    /// <returns>How many times it was sent.</returns>
    public async Task<int> SendUntilAcknowledgedAsync(RawMessage message)
    {
        var acknowledged = ReadAcknowledgementAsync(message.Sequence);
        for (var sent = 1; ; sent++)
        {
            await SendAsync(message);
            if (await Task.WhenAny(acknowledged, Task.Delay(100)) == acknowledged)
            {
                await acknowledged;
                return sent;
            }
        }
    }

    /// <summary>Reads to the end of the session.</summary>
    public async Task<string> ReadToCloseAsync()
    {
        while (Closed is null)
        {
            Assert.NotNull(await ReadAsync());
        }

        return (string)Closed.Json["Output"]!;
    }

    public void Dispose()
    {
        _socket.Dispose();
        _output.Dispose();
        _sending.Dispose();
    }

    private async Task<RawMessage> TakeAsync(RawMessage message)
    {
        switch (message.Type)
        {
            case "acknowledge":
                Acknowledged.Add(message.Acknowledged);
                break;
            case "channel_closed":
                Closed = message;
                break;
            case RawMessage.Output:
                Received.Add(message.Sequence);
                if (message.Sequence >= _expected)
                {
                    _early[message.Sequence] = message;
                }

                if (Acknowledges)
                {
                    await SendAsync(RawMessage.AcknowledgementOf(message));
                }

                break;
            default:
                Assert.Contains(message.Type, (string[])["start_publication", "pause_publication"]);
                break;
        }

        return message;
    }

    private async Task SendAsync(byte[] data, WebSocketMessageType type)
    {
        using var limit = new CancellationTokenSource(_limit);
        await _sending.WaitAsync(limit.Token);
        try
        {
            await _socket.SendAsync(data, type, true, limit.Token);
        }
        finally
        {
            _sending.Release();
        }
    }
}
