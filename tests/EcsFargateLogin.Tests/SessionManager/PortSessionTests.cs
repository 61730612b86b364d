using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using EcsFargateLogin.SessionManager;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.SessionManager;

/// <summary>A remote port as a local one, against an agent in memory.</summary>
public sealed class PortSessionTests
{
    private static readonly TimeSpan Limit = Eventually.Limit;
    private static readonly PortRequest Request = new(ScriptedGateway.Target, 22, null, "a test");

    [Theory]
    [InlineData(0)]
    [InlineData(211)]
    public async Task Eight_connections_at_once_get_their_own_bytes_also_over_a_connection_that_is_cut(int cutEvery)
    {
        await using ScriptedGateway gateway = new()
        {
            Agent = new MuxAgent().Agent,
            Faults = new Faults
            {
                Cuts = index => cutEvery > 0 && index % cutEvery == cutEvery - 1 && index < 2000,
                CutsOnlyWhatWorks = true,
            },
        };
        await using var session = await OpenAsync(gateway);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(number => EchoAsync(session.Port, number))).WaitAsync(Limit);

        Assert.False(session.Ended.IsCompleted);
        Assert.Equal(cutEvery > 0, session.ChannelConnectionCount > 1);
        await Eventually.Async(() => session.ConnectionCount == 0, () => $"{session.ConnectionCount}");
    }

    [Fact]
    public async Task A_session_is_started_for_the_port_and_ended_once_it_is_disposed()
    {
        await using ScriptedGateway gateway = new() { Agent = new MuxAgent().Agent };

        var session = await OpenAsync(gateway);
        await session.DisposeAsync();

        Assert.Equal($"Start {ScriptedGateway.Target} 22  a test", gateway.Calls[0]);
        Assert.Equal("Terminate me-0123", gateway.Calls[^1]);
        using TcpClient client = new();
        await Assert.ThrowsAnyAsync<SocketException>(() => client.ConnectAsync(IPAddress.Loopback, session.Port));
    }

    [Fact]
    public async Task An_agent_that_is_not_connected_yet_is_asked_again_for_a_while()
    {
        await using ScriptedGateway gateway = new() { Agent = new MuxAgent().Agent, RefusedStarts = 2 };
        await using ScriptedGateway lost = new() { Agent = new MuxAgent().Agent, RefusedStarts = int.MaxValue };
        var hasty = gateway.Options with { ConnectPause = TimeSpan.FromMilliseconds(1), ConnectLimit = Limit };

        var session = await PortSession.OpenAsync(gateway, Request, hasty, CancellationToken.None).WaitAsync(Limit);
        await session.DisposeAsync();
        var error = await Assert.ThrowsAsync<FargateException>(() => PortSession.OpenAsync(
            lost, Request, hasty with { ConnectLimit = TimeSpan.FromMilliseconds(50) }, CancellationToken.None).WaitAsync(Limit));

        Assert.Equal(3, gateway.Calls.Count(call => call.StartsWith("Start", StringComparison.Ordinal)));
        Assert.Equal(FargateError.EcsExecUnavailable, error.Error);
        Assert.True(lost.Calls.Count > 1);
    }

    [Fact]
    public async Task Disposing_closes_connections_that_are_open()
    {
        await using ScriptedGateway gateway = new() { Agent = new MuxAgent().Agent };
        var session = await OpenAsync(gateway);
        using var client = await ConnectAsync(session.Port);
        await client.GetStream().WriteAsync("x"u8.ToArray());
        await ReadAsync(client, 1);

        await session.DisposeAsync().AsTask().WaitAsync(Limit);

        Assert.Equal(-1, await ReadToEndAsync(client));
    }

    [Fact]
    public async Task A_connection_that_the_agent_cannot_make_is_closed_and_the_session_says_why()
    {
        MuxAgent mux = new() { RefusesStreams = true };
        await using ScriptedGateway gateway = new() { Agent = mux.Agent };
        await using var session = await OpenAsync(gateway);
        using var client = await ConnectAsync(session.Port);

        Assert.Equal(0, await ReadToEndAsync(client));

        Assert.Equal(FargateError.SessionManagerFailed, session.LastError!.Error);
        Assert.Contains("port 22", session.LastError.Message, StringComparison.Ordinal);
        Assert.False(session.Ended.IsCompleted);
    }

    [Fact]
    public async Task Connections_of_a_session_that_has_failed_are_reset_and_new_ones_as_well()
    {
        await using ScriptedGateway gateway = new() { Agent = new MuxAgent().Agent, Resumes = _ => false };
        await using var session = await OpenAsync(gateway);
        using var client = await ConnectAsync(session.Port);
        await client.GetStream().WriteAsync("x"u8.ToArray());
        await ReadAsync(client, 1);

        gateway.Cut();

        Assert.Equal(-1, await ReadToEndAsync(client));
        Assert.Equal(-1, await ReadToEndAsync(session.Port));
        Assert.Contains("timed out", session.LastError!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_that_the_server_has_sent_arrives_before_the_connection_is_closed()
    {
        MuxAgent mux = new() { Greeting = new byte[3_000_000] };
        await using ScriptedGateway gateway = new() { Agent = mux.Agent };
        await using var session = await OpenAsync(gateway);
        using var client = await ConnectAsync(session.Port);

        Assert.Equal(3_000_000, await ReadToEndAsync(client));
    }

    [Fact]
    public async Task A_start_that_is_cancelled_ends_the_session_that_AWS_has_started()
    {
        TaskCompletionSource started = new();
        await using ScriptedGateway gateway = new() { Agent = new MuxAgent().Agent, Starts = started.Task };
        using CancellationTokenSource cancellation = new();
        var opening = PortSession.OpenAsync(gateway, Request, gateway.Options, cancellation.Token);

        await cancellation.CancelAsync();
        started.SetResult();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening.WaitAsync(Limit));
        Assert.Equal("Terminate me-0123", gateway.Calls[^1]);
    }

    [Fact]
    public async Task A_session_whose_agent_does_not_begin_is_ended()
    {
        await using ScriptedGateway gateway = new() { Agent = new ScriptedAgent { Handshake = null } };

        await Assert.ThrowsAsync<FargateException>(() => PortSession.OpenAsync(
            gateway, Request, gateway.Options with { OpenLimit = TimeSpan.FromMilliseconds(50) }, CancellationToken.None));

        Assert.Equal("Terminate me-0123", gateway.Calls[^1]);
    }

    [Fact]
    public async Task A_reader_that_does_not_read_is_closed_while_others_wait_and_no_memory_grows()
    {
        MuxAgent mux = new() { Greeting = new byte[MuxStream.BufferLimit + (2 * 1024 * 1024)], GreetsOnlyFirst = true };
        await using ScriptedGateway gateway = new() { Agent = mux.Agent };
        MuxSession streams = new(() => { }, TimeProvider.System) { StallLimit = TimeSpan.FromMilliseconds(100) };
        await using DataChannel channel = new(
            gateway, gateway.Ticket, new ChannelPurpose(ChannelKind.Port, ScriptedGateway.Target), streams, gateway.Options);
        streams.Attach(channel);
        await channel.OpenAsync(CancellationToken.None);

        var slow = await streams.OpenAsync(CancellationToken.None);
        var other = await streams.OpenAsync(CancellationToken.None);
        await other.WriteAsync("echo"u8.ToArray(), CancellationToken.None);
        var buffer = new byte[16];
        Assert.Equal(4, await other.ReadAsync(buffer, CancellationToken.None).AsTask().WaitAsync(Limit));

        var kept = 0;
        var end = await Assert.ThrowsAsync<IOException>(async () =>
        {
            var large = new byte[64 * 1024];
            while (await slow.ReadAsync(large, CancellationToken.None) is > 0 and var length)
            {
                kept += length;
            }
        });
        Assert.Contains("other connections waited", end.Message, StringComparison.Ordinal);
        Assert.InRange(kept, MuxStream.BufferLimit, MuxStream.BufferLimit + ushort.MaxValue);
    }

    [Fact]
    public async Task A_reader_that_is_slow_alone_gets_everything()
    {
        const int size = MuxStream.BufferLimit + (2 * 1024 * 1024);
        MuxAgent mux = new() { Greeting = new byte[size] };
        await using ScriptedGateway gateway = new() { Agent = mux.Agent };
        MuxSession streams = new(() => { }, TimeProvider.System) { StallLimit = TimeSpan.FromMilliseconds(20) };
        await using DataChannel channel = new(
            gateway, gateway.Ticket, new ChannelPurpose(ChannelKind.Port, ScriptedGateway.Target), streams, gateway.Options);
        streams.Attach(channel);
        await channel.OpenAsync(CancellationToken.None);
        var stream = await streams.OpenAsync(CancellationToken.None);
        await Task.Delay(TimeSpan.FromMilliseconds(200));

        var buffer = new byte[64 * 1024];
        var received = 0;
        while (await stream.ReadAsync(buffer, CancellationToken.None).AsTask().WaitAsync(Limit) is > 0 and var length)
        {
            received += length;
        }

        Assert.Equal(size, received);
    }

    [Theory]
    [InlineData("0200000000000000")] // another version
    [InlineData("0109000000000000")] // an unknown command
    [InlineData("0101040000000000")] // data with a command that has none
    public async Task What_is_no_smux_ends_the_session(string header)
    {
        ScriptedAgent agent = new() { OnReady = agent => agent.SendData(Convert.FromHexString(header)) };
        await using ScriptedGateway gateway = new() { Agent = agent };
        await using var session = await OpenAsync(gateway);

        var end = await session.Ended.WaitAsync(Limit);

        Assert.Contains("no frame of smux", end.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_port_closes_with_a_session_that_somebody_else_has_ended()
    {
        ScriptedAgent agent = new() { OnReady = agent => agent.SendData([1, 9, 0, 0, 0, 0, 0, 0]) };
        await using ScriptedGateway gateway = new() { Agent = agent };
        await using var session = await OpenAsync(gateway);
        await session.Ended.WaitAsync(Limit);

        using CancellationTokenSource limit = new(Limit);
        while (!limit.IsCancellationRequested && IsListening())
        {
            await Task.Delay(10, limit.Token);
        }

        Assert.False(IsListening());

        bool IsListening() => System.Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners()
            .Any(end => end.Port == session.Port && end.Address.Equals(IPAddress.Loopback));
    }

    private static Task<PortSession> OpenAsync(ScriptedGateway gateway) =>
        PortSession.OpenAsync(gateway, Request, gateway.Options, CancellationToken.None).WaitAsync(Limit);

    private static async Task<TcpClient> ConnectAsync(int port)
    {
        TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, port);
        return client;
    }

    /// <summary>Sends random parts of random sizes, reads them back, and compares them.</summary>
    private static async Task EchoAsync(int port, int seed)
    {
        Random random = new(seed);
        var data = new byte[100_000 + random.Next(100_000)];
        random.NextBytes(data);
        using var client = await ConnectAsync(port);
        var reading = ReadAsync(client, data.Length);
        for (var at = 0; at < data.Length;)
        {
            var length = Math.Min(data.Length - at, 1 + random.Next(random.Next(2) == 0 ? 40 : 40_000));
            await client.GetStream().WriteAsync(data.AsMemory(at, length));
            at += length;
        }

        Assert.Equal(Convert.ToHexString(SHA256.HashData(data)), Convert.ToHexString(SHA256.HashData(await reading)));
    }

    private static async Task<byte[]> ReadAsync(TcpClient client, int length)
    {
        var buffer = new byte[length];
        await client.GetStream().ReadExactlyAsync(buffer).AsTask().WaitAsync(Limit);
        return buffer;
    }

    /// <returns>The number of bytes; -1 after a reset, which may come before the connection is known to be there.</returns>
    private static async Task<int> ReadToEndAsync(int port)
    {
        try
        {
            using var client = await ConnectAsync(port);
            return await ReadToEndAsync(client);
        }
        catch (SocketException)
        {
            return -1;
        }
    }

    /// <returns>The number of bytes; -1 after a reset.</returns>
    private static async Task<int> ReadToEndAsync(TcpClient client)
    {
        var buffer = new byte[64 * 1024];
        var total = 0;
        try
        {
            while (await client.GetStream().ReadAsync(buffer).AsTask().WaitAsync(Limit) is > 0 and var length)
            {
                total += length;
            }

            return total;
        }
        catch (IOException)
        {
            return -1;
        }
    }

    /// <summary>An agent that multiplexes: it sends back what a stream sends, after a greeting, and refuses streams where told.</summary>
    private sealed class MuxAgent
    {
        private readonly List<byte> _pending = [];
        private readonly ConcurrentDictionary<uint, bool> _streams = new();

        public MuxAgent() => Agent = new ScriptedAgent { OnData = (_, data) => Receive(data) };

        public ScriptedAgent Agent { get; }

        public bool RefusesStreams { get; init; }

        public bool GreetsOnlyFirst { get; init; }

        public byte[] Greeting { get; init; } = [];

        private void Receive(byte[] data)
        {
            _pending.AddRange(data);
            while (_pending.Count >= 8)
            {
                var header = _pending[..8].ToArray();
                var length = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(2));
                if (_pending.Count < 8 + length)
                {
                    break;
                }

                Handle(header[1], BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4)), [.. _pending[8..(8 + length)]]);
                _pending.RemoveRange(0, 8 + length);
            }
        }

        private void Handle(byte command, uint id, byte[] data)
        {
            if (command == 0)
            {
                Assert.True(id >= 3 && id % 2 == 1 && _streams.TryAdd(id, true));
                Open(id);
            }
            else if (command == 1)
            {
                Assert.True(_streams.ContainsKey(id));
            }
            else
            {
                Send(2, id, data);
            }
        }

        private void Open(uint id)
        {
            if (RefusesStreams)
            {
                Agent.Send(PayloadType.Flag, [0, 0, 0, 3]);
                Send(1, id, []);
            }
            else if (Greeting.Length > 0 && !(GreetsOnlyFirst && id > 3))
            {
                Greeting.Chunk(32_768).ToList().ForEach(part => Send(2, id, part));
                if (!GreetsOnlyFirst)
                {
                    Send(1, id, []);
                }
            }
        }

        private void Send(byte command, uint id, byte[] data)
        {
            var frame = new byte[8 + data.Length];
            (frame[0], frame[1]) = (1, command);
            BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(2), (ushort)data.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), id);
            data.CopyTo(frame, 8);
            Agent.SendData(frame);
        }
    }
}
