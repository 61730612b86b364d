using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using LocalFargate;

namespace EcsFargateLogin.EndToEnd.LocalFargateTests;

/// <summary>A server with one task that Session Manager reaches.</summary>
internal sealed class SessionTask : IAsyncDisposable
{
    public const string Forwarding = "AWS-StartPortForwardingSession";
    public const string ToRemoteHost = "AWS-StartPortForwardingSessionToRemoteHost";
    public const string Ssh = "AWS-StartSSHSession";

    private SessionTask(LocalFargateServer fargate)
    {
        Fargate = fargate;
        Client = new FargateClient(fargate);
    }

    public LocalFargateServer Fargate { get; }

    public FargateClient Client { get; }

    public string Arn { get; private set; } = "";

    public string Target { get; private set; } = "";

    public TaskView View => Fargate.Tasks.Single(task => task.Arn == Arn);

    /// <summary>By default without processes: its address is there all the same, for the test to listen on.</summary>
    public static async Task<SessionTask> StartAsync(
        Func<SessionManagerOptions, SessionManagerOptions>? change = null, bool runsContainers = false, Action<JsonObject>? runTask = null)
    {
        var sessionManager = new SessionManagerOptions { AgentInterval = TimeSpan.Zero };
        return await StartAsync(
            new LocalFargateOptions
            {
                RunsContainers = runsContainers,
                SessionManager = change?.Invoke(sessionManager) ?? sessionManager,
            },
            runTask);
    }

    public static async Task<SessionTask> StartAsync(LocalFargateOptions options, Action<JsonObject>? runTask = null)
    {
        var task = new SessionTask(await LocalFargateServer.StartAsync(options));
        task.Arn = await task.Client.StartTaskAsync(parameters =>
        {
            parameters["enableExecuteCommand"] = true;
            parameters["networkConfiguration"]!["awsvpcConfiguration"]!["assignPublicIp"] = "DISABLED";
            runTask?.Invoke(parameters);
        });
        var container = await Wait.ForAsync(
            async () => (await task.Client.DescribeTaskAsync(task.Arn))["containers"]![0]!.AsObject() is { } found
                && (string?)found["managedAgents"]?[0]!["lastStatus"] == "RUNNING" ? found : null,
            "the agent to run");
        task.Target = $"ecs:{task.Fargate.Cluster}_{task.Arn.Split('/')[^1]}_{container["runtimeId"]}";
        return task;
    }

    public Task<JsonReply> AskForSessionAsync(int port, string document = Forwarding, Action<JsonObject>? change = null)
    {
        var parameters = new JsonObject
        {
            [nameof(Target)] = Target,
            ["DocumentName"] = document,
            ["Parameters"] = new JsonObject { ["portNumber"] = new JsonArray($"{port}") },
        };
        change?.Invoke(parameters);
        return Client.SsmAsync("StartSession", parameters);
    }

    public async Task<JsonObject> StartSessionAsync(int port, string document = Forwarding, Action<JsonObject>? change = null)
    {
        var reply = await AskForSessionAsync(port, document, change);
        Assert.Equal((200, null), (reply.Status, reply.Error));
        return reply.Body;
    }

    /// <summary>Opens the data channel of a new session, with the client's signature.</summary>
    public async Task<DataChannelClient> OpenAsync(int port, string document = Forwarding, Action<JsonObject>? change = null) =>
        await DataChannelClient.OpenAsync(await StartSessionAsync(port, document, change), Client.Signer);

    /// <summary>Resumes the server's only session with a client whose connection has ended.</summary>
    public async Task ResumeAsync(DataChannelClient client)
    {
        while (await client.ReadAsync() is not null)
        {
        }

        var reply = await Client.SsmAsync("ResumeSession", new JsonObject { ["SessionId"] = Fargate.Sessions.Single().Id });
        await client.ConnectAsync((string)reply.Body["StreamUrl"]!, Client.Signer);
        await client.SendTokenAsync((string)reply.Body["TokenValue"]!);
    }

    /// <summary>Listens in the container, on a port of its own.</summary>
    public TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Parse(View.PrivateAddress), 0);
        listener.Start();
        return listener;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Fargate.DisposeAsync();
    }
}

/// <summary>Frames of smux, version 1.</summary>
internal static class Mux
{
    public const byte Open = 0;
    public const byte Close = 1;
    public const byte Data = 2;
    public const byte Nothing = 3;

    public static byte[] Frame(byte command, uint stream, params byte[] data)
    {
        var frame = new byte[8 + data.Length];
        frame[0] = 1;
        frame[1] = command;
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(2), (ushort)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), stream);
        data.CopyTo(frame, 8);
        return frame;
    }

    public static async Task<(byte Command, uint Stream, byte[] Data)> ReadFrameAsync(this DataChannelClient client)
    {
        var header = await client.ReadOutputAsync(8);
        Assert.Equal(1, header[0]);
        var data = await client.ReadOutputAsync(BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(2)));
        return (header[1], BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4)), data);
    }

    public static int PortOf(this TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;
}
