using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate;
using LocalFargate.Faults;
using LocalFargate.Tasks;

namespace EcsFargateLogin.EndToEnd.LocalFargateTests;

/// <summary>EC2 Instance Connect Endpoints and their tunnels.</summary>
public sealed class InstanceConnectTests
{
    [Fact]
    public async Task An_endpoint_is_described_and_found_by_state_and_VPC()
    {
        await using var fargate = await LocalFargateServer.StartAsync(new LocalFargateOptions { InstanceConnectEndpoints = [new()] });
        var failed = fargate.AddInstanceConnectEndpoint(new() { State = "create-failed", StateMessage = "no address", SubnetId = fargate.Subnets[1] });
        using var client = new FargateClient(fargate);

        var all = await client.Ec2Async("DescribeInstanceConnectEndpoints");
        var complete = await client.Ec2Async(
            "DescribeInstanceConnectEndpoints", ("Filter.1.Name", "state"), ("Filter.1.Value.1", "create-complete"),
            ("Filter.2.Name", "vpc-id"), ("Filter.2.Value.1", all.Value("vpcId")!));
        var named = await client.Ec2Async("DescribeInstanceConnectEndpoints", ("InstanceConnectEndpointId.1", failed));
        var unknown = await client.Ec2Async("DescribeInstanceConnectEndpoints", ("InstanceConnectEndpointId.1", "eice-0"));

        Assert.Equal(2, all.Document.Descendants().Count(node => node.Name.LocalName == "instanceConnectEndpointId"));
        Assert.Equal(fargate.InstanceConnectEndpoints[0], complete.Value("instanceConnectEndpointId"));
        Assert.Equal(new Uri(fargate.EndpointUrl).Authority, complete.Value("dnsName"));
        Assert.Equal((fargate.Subnets[0], fargate.SecurityGroups[0]), (complete.Value("subnetId"), complete.Value("securityGroupIdSet")));
        Assert.Equal((fargate.Subnets[1], "create-failed", "no address"), (named.Value("subnetId"), named.Value("state"), named.Value("stateMessage")));
        Assert.Equal("InvalidInstanceConnectEndpointId.NotFound", unknown.Error);
    }

    [Fact]
    public async Task A_tunnel_carries_the_bytes_of_one_connection_and_closes_with_it()
    {
        await using var place = await TunnelPlace.StartAsync();

        using var tunnel = await place.OpenAsync();

        Assert.Equal("SSH-2.0-LocalFargate\r\n", Encoding.ASCII.GetString(await ReadToCloseAsync(tunnel)));
        Assert.Equal(WebSocketCloseStatus.NormalClosure, tunnel.CloseStatus);
        var call = place.Fargate.Calls.Single(call => call.Operation == "OpenTunnel");
        Assert.Equal(("ec2-instance-connect", place.Task.PrivateAddress), (call.Service, (string)call.Parameters["privateIpAddress"]!));
    }

    [Theory]
    [InlineData("remotePort", "2200", 400, "InvalidParameter", "Specify either 22 or 3389")]
    [InlineData("remotePort", "3389", 502, "ConnectionRefused", "was refused")]
    [InlineData("privateIpAddress", "10.0.0.1", 400, "InvalidParameter", "not in the VPC")]
    [InlineData("privateIpAddress", "here", 400, "InvalidParameter", "not in the VPC")]
    [InlineData("instanceConnectEndpointId", "eice-0", 404, "ResourceNotFound", "is not found")]
    [InlineData("maxTunnelDuration", "3601", 400, "InvalidParameter", "from 1 to 3600")]
    public async Task A_tunnel_that_cannot_be_is_refused_in_JSON(string name, string value, int status, string code, string words)
    {
        await using var place = await TunnelPlace.StartAsync();

        var refusal = await TunnelPlace.RefusalAsync(place.Url((name, value)), new RequestSigner());

        Assert.Equal((status, code), (refusal.Status, (string)refusal.Body["ErrorCode"]!));
        Assert.Contains(words, (string)refusal.Body["Message"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("create-in-progress")]
    [InlineData("create-failed")]
    [InlineData("delete-in-progress")]
    public async Task An_endpoint_that_is_not_complete_opens_no_tunnel(string state)
    {
        await using var place = await TunnelPlace.StartAsync(new() { State = state });

        var refusal = await TunnelPlace.RefusalAsync(place.Url(), new RequestSigner());

        Assert.Equal((404, "ResourceNotFound"), (refusal.Status, (string)refusal.Body["ErrorCode"]!));
    }

    [Theory]
    [InlineData("key")]
    [InlineData("secret")]
    [InlineData("service")]
    [InlineData("late")]
    [InlineData("early")]
    [InlineData("unsigned")]
    public async Task A_signature_that_is_wrong_in_one_thing_is_refused(string thing)
    {
        await using var place = await TunnelPlace.StartAsync();
        var right = new RequestSigner();
        var signer = thing switch
        {
            "key" => right with { AccessKeyId = "other" },
            "secret" => right with { Secret = "other" },
            "service" => right with { Service = "ssmmessages" },
            "late" => right with { ClockSkew = TimeSpan.FromSeconds(-61) },
            "early" => right with { ClockSkew = TimeSpan.FromMinutes(6) },
            _ => null,
        };

        Assert.Equal(403, (await TunnelPlace.RefusalAsync(place.Url(), signer)).Status);
    }

    [Fact]
    public async Task A_tunnel_can_be_denied()
    {
        await using var place = await TunnelPlace.StartAsync();
        place.Fargate.Faults.Add(new AccessDenied { Operation = "OpenTunnel" });

        var refusal = await TunnelPlace.RefusalAsync(place.Url(), new RequestSigner());

        Assert.Equal((403, "AccessDeniedException"), (refusal.Status, (string)refusal.Body["ErrorCode"]!));
        Assert.Contains("ec2-instance-connect:OpenTunnel", (string)refusal.Body["Message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tunnel_ends_after_its_maximum_duration()
    {
        await using var place = await TunnelPlace.StartAsync();
        place.Silence();

        using var tunnel = await place.OpenAsync(("maxTunnelDuration", "1"));

        Assert.Empty(await ReadToCloseAsync(tunnel));
        Assert.Equal(
            (WebSocketCloseStatus.PolicyViolation, "The tunnel has reached its maximum duration."),
            (tunnel.CloseStatus!.Value, tunnel.CloseStatusDescription));
    }

    [Fact]
    public async Task A_task_that_does_not_let_the_endpoints_group_in_is_not_reached()
    {
        await using var place = await TunnelPlace.StartAsync(letsEndpointIn: false);

        var blocked = await TunnelPlace.RefusalAsync(place.Url(), new RequestSigner());
        place.LetEndpointIn();
        using var tunnel = await place.OpenAsync();

        Assert.Equal((504, "ConnectionTimedOut"), (blocked.Status, (string)blocked.Body["ErrorCode"]!));
        Assert.NotEmpty(await ReadToCloseAsync(tunnel));
    }

    internal static async Task<byte[]> ReadToCloseAsync(ClientWebSocket socket)
    {
        using var limit = new CancellationTokenSource(Eventually.DefaultLimit);
        using var all = new MemoryStream();
        var buffer = new byte[65536];
        while (await socket.ReceiveAsync(buffer.AsMemory(), limit.Token) is { MessageType: WebSocketMessageType.Binary } part)
        {
            all.Write(buffer, 0, part.Count);
        }

        return all.ToArray();
    }
}

/// <summary>A server with a task without a public address, and an endpoint.</summary>
internal sealed class TunnelPlace : IAsyncDisposable
{
    private readonly string _endpoint;
    private System.Net.Sockets.TcpListener? _silent;

    private TunnelPlace(LocalFargateServer fargate, string endpoint)
    {
        Fargate = fargate;
        _endpoint = endpoint;
    }

    public LocalFargateServer Fargate { get; }

    public TaskView Task => Fargate.Tasks.Single();

    public static async Task<TunnelPlace> StartAsync(InstanceConnectEndpointOptions? endpoint = null, bool letsEndpointIn = true)
    {
        var fargate = await LocalFargateServer.StartAsync(new LocalFargateOptions { RunsContainers = false });
        var place = new TunnelPlace(fargate, fargate.AddInstanceConnectEndpoint(endpoint));
        using var client = new FargateClient(fargate);
        await client.StartTaskAsync(parameters => parameters["networkConfiguration"]!["awsvpcConfiguration"]!["assignPublicIp"] = "DISABLED");
        await Wait.UntilAsync(() => place.Task.Phase == TaskPhase.Running, "the task to run");
        if (letsEndpointIn)
        {
            place.LetEndpointIn();
        }

        return place;
    }

    /// <summary>The endpoint is a member of the first group, like the task.</summary>
    public void LetEndpointIn()
    {
        foreach (var port in (int[])[Fargate.SshPort, 3389])
        {
            Fargate.AddIngressRule(Fargate.SecurityGroups[0], Fargate.SecurityGroups[0], port, "from the endpoint");
        }
    }

    /// <summary>Makes something listen on port 3389 that says nothing.</summary>
    public void Silence()
    {
        _silent = new System.Net.Sockets.TcpListener(IPAddress.Parse(Task.PrivateAddress), 3389);
        _silent.Start();
    }

    public Uri Url(params (string Name, string Value)[] changes)
    {
        var query = new Dictionary<string, string>
        {
            ["instanceConnectEndpointId"] = _endpoint,
            ["remotePort"] = _silent is null ? "22" : "3389",
            ["privateIpAddress"] = Task.PrivateAddress,
        };
        foreach (var (name, value) in changes)
        {
            query[name] = value;
        }

        return new Uri($"{Fargate.EndpointUrl.Replace("http://", "ws://", StringComparison.Ordinal)}/openTunnel?"
            + string.Join('&', query.Select(pair => $"{pair.Key}={pair.Value}")));
    }

    public async Task<ClientWebSocket> OpenAsync(params (string Name, string Value)[] changes)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new RequestSigner().Presign(Url(changes), "ec2-instance-connect", expires: 60), CancellationToken.None);
        return socket;
    }

    /// <summary>Opens a tunnel that is refused.</summary>
    public static async Task<(int Status, JsonObject Body)> RefusalAsync(Uri url, RequestSigner? signer)
    {
        var target = signer?.Presign(url, "ec2-instance-connect", expires: 60) ?? url;
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, target.AbsoluteUri.Replace("ws://", "http://", StringComparison.Ordinal));
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", Convert.ToBase64String(new byte[16]));
        using var response = await http.SendAsync(request);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject());
    }

    public async ValueTask DisposeAsync()
    {
        _silent?.Dispose();
        await Fargate.DisposeAsync();
    }
}
