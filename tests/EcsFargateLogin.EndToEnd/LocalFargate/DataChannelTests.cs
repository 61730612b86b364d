using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using LocalFargate;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.LocalFargateTests;

/// <summary>The protocol on a data channel: handshake, order, acknowledgements, ports and programs.</summary>
public sealed class DataChannelTests
{
    [Fact]
    public async Task The_handshake_names_the_port_and_what_comes_before_its_end_is_acknowledged_and_dropped()
    {
        await using var task = await SessionTask.StartAsync();
        using var listener = task.Listen();
        using var client = await task.OpenAsync(listener.PortOf(), SessionTask.Ssh);
        var request = await client.ReadDataAsync();
        Assert.Equal((0L, 5, 116), (request.Sequence, request.PayloadType, request.HeaderLength));
        var action = request.Json["RequestedClientActions"]![0]!;
        Assert.Equal("SessionType", (string)action["ActionType"]!);
        Assert.Equal("Port", (string)action["ActionParameters"]!["SessionType"]!);
        Assert.Equal($$"""{"portNumber":"{{listener.PortOf()}}"}""", action["ActionParameters"]!["Properties"]!.ToJsonString());

        await client.SendDataAsync("dropped");
        await client.RespondAsync(request);
        Assert.Equal(7, (await client.ReadDataAsync()).PayloadType);
        await client.SendDataAsync("kept");

        using var connection = await listener.AcceptTcpClientAsync();
        var buffer = new byte[4];
        await connection.GetStream().ReadExactlyAsync(buffer);
        Assert.Equal("kept", Encoding.ASCII.GetString(buffer));
    }

    [Fact]
    public async Task The_handshake_of_a_forwarded_port_has_the_properties_that_clients_read()
    {
        await using var task = await SessionTask.StartAsync();
        using var client = await task.OpenAsync(22);

        var request = await client.ShakeHandsAsync();

        Assert.Equal(
            """{"portNumber":"22","localPortNumber":"0","type":"LocalPortForwarding"}""",
            request["RequestedClientActions"]![0]!["ActionParameters"]!["Properties"]!.ToJsonString());
        Assert.True(Version.Parse((string)request["AgentVersion"]!) > new Version(3, 1, 1511, 0));
    }

    [Fact]
    public async Task A_handshake_that_is_not_answered_or_refused_ends_the_session()
    {
        await using var task = await SessionTask.StartAsync(
            options => options with { HandshakeTimeout = TimeSpan.FromMilliseconds(300) });
        using var silent = await task.OpenAsync(22);
        Assert.StartsWith("Handshake timed out.", await silent.ReadToCloseAsync());

        await using var patient = await SessionTask.StartAsync();
        using var refusing = await patient.OpenAsync(22);
        await refusing.RespondAsync(await refusing.ReadDataAsync(), status: 3);
        Assert.Equal("Handshake action SessionType failed: not today", await refusing.ReadToCloseAsync());
    }

    [Fact]
    public async Task The_bytes_of_a_message_are_those_of_the_plugins_own_test()
    {
        await using var task = await SessionTask.StartAsync();
        using var client = await task.OpenAsync(22, SessionTask.Ssh);
        var message = new RawMessage(RawMessage.Input, 7, 1, "payload"u8.ToArray())
        {
            Id = Guid.Parse("dd01e56b-ff48-483e-a508-b5f073f31b16"),
            CreatedDate = 1503434274948,
        };
        Assert.Equal(
            "00000074" + Convert.ToHexString("input_stream_data               "u8) + "00000001" + "0000015E0BAA7884"
            + "0000000000000007" + "0000000000000000" + "A508B5F073F31B16DD01E56BFF48483E"
            + "239F59ED55E737C77147CF55AD0C1B030B6D7EE748A7426952F9B852D5A935E5" + "00000001" + "00000007" + "7061796C6F6164",
            Convert.ToHexString(message.ToBytes()));

        await client.SendAsync(message);
        RawMessage? read;
        while ((read = await client.ReadAsync())!.Type != "acknowledge")
        {
        }

        Assert.Equal("dd01e56b-ff48-483e-a508-b5f073f31b16", (string)read.Json["AcknowledgedMessageId"]!);
        Assert.Equal(RawMessage.Input, (string)read.Json["AcknowledgedMessageType"]!);
        Assert.Equal((7L, true), (read.Acknowledged, (bool)read.Json["IsSequentialMessage"]!));
        Assert.Equal((0L, 0), (read.Sequence, read.PayloadType));
    }

    [Fact]
    public async Task A_message_with_a_wrong_digest_is_not_taken()
    {
        await using var task = await SessionTask.StartAsync();
        using var client = await task.OpenAsync(22);
        await client.ShakeHandsAsync();

        await client.SendAsync(new RawMessage(RawMessage.Input, 1, 1, [1, 2]) { HeaderLength = 112 });
        while (await client.ReadAsync() is not null)
        {
        }

        Assert.Equal("HeaderLength is 112 and not 116.", client.CloseReason);
        Assert.Equal(["HeaderLength is 112 and not 116."], Assert.Single(task.Fargate.Sessions).Violations);
    }

    [Fact]
    public async Task Messages_are_put_in_order_and_those_that_came_before_are_acknowledged_again()
    {
        await using var task = await SessionTask.StartAsync();
        using var listener = task.Listen();
        using var client = await task.OpenAsync(listener.PortOf(), SessionTask.Ssh);
        await client.ShakeHandsAsync();
        using var connection = await listener.AcceptTcpClientAsync();

        await client.SendAsync(RawMessage.Data(3, "c"u8.ToArray()));
        await client.ReadAcknowledgementAsync(3);
        await client.SendAsync(RawMessage.Data(2, "b"u8.ToArray()));
        await client.ReadAcknowledgementAsync(2);
        await client.SendDataAsync("a");
        var before = client.Acknowledged.Count;
        await client.SendAsync(RawMessage.Data(1, "a"u8.ToArray()));
        while (!client.Acknowledged.Skip(before).Contains(1))
        {
            await client.ReadAsync();
        }

        var buffer = new byte[3];
        await connection.GetStream().ReadExactlyAsync(buffer);
        Assert.Equal("abc", Encoding.ASCII.GetString(buffer));
        Assert.False(connection.GetStream().DataAvailable);
    }

    [Fact]
    public async Task The_agent_sends_its_oldest_message_again_until_it_is_acknowledged()
    {
        await using var task = await SessionTask.StartAsync();
        using var client = await task.OpenAsync(22);
        client.Acknowledges = false;

        while (client.Received.Count < 3)
        {
            await client.ReadAsync();
        }

        Assert.Equal([0, 0, 0], client.Received);
        client.Acknowledges = true;
        await client.ShakeHandsAsync();
    }

    [Fact]
    public async Task Connections_to_a_forwarded_port_are_streams_of_smux()
    {
        await using var task = await SessionTask.StartAsync();
        using var listener = task.Listen();
        using var client = await task.OpenAsync(listener.PortOf());
        await client.ShakeHandsAsync();
        byte[] two =
        [
            .. Mux.Frame(Mux.Open, 3), .. Mux.Frame(Mux.Nothing, 0), .. Mux.Frame(Mux.Data, 3, "one"u8.ToArray()),
            .. Mux.Frame(Mux.Open, 5),
        ];
        await client.SendDataAsync(two[..5]);
        await client.SendDataAsync(two[5..]);
        using var first = await listener.AcceptTcpClientAsync();
        using var second = await listener.AcceptTcpClientAsync();
        var (three, five) = await SpeaksAsync(first) is 'o' ? (first, second) : (second, first);

        await five.GetStream().WriteAsync("hello"u8.ToArray());
        var frame = await client.ReadFrameAsync();
        Assert.Equal((Mux.Data, 5u, "hello"), (frame.Command, frame.Stream, Encoding.ASCII.GetString(frame.Data)));
        await client.SendDataAsync(Mux.Frame(Mux.Close, 3));
        Assert.Equal((Mux.Close, 3u), await EndAsync(client));
        Assert.Equal(0, await three.GetStream().ReadAsync(new byte[3]) is 2 ? await three.GetStream().ReadAsync(new byte[3]) : 0);
        five.Close();
        Assert.Equal((Mux.Close, 5u), await EndAsync(client));

        static async Task<char> SpeaksAsync(TcpClient connection)
        {
            var buffer = new byte[1];
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            try
            {
                return await connection.GetStream().ReadAsync(buffer, limit.Token) == 1 ? (char)buffer[0] : '?';
            }
            catch (OperationCanceledException)
            {
                return '?';
            }
        }

        static async Task<(byte, uint)> EndAsync(DataChannelClient client)
        {
            var frame = await client.ReadFrameAsync();
            return (frame.Command, frame.Stream);
        }
    }

    [Fact]
    public async Task A_port_on_which_nothing_listens_is_a_flag_and_the_end_of_its_stream()
    {
        await using var task = await SessionTask.StartAsync();
        using var client = await task.OpenAsync(9);
        await client.ShakeHandsAsync();

        await client.SendDataAsync(Mux.Frame(Mux.Open, 3));

        var flag = await client.ReadDataAsync();
        Assert.Equal((10, "00000003"), (flag.PayloadType, Convert.ToHexString(flag.Payload)));
        Assert.Equal((Mux.Close, 3u), (await client.ReadFrameAsync()) is var frame ? (frame.Command, frame.Stream) : default);
        Assert.Equal(SessionStatus.Open, Assert.Single(task.Fargate.Sessions).Status);
    }

    [Fact]
    public async Task A_large_transfer_arrives_whole_both_ways()
    {
        await using var task = await SessionTask.StartAsync();
        using var listener = task.Listen();
        using var client = await task.OpenAsync(listener.PortOf());
        await client.ShakeHandsAsync();
        await client.SendDataAsync(Mux.Frame(Mux.Open, 3));
        using var connection = await listener.AcceptTcpClientAsync();
        var echo = connection.GetStream().CopyToAsync(connection.GetStream());
        var sent = Enumerable.Range(0, 300_000).Select(number => (byte)(number % 251)).ToArray();

        foreach (var part in sent.Chunk(30_000))
        {
            await client.SendDataAsync(Mux.Frame(Mux.Data, 3, part));
        }

        var received = new List<byte>();
        while (received.Count < sent.Length)
        {
            received.AddRange((await client.ReadFrameAsync()).Data);
        }

        Assert.True(sent.AsSpan().SequenceEqual(received.ToArray()));
        Assert.False(echo.IsCompleted);
    }

    [Fact]
    public async Task The_session_of_AWS_StartSSHSession_is_one_connection_and_ends_with_it()
    {
        await using var task = await SessionTask.StartAsync();
        using var client = await task.OpenAsync(task.Fargate.SshPort, SessionTask.Ssh);
        await client.ShakeHandsAsync();

        Assert.Equal("SSH-2.0-LocalFargate\r\n", await client.ReadUntilAsync("\n"));
        Assert.Equal("", await client.ReadToCloseAsync());
        Assert.Equal(112, client.Closed!.HeaderLength);

        using var closed = await task.OpenAsync(9, SessionTask.Ssh);
        await closed.ShakeHandsAsync();
        Assert.StartsWith("Unable to connect to specified port 9", await closed.ReadToCloseAsync());
    }

    [Fact]
    public async Task What_comes_before_the_port_is_connected_is_not_acknowledged()
    {
        await using var task = await SessionTask.StartAsync();
        task.Fargate.Faults.Add(new AgentNotReady { For = TimeSpan.FromMilliseconds(500) });
        using var listener = task.Listen();
        using var client = await task.OpenAsync(listener.PortOf());
        await client.ShakeHandsAsync();
        var open = RawMessage.Data(client.Next++, Mux.Frame(Mux.Open, 3));

        Assert.InRange(await client.SendUntilAcknowledgedAsync(open), 2, int.MaxValue);

        using var connection = await listener.AcceptTcpClientAsync();
    }

    [Fact]
    public async Task The_agent_keeps_to_its_pace()
    {
        await using var task = await SessionTask.StartAsync(options => new SessionManagerOptions());
        using var listener = task.Listen();
        using var client = await task.OpenAsync(listener.PortOf(), SessionTask.Ssh);
        await client.ShakeHandsAsync();
        using var connection = await listener.AcceptTcpClientAsync();
        var clock = Stopwatch.StartNew();

        await connection.GetStream().WriteAsync(new byte[200 * 1024]);
        await client.ReadOutputAsync(200 * 1024);

        // 200 messages at 1.65 ms, of which the first may make good what came before.
        Assert.InRange(clock.Elapsed, TimeSpan.FromMilliseconds(300), TimeSpan.FromMinutes(1));
    }
}
