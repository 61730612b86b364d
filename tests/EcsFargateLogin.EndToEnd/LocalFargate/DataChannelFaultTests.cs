using System.Text.Json.Nodes;
using LocalFargate;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.LocalFargateTests;

/// <summary>Faults of data channels: what is lost comes again, and a session survives its connection.</summary>
public sealed class DataChannelFaultTests
{
    [Theory]
    [InlineData(ChannelDirection.ToClient)]
    [InlineData(ChannelDirection.ToAgent)]
    public async Task A_lost_message_comes_again(ChannelDirection direction)
    {
        await using var task = await SessionTask.StartAsync();
        var lost = task.Fargate.Faults.Add(new MessageLost { Direction = direction, Sequence = 0 });
        using var client = await task.OpenAsync(22);
        var request = await client.ReadDataAsync();

        await client.RespondAsync(request);
        if (direction == ChannelDirection.ToAgent)
        {
            client.Next = 0;
            await Wait.UntilAsync(() => lost.Uses == 1, "the message to be lost");
            await client.RespondAsync(request);
        }

        Assert.Equal(7, (await client.ReadDataAsync()).PayloadType);
        Assert.Equal(1, lost.Uses);
    }

    [Fact]
    public async Task Messages_are_duplicated_reordered_and_late_on_request()
    {
        await using var task = await SessionTask.StartAsync();
        task.Fargate.Faults.Add(new MessageDuplicated { Direction = ChannelDirection.ToClient, Sequence = 0 });
        task.Fargate.Faults.Add(new MessageReordered { Direction = ChannelDirection.ToClient, Sequence = 2 });
        task.Fargate.Faults.Add(new MessageLate { Direction = ChannelDirection.ToClient, Sequence = 4, By = TimeSpan.FromSeconds(1) });
        using var listener = task.Listen();
        using var client = await task.OpenAsync(listener.PortOf(), SessionTask.Ssh);
        await client.ShakeHandsAsync();
        using var connection = await listener.AcceptTcpClientAsync();

        await connection.GetStream().WriteAsync(new byte[8 * 1024]);
        await client.ReadOutputAsync(8 * 1024);

        Assert.InRange(client.Received.Count(number => number == 0), 2, int.MaxValue);
        Assert.InRange(client.Received.IndexOf(2), client.Received.IndexOf(3), int.MaxValue);
        Assert.InRange(client.Received.IndexOf(4), client.Received.IndexOf(5), int.MaxValue);
    }

    [Fact]
    public async Task A_lost_acknowledgement_of_the_client_brings_the_message_again()
    {
        await using var task = await SessionTask.StartAsync();
        task.Fargate.Faults.Add(new MessageLost { Direction = ChannelDirection.ToAgent, Sequence = 0, IsAcknowledgement = true });
        using var client = await task.OpenAsync(22);

        await client.ReadDataAsync();
        while (client.Received.Count < 2)
        {
            await client.ReadAsync();
        }

        Assert.Equal([0, 0], client.Received);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_goes_on_with_the_same_numbers_after_a_cut(bool saysBye)
    {
        await using var task = await SessionTask.StartAsync();
        var cut = task.Fargate.Faults.Add(new ChannelCut { Direction = ChannelDirection.ToAgent, Sequence = 2, SaysBye = saysBye });
        using var listener = task.Listen();
        using var client = await task.OpenAsync(listener.PortOf());
        await client.ShakeHandsAsync();
        await client.SendDataAsync(Mux.Frame(Mux.Open, 3));
        using var connection = await listener.AcceptTcpClientAsync();
        await client.SendAsync(RawMessage.Data(client.Next++, Mux.Frame(Mux.Data, 3, 7)));
        await Wait.UntilAsync(() => cut.Uses == 1, "the cut");
        await connection.GetStream().WriteAsync(new byte[] { 9 });

        await task.ResumeAsync(client);
        await client.SendAsync(RawMessage.Data(2, Mux.Frame(Mux.Data, 3, 7)));
        await client.ReadAcknowledgementAsync(2);
        var frame = await client.ReadFrameAsync();
        await client.SendDataAsync(Mux.Frame(Mux.Data, 3, 8));

        var buffer = new byte[2];
        await connection.GetStream().ReadExactlyAsync(buffer);
        Assert.Equal([7, 8], buffer);
        Assert.Equal([9], frame.Data);
        Assert.Equal(2, Assert.Single(task.Fargate.Sessions).Connections);
    }

    [Fact]
    public async Task Every_connection_can_be_cut_now()
    {
        await using var task = await SessionTask.StartAsync();
        using var client = await task.OpenAsync(22);
        await client.ShakeHandsAsync();

        task.Fargate.CutSessions();
        await task.ResumeAsync(client);
        await client.SendAsync(RawMessage.Flag(client.Next++, 2));

        Assert.Equal("", await client.ReadToCloseAsync());
    }

    [Fact]
    public async Task An_agent_that_never_comes_says_nothing()
    {
        await using var task = await SessionTask.StartAsync();
        task.Fargate.Faults.Add(new AgentSilent { Times = 1 });
        using var client = await task.OpenAsync(22);

        Assert.Equal("start_publication", (await client.ReadAsync())!.Type);
        using var other = await task.OpenAsync(22);
        await other.ShakeHandsAsync();

        Assert.Equal(SessionStatus.Waiting, task.Fargate.Sessions[0].Status);
        Assert.Equal(0, task.Fargate.Sessions[0].MessagesFromAgent);
    }

    [Fact]
    public async Task A_slow_gateway_takes_its_time_for_each_message()
    {
        await using var task = await SessionTask.StartAsync();
        using var listener = task.Listen();
        using var client = await task.OpenAsync(listener.PortOf(), SessionTask.Ssh);
        await client.ShakeHandsAsync();
        using var connection = await listener.AcceptTcpClientAsync();
        task.Fargate.Faults.Add(new ChannelSlow { Interval = TimeSpan.FromMilliseconds(50) });
        var clock = System.Diagnostics.Stopwatch.StartNew();

        await connection.GetStream().WriteAsync(new byte[5 * 1024]);
        await client.ReadOutputAsync(5 * 1024);

        Assert.InRange(clock.Elapsed, TimeSpan.FromMilliseconds(240), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task The_session_of_a_task_that_stops_ends()
    {
        await using var task = await SessionTask.StartAsync();
        using var client = await task.OpenAsync(22);
        await client.ShakeHandsAsync();

        await task.Client.StopTaskAsync(task.Arn);

        Assert.Equal("", await client.ReadToCloseAsync());
    }

    [Fact]
    public async Task The_control_path_shows_sessions_cuts_and_ends_them_and_takes_their_faults()
    {
        await using var task = await SessionTask.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(task.Fargate.EndpointUrl + "/_local/") };
        using var fault = new StringContent("""{"fault":"messageLost","direction":"toClient","sequence":0}""");
        (await http.PostAsync("faults", fault)).EnsureSuccessStatusCode();
        using var client = await task.OpenAsync(22);
        await client.ShakeHandsAsync();
        (await http.DeleteAsync("sessions/connections?bye=true")).EnsureSuccessStatusCode();
        await task.ResumeAsync(client);
        Assert.NotNull(await client.ReadAsync());

        var session = JsonNode.Parse(await http.GetStringAsync("sessions"))![0]!;
        (await http.DeleteAsync($"sessions/{session["id"]}?output=closed")).EnsureSuccessStatusCode();

        Assert.Equal(("open", true, 2), ((string)session["status"]!, (bool)session["isConnected"]!, (int)session["connections"]!));
        Assert.Equal("closed", await client.ReadToCloseAsync());
        Assert.Equal(1, task.Fargate.Faults.All.Single().Uses);
    }
}
