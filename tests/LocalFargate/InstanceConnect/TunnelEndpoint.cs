using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using LocalFargate.Network;
using LocalFargate.Protocol;
using LocalFargate.Signing;
using LocalFargate.Tasks;

namespace LocalFargate.InstanceConnect;

/// <summary>
/// The tunnels of EC2 Instance Connect Endpoints: a WebSocket each, whose binary messages are the bytes of one TCP connection to
/// a private address.
/// </summary>
internal sealed class TunnelEndpoint(
    InstanceConnectEndpoints endpoints, TunnelTargets targets, SignatureVerifier verifier, AwsEndpoint aws, CancellationToken stopping)
{
    private const string Service = "ec2-instance-connect";
    private const int MaxFrame = 65_000;

    private static readonly TimeSpan _closeLimit = TimeSpan.FromSeconds(5);

    internal void Map(IEndpointRouteBuilder routes) => routes.Map("/openTunnel", HandleAsync);

    private async Task HandleAsync(HttpContext http)
    {
        try
        {
            if (!http.WebSockets.IsWebSocketRequest)
            {
                throw new AwsException("InvalidRequest", "The request is not one for a WebSocket.");
            }

            verifier.VerifyPresigned(SignedRequest.Of(http, body: default), Service);
            var parameters = new JsonObject([.. http.Request.Query
                .Where(pair => !pair.Key.StartsWith("X-Amz-", StringComparison.Ordinal))
                .Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value.ToString()))]);
            if (await aws.AdmitAsync(http, Service, "OpenTunnel", parameters))
            {
                await OpenAsync(http, parameters);
            }
        }
        catch (AwsException error)
        {
            // Refusals of the signature and of policies have codes that end so.
            var isForbidden = error.StatusCode == 400 && error.Code.EndsWith("Exception", StringComparison.Ordinal);
            http.Response.StatusCode = isForbidden ? StatusCodes.Status403Forbidden : error.StatusCode;
            var answer = new JsonObject { ["ErrorCode"] = error.Code, ["Message"] = error.Message };
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(answer.ToJsonString(AwsJson.Options), http.RequestAborted);
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException or SocketException or IOException)
        {
            // One side has hung up, or the server is ending.
        }
    }

    private async Task OpenAsync(HttpContext http, JsonObject parameters)
    {
        var id = (string?)parameters["instanceConnectEndpointId"] ?? "";
        var endpoint = endpoints.Find(id) is { IsComplete: true } complete ? complete
            : throw new AwsException("ResourceNotFound", $"The specified InstanceConnectEndpointId {id} is not found or is not available.", 404);
        var duration = DurationOf((string?)parameters["maxTunnelDuration"], endpoint);
        using var server = await targets.ConnectAsync(
            endpoint, (string?)parameters["privateIpAddress"] ?? "", (string?)parameters["remotePort"] ?? "", http.RequestAborted);
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, http.RequestAborted);
        await JoinAsync(socket, server, duration, ending);
    }

    private static TimeSpan DurationOf(string? asked, InstanceConnectEndpoint endpoint)
    {
        if (asked is null)
        {
            return endpoint.Options.MaxTunnelDuration;
        }

        return int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 1 and <= 3600
            ? TimeSpan.FromSeconds(Math.Min(seconds, endpoint.Options.MaxTunnelDuration.TotalSeconds))
            : throw new AwsException("InvalidParameter", "The specified MaxTunnelDuration is not valid. Specify a value from 1 to 3600.");
    }

    private static async Task JoinAsync(WebSocket socket, TaskConnection server, TimeSpan duration, CancellationTokenSource ending)
    {
        var input = CopyInputAsync(socket, server, ending.Token);
        var output = CopyOutputAsync(server, socket, ending.Token);
        var first = await Task.WhenAny(input, output, Task.Delay(duration, ending.Token));
        var (code, reason) = first == input || first == output
            ? (WebSocketCloseStatus.NormalClosure, "")
            : (WebSocketCloseStatus.PolicyViolation, "The tunnel has reached its maximum duration.");
        ending.CancelAfter(_closeLimit);
        server.Shutdown(first == input ? SocketShutdown.Send : SocketShutdown.Both);
        await output;
        await socket.CloseOutputAsync(code, reason, ending.Token);
        await input;
    }

    private static async Task CopyInputAsync(WebSocket socket, TaskConnection server, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxFrame];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (part.MessageType != WebSocketMessageType.Binary)
            {
                return;
            }

            try
            {
                await server.SendAsync(buffer.AsMemory(0, part.Count), cancellationToken);
            }
            catch (SocketException)
            {
                // The server has hung up, as its output shows.
            }
        }
    }

    private static async Task CopyOutputAsync(TaskConnection server, WebSocket socket, CancellationToken cancellationToken)
    {
        try
        {
            await server.ReadAllAsync(
                new byte[MaxFrame],
                async data => await socket.SendAsync(data, WebSocketMessageType.Binary, true, cancellationToken),
                cancellationToken);
        }
        catch (SocketException)
        {
            // A reset ends it like an end.
        }
    }
}

/// <summary>What tunnels can reach: tasks whose security groups let the endpoint in, on port 22 or 3389.</summary>
internal sealed class TunnelTargets(Vpc vpc, TaskRegistry tasks)
{
    private static readonly TimeSpan _connectLimit = TimeSpan.FromSeconds(3);

    /// <summary>
    /// The port that stands for 22 where this machine does not let tasks have that one; it can then be asked for by its own number
    /// too. Null where 22 is 22.
    /// </summary>
    internal int? StandInFor22 { get; init; }

    /// <summary>The operator's address, for endpoints that preserve it.</summary>
    internal IPAddress OperatorAddress { get; init; } = IPAddress.Loopback;

    /// <exception cref="AwsException">It cannot be connected to.</exception>
    internal async Task<TaskConnection> ConnectAsync(
        InstanceConnectEndpoint endpoint, string privateAddress, string remotePort, CancellationToken cancellationToken)
    {
        var port = ReadPort(remotePort);
        if (!IPAddress.TryParse(privateAddress, out var address) || address.AddressFamily != AddressFamily.InterNetwork
            || endpoint.VpcId != vpc.Id || !vpc.Contains(address))
        {
            throw new AwsException("InvalidParameter", $"The specified PrivateIpAddress {privateAddress} is not in the VPC of the endpoint.");
        }

        var owner = tasks.All.FirstOrDefault(task =>
            task.State.IsAttached && task.NetworkInterface.PrivateAddress.Equals(address));
        var networkInterface = owner?.NetworkInterface;
        var source = endpoint.Options.PreserveClientIp ? OperatorAddress : endpoint.Address;
        if (networkInterface is null
            || !vpc.Admits(networkInterface.SecurityGroups, port, new IngressSource(source, endpoint.SecurityGroups)))
        {
            // Packets that nobody answers.
            await Task.Delay(_connectLimit, cancellationToken);
            throw new AwsException("ConnectionTimedOut", $"The connection to {address}:{remotePort} has timed out.", 504);
        }

        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(
                owner!.Plan.DivertedThroughAws ?? new IPEndPoint(networkInterface.ListenAddress, port), cancellationToken);
            return new TaskConnection(socket, owner.Plan.Faults);
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw new AwsException("ConnectionRefused", $"The connection to {address}:{remotePort} was refused.", 502);
        }
    }

    private int ReadPort(string remotePort)
    {
        if (int.TryParse(remotePort, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && (port is 22 or 3389 || port == StandInFor22))
        {
            return port == 22 ? StandInFor22 ?? port : port;
        }

        throw new AwsException(
            "InvalidParameter", "The specified RemotePort is not valid. Specify either 22 or 3389 as the RemotePort and retry your request.");
    }
}
