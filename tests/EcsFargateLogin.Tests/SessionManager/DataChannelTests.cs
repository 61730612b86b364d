using System.Collections.Concurrent;
using EcsFargateLogin.SessionManager;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.SessionManager;

/// <summary>The data channel against an agent in memory.</summary>
public sealed class DataChannelTests
{
    private const int Messages = 40;

    private static readonly TimeSpan Limit = Eventually.Limit;

    [Fact]
    public async Task The_first_frame_is_text_with_the_token_and_a_version_that_AWS_supports()
    {
        await using ScriptedGateway gateway = new();
        await using var channel = await OpenAsync(gateway, new Recorder());

        var opening = Assert.Single(gateway.Openings);
        Assert.Equal("1.0", opening.GetProperty("MessageSchemaVersion").GetString());
        Assert.Equal("token-0", opening.GetProperty("TokenValue").GetString());
        Assert.True(Guid.TryParse(opening.GetProperty("ClientId").GetString(), out _));
        Assert.True(Guid.TryParse(opening.GetProperty("RequestId").GetString(), out _));
        Assert.True(Version.Parse(opening.GetProperty("ClientVersion").GetString()!) >= new Version(1, 2, 764, 0));
    }

    [Fact]
    public async Task No_data_is_sent_before_the_handshake_is_complete()
    {
        TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ScriptedAgent agent = new() { OnHandshake = (_, _) => answered.SetResult() };
        await using ScriptedGateway gateway = new() { Agent = agent };
        await using var channel = ChannelTo(gateway, new Recorder());

        var opening = channel.OpenAsync(CancellationToken.None);
        await answered.Task.WaitAsync(Limit);
        Assert.False(opening.IsCompleted);
        agent.Complete();
        await opening.WaitAsync(Limit);
        await channel.SendAsync(PayloadType.Output, "x"u8.ToArray(), default, CancellationToken.None);

        await Eventually.Async(() => channel.UnacknowledgedCount == 0, () => $"{channel.UnacknowledgedCount}");
        Assert.Equal(0, agent.Dropped);
    }

    /// <summary>A conversation of 40 messages each way takes some 170 frames: each of them is cut, lost, repeated and so on once.</summary>
    [Theory]
    [InlineData("cut")]
    [InlineData("lost")]
    [InlineData("repeated")]
    [InlineData("damaged")]
    [InlineData("delayed")]
    public async Task Nothing_is_lost_repeated_or_out_of_order_whatever_becomes_of_any_frame(string fault) =>
        await Parallel.ForAsync(
            0,
            170,
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (at, _) => await ConverseAsync(FaultsOf(fault, index => index == at)));

    [Theory]
    [InlineData("cut", 97)]
    [InlineData("lost", 5)]
    [InlineData("repeated", 2)]
    [InlineData("damaged", 5)]
    [InlineData("delayed", 3)]
    public async Task Nor_where_it_becomes_of_many(string fault, int every)
    {
        // With more frames from one to the next: a cut loses all that is on its way, and on a busy machine that may be all of a
        // connection's frames.
        var (next, distance) = (every - 1, every);
        await ConverseAsync(FaultsOf(fault, index =>
        {
            var isHit = index == next;
            (next, distance) = isHit ? (next + (distance * 3 / 2), distance * 3 / 2) : (next, distance);
            return isHit;
        }));
    }

    [Fact]
    public async Task A_channel_that_is_not_acknowledged_keeps_no_more_than_its_window()
    {
        ScriptedAgent agent = new() { OnReady = ready => ready.Acknowledges = false };
        await using ScriptedGateway gateway = new() { Agent = agent };
        await using var channel = await OpenAsync(gateway, new Recorder());
        var sending = SendManyAsync(channel, 2000);

        await Eventually.Async(() => agent.Received > channel.UnacknowledgedCount, () => $"{agent.Received}");
        Assert.InRange(channel.UnacknowledgedCount, 1, new ChannelPace().LargestWindow);
        Assert.False(sending.IsCompleted);

        agent.Acknowledges = true;
        await sending.WaitAsync(Limit);
    }

    [Fact]
    public async Task Data_that_the_agent_does_not_acknowledge_at_first_arrives_once_its_port_is_connected()
    {
        Recorder recorder = new();
        ScriptedAgent agent = new() { OnReady = ready => ready.Acknowledges = false };
        ConcurrentQueue<byte> received = [];
        agent.OnData = (_, data) => received.Enqueue(data[0]);
        await using ScriptedGateway gateway = new() { Agent = agent };
        await using var channel = await OpenAsync(gateway, recorder);
        await SendManyAsync(channel, 10);
        await Eventually.Async(() => agent.Received > 10, () => $"{agent.Received}");
        Assert.Empty(received);

        agent.Acknowledges = true;

        await Eventually.Async(() => received.Count == 10, () => $"{received.Count}");
        Assert.Equal(Enumerable.Range(0, 10).Select(number => (byte)number), received);
    }

    [Fact]
    public async Task Messages_do_not_wait_for_acknowledgements_that_are_sent_again()
    {
        const int first = 20;
        var lostFrom = int.MaxValue;
        Faults faults = new() { Loses = index => index >= Volatile.Read(ref lostFrom) };
        ConcurrentQueue<byte> up = [];
        ScriptedAgent agent = new()
        {
            OnReady = ready => Enumerable.Range(0, 600).ToList().ForEach(_ => ready.Send(PayloadType.Output, [7])),
            OnData = (_, data) => up.Enqueue(data[0]),
        };
        await using ScriptedGateway gateway = new()
        {
            Agent = agent,
            Faults = faults,
            Resumes = _ =>
            {
                Volatile.Write(ref lostFrom, faults.Count + first);
                return agent.Acknowledges = true;
            },
        };
        Recorder recorder = new();
        await using var channel = await OpenAsync(gateway, recorder);
        await Eventually.Async(
            () => recorder.Bytes.Count == 600 && agent.UnacknowledgedCount == 0, () => $"{recorder.Bytes.Count}");
        agent.Acknowledges = false;
        await SendManyAsync(channel, 1);

        gateway.Cut();

        await Eventually.Async(() => !up.IsEmpty, () => $"{channel.ConnectionCount}, {faults.Count}, {faults.Done}");
    }

    [Fact]
    public async Task A_cut_connection_is_resumed_with_a_new_token_and_the_same_client()
    {
        await using ScriptedGateway gateway = new();
        await using var channel = await OpenAsync(gateway, new Recorder());

        gateway.Cut();
        await Eventually.Async(() => gateway.Openings.Count == 2, () => $"{gateway.Openings.Count}");

        Assert.Equal(["token-0", "token-1"], gateway.Openings.Select(each => each.GetProperty("TokenValue").GetString()));
        Assert.Single(gateway.Openings.Select(each => each.GetProperty("ClientId").GetString()).Distinct());
        Assert.Equal(["Sign", "Resume me-0123", "Sign"], gateway.Calls);
    }

    [Fact]
    public async Task A_session_that_AWS_gives_no_token_for_has_ended()
    {
        await using ScriptedGateway gateway = new() { Resumes = _ => false };
        await using var channel = await OpenAsync(gateway, new Recorder());

        gateway.Cut();
        var end = await channel.Ended.WaitAsync(Limit);

        Assert.Equal(FargateError.SessionManagerFailed, end.Error!.Error);
        Assert.Contains("has ended or timed out", end.Error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<IOException>(() => SendManyAsync(channel, 1));
    }

    [Fact]
    public async Task Connections_that_end_at_once_are_given_up_after_five()
    {
        await using ScriptedGateway gateway = new() { Connects = number => number == 1 };
        await using var channel = await OpenAsync(gateway, new Recorder());

        gateway.Cut();
        var end = await channel.Ended.WaitAsync(Limit);

        Assert.Contains("could not be resumed", end.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(5, gateway.Calls.Count(call => call.StartsWith("Resume", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Expired_credentials_end_the_channel_with_their_own_error()
    {
        var expired = new FargateException(FargateError.CredentialsExpired, "They have expired.", "Log in again.");
        await using ScriptedGateway gateway = new() { Resumes = _ => throw expired };
        await using var channel = await OpenAsync(gateway, new Recorder());

        gateway.Cut();

        Assert.Same(expired, (await channel.Ended.WaitAsync(Limit)).Error);
        Assert.Single(gateway.Calls, call => call.StartsWith("Resume", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_machine_without_a_network_tries_on_for_longer_than_five_times()
    {
        await using ScriptedGateway gateway = new()
        {
            Connects = number => number is 1 or > 12 ? true : throw new IOException("Network is unreachable"),
        };
        ConcurrentQueue<byte> received = [];
        gateway.Agent.OnData = (_, data) => received.Enqueue(data[0]);
        await using var channel = await OpenAsync(gateway, new Recorder(), gateway.Options with
        {
            LongestPause = TimeSpan.FromMilliseconds(1),
        });

        gateway.Cut();
        await SendManyAsync(channel, 3);

        await Eventually.Async(() => received.Count == 3, () => $"{received.Count} after {gateway.Calls.Count} calls");
    }

    [Fact]
    public async Task A_network_that_has_gone_without_a_word_is_noticed_by_its_silence()
    {
        var isGone = false;
        await using ScriptedGateway gateway = new() { Faults = new Faults { Loses = _ => Volatile.Read(ref isGone) } };
        ConcurrentQueue<byte> received = [];
        gateway.Agent.OnData = (_, data) => received.Enqueue(data[0]);
        await using var channel = await OpenAsync(
            gateway, new Recorder(), gateway.Options with { SilenceLimit = TimeSpan.FromMilliseconds(300) });

        Volatile.Write(ref isGone, true);
        await SendManyAsync(channel, 1);
        await Eventually.Async(() => gateway.Openings.Count > 1, () => $"{gateway.Openings.Count}");
        Volatile.Write(ref isGone, false);

        await Eventually.Async(() => received.Count == 1, () => $"{received.Count}");
    }

    [Fact]
    public async Task An_agent_that_never_begins_is_an_error_that_names_the_limit_of_sessions()
    {
        await using ScriptedGateway gateway = new() { Agent = new ScriptedAgent { Handshake = null } };
        await using var channel = ChannelTo(
            gateway, new Recorder(), gateway.Options with { OpenLimit = TimeSpan.FromMilliseconds(50) });

        var error = await Assert.ThrowsAsync<FargateException>(() => channel.OpenAsync(CancellationToken.None));

        Assert.Contains("two sessions", error.NextStep, StringComparison.Ordinal);
        Assert.Equal(ScriptedGateway.Target, error.Target);
    }

    [Fact]
    public async Task A_gateway_that_is_never_reached_is_another_error_than_a_silent_agent()
    {
        await using ScriptedGateway gateway = new() { Connects = _ => throw new IOException("Network is unreachable") };
        await using var channel = ChannelTo(
            gateway, new Recorder(), gateway.Options with { OpenLimit = TimeSpan.FromMilliseconds(50) });

        var error = await Assert.ThrowsAsync<FargateException>(() => channel.OpenAsync(CancellationToken.None));

        Assert.Equal(FargateError.EndpointUnreachable, error.Error);
    }

    [Fact]
    public async Task What_the_gateway_says_at_the_end_is_safe_for_a_terminal()
    {
        Recorder recorder = new();
        await using ScriptedGateway gateway = new();
        await using var channel = await OpenAsync(gateway, recorder);

        gateway.Agent.SendControl(MessageType.ChannelClosed, """{"Output":"bye\u001b]0;title\u0007 \u001b[2J"}""");
        var end = await channel.Ended.WaitAsync(Limit);
        await channel.DisposeAsync();

        Assert.Null(end.Error);
        Assert.Equal("bye ]0;title   [2J", end.Output);
        Assert.Same(end, recorder.End);
        Assert.DoesNotContain("Terminate me-0123", gateway.Calls);
    }

    [Fact]
    public async Task Disposing_asks_the_agent_and_AWS_to_end_the_session_once()
    {
        await using ScriptedGateway gateway = new();
        var channel = await OpenAsync(gateway, new Recorder());

        await channel.DisposeAsync();
        await channel.DisposeAsync();

        Assert.Equal([(int)ChannelFlag.TerminateSession], gateway.Agent.Flags);
        Assert.Equal(["Sign", "Terminate me-0123"], gateway.Calls);
        Assert.Null((await channel.Ended).Error);
    }

    [Fact]
    public async Task Disposing_ends_the_session_also_while_its_connection_is_cut()
    {
        await using ScriptedGateway gateway = new() { Connects = number => number == 1 ? true : throw new IOException("unreachable") };
        var channel = await OpenAsync(gateway, new Recorder());
        gateway.Cut();

        await channel.DisposeAsync();

        Assert.Contains("Terminate me-0123", gateway.Calls);
    }

    [Fact]
    public async Task A_paused_channel_goes_on_when_the_other_side_listens_again()
    {
        ConcurrentQueue<byte> received = [];
        ScriptedAgent agent = new() { OnData = (_, data) => received.Enqueue(data[0]) };
        await using ScriptedGateway gateway = new() { Agent = agent };
        await using var channel = await OpenAsync(gateway, new Recorder());
        agent.SendControl(MessageType.PausePublication);
        agent.SendControl(MessageType.StartPublication);

        await SendManyAsync(channel, 50);

        await Eventually.Async(() => received.Count == 50, () => $"{received.Count}");
    }

    [Theory]
    [InlineData("""{"AgentVersion":"3.3.0.0","RequestedClientActions":[{"ActionType":"SessionType","ActionParameters":{"SessionType":"Standard_Stream"}}]}""", 2)]
    [InlineData("""{"AgentVersion":"2.0.0.0","RequestedClientActions":[{"ActionType":"SessionType","ActionParameters":{"SessionType":"Port","Properties":{"type":"LocalPortForwarding"}}}]}""", 2)]
    [InlineData("""{"AgentVersion":"3.3.0.0","RequestedClientActions":[{"ActionType":"Dance","ActionParameters":{}}]}""", 3)]
    public async Task A_handshake_that_cannot_be_met_is_answered_so_and_is_an_error(string request, int status)
    {
        var answer = 0;
        ScriptedAgent agent = new()
        {
            Handshake = request,
            OnHandshake = (agent, response) =>
            {
                answer = response.GetProperty("ProcessedClientActions")[0].GetProperty("ActionStatus").GetInt32();
                agent.Complete();
            },
        };
        await using ScriptedGateway gateway = new() { Agent = agent };
        await using var channel = ChannelTo(gateway, new Recorder());

        var error = await Assert.ThrowsAsync<FargateException>(() => channel.OpenAsync(CancellationToken.None));

        Assert.Equal(FargateError.SessionManagerFailed, error.Error);
        Assert.Equal(status, answer);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""{"RequestedClientActions":7}""")]
    [InlineData("""{"RequestedClientActions":[7]}""")]
    [InlineData("""{"RequestedClientActions":[{"ActionType":"SessionType"}]}""")]
    [InlineData("""{"RequestedClientActions":[{"ActionType":"SessionType","ActionParameters":7}]}""")]
    public async Task A_handshake_that_cannot_be_read_is_an_error(string request)
    {
        await using ScriptedGateway gateway = new() { Agent = new ScriptedAgent { Handshake = request } };
        await using var channel = ChannelTo(gateway, new Recorder());

        var error = await Assert.ThrowsAsync<FargateException>(() => channel.OpenAsync(CancellationToken.None));

        Assert.Equal(FargateError.SessionManagerFailed, error.Error);
    }

    private static Faults FaultsOf(string kind, Func<int, bool> isHit) => kind switch
    {
        "cut" => new Faults { Cuts = isHit },
        "lost" => new Faults { Loses = isHit },
        "repeated" => new Faults { Repeats = isHit },
        "damaged" => new Faults { Damages = isHit },
        _ => new Faults { Delays = isHit },
    };

    /// <summary>Sends numbers both ways, and compares what has arrived.</summary>
    private static async Task ConverseAsync(Faults faults)
    {
        ConcurrentQueue<byte> up = [];
        ScriptedAgent agent = new()
        {
            OnReady = agent =>
            {
                for (var number = 0; number < Messages; number++)
                {
                    agent.Send(PayloadType.Output, [(byte)number]);
                }
            },
            OnData = (_, data) => up.Enqueue(data[0]),
        };
        await using ScriptedGateway gateway = new() { Agent = agent, Faults = faults };
        Recorder recorder = new();
        await using var channel = await OpenAsync(gateway, recorder);

        await SendManyAsync(channel, Messages);
        await Eventually.Async(
            () => up.Count >= Messages && recorder.Bytes.Count >= Messages && channel.UnacknowledgedCount == 0,
            () => $"{up.Count}, {recorder.Bytes.Count}, {channel.UnacknowledgedCount}, {channel.Ended.IsCompleted}");

        var expected = Enumerable.Range(0, Messages).Select(number => (byte)number).ToArray();
        Assert.Equal(expected, up);
        Assert.Equal(expected, recorder.Bytes);
        Assert.False(channel.Ended.IsCompleted);
    }

    private static async Task SendManyAsync(DataChannel channel, int count)
    {
        for (var number = 0; number < count; number++)
        {
            await channel.SendAsync(PayloadType.Output, new[] { (byte)number }, default, CancellationToken.None).AsTask().WaitAsync(Limit);
        }
    }

    private static DataChannel ChannelTo(ScriptedGateway gateway, IChannelReceiver receiver, ChannelOptions? options = null) =>
        new(gateway, gateway.Ticket, new ChannelPurpose(ChannelKind.Port, ScriptedGateway.Target), receiver, options ?? gateway.Options);

    private static async Task<DataChannel> OpenAsync(
        ScriptedGateway gateway, IChannelReceiver receiver, ChannelOptions? options = null)
    {
        var channel = ChannelTo(gateway, receiver, options);
        await channel.OpenAsync(CancellationToken.None).WaitAsync(Limit);
        return channel;
    }

    /// <summary>Remembers what was received.</summary>
    private sealed class Recorder : IChannelReceiver
    {
        public ConcurrentQueue<byte> Bytes { get; } = new();

        public ChannelEnd? End { get; private set; }

        public ValueTask ReceiveAsync(PayloadType type, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
        {
            Assert.Equal(PayloadType.Output, type);
            foreach (var each in payload.Span)
            {
                Bytes.Enqueue(each);
            }

            return ValueTask.CompletedTask;
        }

        public void OnEnded(ChannelEnd end) => End = end;
    }
}
