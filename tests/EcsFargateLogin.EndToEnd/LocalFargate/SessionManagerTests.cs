using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using LocalFargate;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.LocalFargateTests;

/// <summary>The calls of Session Manager, and the opening of its data channels.</summary>
public sealed class SessionManagerTests
{
    [Fact]
    public async Task A_session_has_an_id_of_the_caller_a_URL_and_a_token_and_keeps_its_reason()
    {
        await using var task = await SessionTask.StartAsync();

        var session = await task.StartSessionAsync(22, change: parameters => parameters["Reason"] = "deploy");

        Assert.Matches("^local-[0-9a-f]{17}$", (string)session["SessionId"]!);
        var url = new Uri((string)session["StreamUrl"]!);
        Assert.Equal(("ws", $"/v1/data-channel/{session["SessionId"]}"), (url.Scheme, url.AbsolutePath));
        Assert.Matches(@"^\?role=publish_subscribe&cell-number=.*\+.*/", url.Query);
        var view = Assert.Single(task.Fargate.Sessions);
        Assert.Equal(
            (task.Arn, "cli", SessionTask.Forwarding, "deploy", false),
            (view.TaskArn, view.ContainerName, view.DocumentName, view.Reason, view.IsConnected));
    }

    [Theory]
    [InlineData("AWS-StartShell", "22", "InvalidDocument")]
    [InlineData(SessionTask.Ssh, "0", "InvalidParameters")]
    [InlineData(SessionTask.Ssh, "ssh", "InvalidParameters")]
    [InlineData(SessionTask.Forwarding, "70000", "InvalidParameters")]
    public async Task A_document_that_is_not_there_and_a_port_that_is_none_are_refused(string document, string port, string error)
    {
        await using var task = await SessionTask.StartAsync();

        var reply = await task.AskForSessionAsync(22, document, parameters => parameters["Parameters"]!["portNumber"]![0] = port);
        var local = await task.AskForSessionAsync(
            22, SessionTask.Ssh, parameters => parameters["Parameters"]!["localPortNumber"] = new JsonArray("0"));

        Assert.Equal(error, reply.Error);
        Assert.Equal("InvalidParameters", local.Error);
        Assert.Empty(task.Fargate.Sessions);
    }

    [Fact]
    public async Task A_target_that_is_not_there_or_has_no_agent_is_not_connected()
    {
        await using var task = await SessionTask.StartAsync();
        var withoutAgent = await task.Client.StartTaskAsync();
        var described = await task.Client.WaitForStatusAsync(withoutAgent, "RUNNING");
        string[] targets =
        [
            "ecs:local_1_2",
            task.Target.Replace("ecs:local_", "ecs:default_", StringComparison.Ordinal),
            $"{task.Target}1",
            $"ecs:{task.Fargate.Cluster}_{withoutAgent.Split('/')[^1]}_{described["containers"]![0]!["runtimeId"]}",
        ];

        foreach (var target in targets)
        {
            var reply = await task.AskForSessionAsync(22, change: parameters => parameters["Target"] = target);
            Assert.Equal((400, "TargetNotConnected", $"{target} is not connected."), (reply.Status, reply.Error, reply.Message));
        }
    }

    [Fact]
    public async Task Faults_deny_a_session_and_call_a_target_not_connected()
    {
        await using var task = await SessionTask.StartAsync();
        task.Fargate.Faults.Add(new AccessDenied { Operation = "StartSession", Times = 1 });
        task.Fargate.Faults.Add(new TargetNotConnected { Operation = "StartSession", Times = 1 });

        var denied = await task.AskForSessionAsync(22);
        var notConnected = await task.AskForSessionAsync(22);

        Assert.Equal("AccessDeniedException", denied.Error);
        Assert.Contains("is not authorized to perform: ssm:StartSession", denied.Message, StringComparison.Ordinal);
        Assert.Equal("TargetNotConnected", notConnected.Error);
    }

    [Fact]
    public async Task A_session_is_resumed_with_a_new_token_until_it_has_ended()
    {
        await using var task = await SessionTask.StartAsync();
        var session = await task.StartSessionAsync(22);
        var id = new JsonObject { ["SessionId"] = (string)session["SessionId"]! };

        var resumed = await task.Client.SsmAsync("ResumeSession", id);
        task.Fargate.Faults.Add(new TokenExpired { Times = 1 });
        var expired = await task.Client.SsmAsync("ResumeSession", id);
        var terminated = await task.Client.SsmAsync("TerminateSession", id);
        var ended = await task.Client.SsmAsync("ResumeSession", id);
        var unknown = await task.Client.SsmAsync("ResumeSession", new JsonObject { ["SessionId"] = "local-1" });

        Assert.NotEqual((string)session["TokenValue"]!, (string)resumed.Body["TokenValue"]!);
        Assert.Null(expired.Body["TokenValue"]);
        Assert.Equal((string)session["SessionId"]!, (string)terminated.Body["SessionId"]!);
        Assert.Null(ended.Body["TokenValue"]);
        Assert.Equal("DoesNotExistException", unknown.Error);
        Assert.Equal(SessionStatus.Ended, Assert.Single(task.Fargate.Sessions).Status);
    }

    [Theory]
    [InlineData(StreamSignature.Required, false)]
    [InlineData(StreamSignature.Optional, true)]
    [InlineData(StreamSignature.Presigned, true)]
    public async Task A_data_channel_is_signed_by_headers_or_by_its_URL(StreamSignature signature, bool opensUnsigned)
    {
        await using var task = await SessionTask.StartAsync(options => options with { StreamSignature = signature });
        var url = (string)(await task.StartSessionAsync(22))["StreamUrl"]!;
        using var client = new DataChannelClient();

        Assert.Equal(signature == StreamSignature.Presigned, url.Contains("X-Amz-Signature=", StringComparison.Ordinal));
        if (opensUnsigned)
        {
            await client.ConnectAsync(url, null);
            await Assert.ThrowsAsync<WebSocketException>(
                () => client.ConnectAsync(url.Replace("X-Amz-Date=2", "X-Amz-Date=1", StringComparison.Ordinal) + "&X-Amz-Date=1", null));
        }
        else
        {
            await Assert.ThrowsAsync<WebSocketException>(() => client.ConnectAsync(url, null));
            Assert.Contains("Missing Authentication Token", Assert.Single(Assert.Single(task.Fargate.Sessions).Violations));
        }
    }

    [Fact]
    public async Task A_plus_sign_in_the_URL_is_signed_as_itself_or_as_a_space_and_a_wrong_signature_is_refused()
    {
        await using var task = await SessionTask.StartAsync();
        var session = await task.StartSessionAsync(22);
        var url = (string)session["StreamUrl"]!;
        var right = new RequestSigner();
        using var client = new DataChannelClient();

        await client.ConnectAsync(url, right);
        await client.ConnectAsync(url, right, plusIsSpace: true);
        RequestSigner[] wrong =
        [
            right with { Secret = "other" },
            right with { Service = "ssm" },
            right with { Region = "eu-west-1" },
            right with { ClockSkew = TimeSpan.FromMinutes(-10) },
        ];
        foreach (var signer in wrong)
        {
            await Assert.ThrowsAsync<WebSocketException>(() => client.ConnectAsync(url, signer));
        }

        await Assert.ThrowsAsync<WebSocketException>(() => client.ConnectAsync(url.Replace("/local-", "/other-"), right));
    }

    [Fact]
    public async Task The_first_text_has_the_sessions_token_which_is_good_for_once()
    {
        await using var task = await SessionTask.StartAsync();
        var session = await task.StartSessionAsync(22);
        using var client = new DataChannelClient();
        string[] texts = ["{}", "token", """{"TokenValue":null}"""];

        foreach (var text in texts)
        {
            await client.ConnectAsync((string)session["StreamUrl"]!, task.Client.Signer);
            await client.SendTextAsync(text);
            Assert.Null(await client.ReadAsync());
            Assert.Equal(
                ((WebSocketCloseStatus)1003, "request to open data channel does not contain token"),
                (client.CloseStatus!.Value, client.CloseReason));
        }

        await client.ConnectAsync((string)session["StreamUrl"]!, task.Client.Signer);
        await client.SendTokenAsync((string)session["TokenValue"]!);
        Assert.Equal("start_publication", (await client.ReadAsync())!.Type);
        await client.ConnectAsync((string)session["StreamUrl"]!, task.Client.Signer);
        await client.SendTokenAsync((string)session["TokenValue"]!);
        Assert.Null(await client.ReadAsync());
        Assert.Equal((WebSocketCloseStatus)1003, client.CloseStatus);
    }

    [Fact]
    public async Task A_data_channel_can_be_denied()
    {
        await using var task = await SessionTask.StartAsync();
        task.Fargate.Faults.Add(new AccessDenied { Operation = "OpenDataChannel", Times = 1 });

        var error = await Assert.ThrowsAsync<WebSocketException>(() => task.OpenAsync(22));

        Assert.Contains("403", error.Message);
        Assert.Equal("AccessDeniedException", task.Fargate.Calls.Single(call => call.Service == "ssmmessages").ErrorCode);
    }

    [Fact]
    public async Task The_gateway_says_bye_when_a_connection_is_old_and_the_session_is_resumed()
    {
        await using var task = await SessionTask.StartAsync(options => options with { StreamLifetime = TimeSpan.FromMilliseconds(300) });
        using var client = await task.OpenAsync(22, SessionTask.Ssh);

        Assert.Equal((WebSocketCloseStatus.NormalClosure, "Bye"), await CloseOf(client));
        await task.ResumeAsync(client);
        Assert.NotNull(await client.ReadAsync());

        Assert.Equal(2, Assert.Single(task.Fargate.Sessions).Connections);

        static async Task<(WebSocketCloseStatus?, string?)> CloseOf(DataChannelClient client)
        {
            while (await client.ReadAsync() is not null)
            {
            }

            return (client.CloseStatus, client.CloseReason);
        }
    }

    [Fact]
    public async Task A_session_ends_when_nothing_has_come_for_a_time()
    {
        await using var task = await SessionTask.StartAsync(options => options with { IdleTimeout = TimeSpan.FromSeconds(3) });
        using var listener = task.Listen();
        using var client = await task.OpenAsync(listener.PortOf());

        Assert.Contains("inactivity", await client.ReadToCloseAsync());

        Assert.Equal(112, client.Closed!.HeaderLength);
    }

    [Fact]
    public async Task An_agent_serves_two_sessions_and_the_third_waits_without_a_word()
    {
        await using var task = await SessionTask.StartAsync();
        using var first = await task.OpenAsync(22);
        using var second = await task.OpenAsync(22);
        await first.ShakeHandsAsync();
        await second.ShakeHandsAsync();

        using var third = await task.OpenAsync(22);
        Assert.Equal("start_publication", (await third.ReadAsync())!.Type);
        Assert.Equal(SessionStatus.Waiting, task.Fargate.Sessions[2].Status);
        await second.SendAsync(RawMessage.Flag(second.Next++, 2));
        Assert.Equal("", await second.ReadToCloseAsync());
        await third.ShakeHandsAsync();

        await Wait.UntilAsync(() => task.Fargate.Sessions[2].Status == SessionStatus.Open, "the third session to be open");
    }

    [Fact]
    public async Task A_fourth_session_stops_the_agent_for_good()
    {
        await using var task = await SessionTask.StartAsync();
        for (var i = 0; i < 4; i++)
        {
            await task.StartSessionAsync(22);
        }

        foreach (var session in task.Fargate.Sessions)
        {
            await task.Client.SsmAsync("TerminateSession", new JsonObject { ["SessionId"] = session.Id });
        }

        using var client = await task.OpenAsync(22);
        Assert.Equal("start_publication", (await client.ReadAsync())!.Type);
        task.Fargate.EndSession(task.Fargate.Sessions[^1].Id, "over");
        Assert.Equal("over", await client.ReadToCloseAsync());
        Assert.Empty(client.Received);
    }

    [Fact]
    public async Task The_document_for_remote_hosts_reaches_those_that_the_agent_does_not_deny()
    {
        await using var task = await SessionTask.StartAsync(options => options with
        {
            RemoteHosts = new Dictionary<string, IPAddress> { ["db.internal"] = IPAddress.Loopback },
        });
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        async Task<DataChannelClient> OpenAsync(string host) => await task.OpenAsync(
            listener.PortOf(), SessionTask.ToRemoteHost, parameters => parameters["Parameters"]!["host"] = new JsonArray(host));

        using var denied = await OpenAsync("169.254.169.254");
        await denied.ShakeHandsAsync();
        Assert.Equal("Forwarding to IP address 169.254.169.254 is forbidden.", await denied.ReadToCloseAsync());
        using var client = await OpenAsync("db.internal");
        var request = await client.ShakeHandsAsync();
        Assert.Equal("db.internal", (string)request["RequestedClientActions"]![0]!["ActionParameters"]!["Properties"]!["host"]!);
        await client.SendDataAsync(Mux.Frame(Mux.Open, 3));
        using var connection = await listener.AcceptTcpClientAsync();
    }
}
