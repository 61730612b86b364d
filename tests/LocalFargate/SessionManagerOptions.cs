using System.Net;

namespace LocalFargate;

/// <summary>The settings of Session Manager: its gateway of data channels, and the agents in the containers.</summary>
public sealed record SessionManagerOptions
{
    /// <summary>How the gateway wants the WebSockets of its data channels to be signed.</summary>
    public StreamSignature StreamSignature { get; init; } = StreamSignature.Required;

    /// <summary>
    /// The time from one message of an agent to its next. An agent sleeps for 1 ms after each 1024 bytes, which makes 0.6 MB/s
    /// of it in practice; zero for no pause at all.
    /// </summary>
    public TimeSpan AgentInterval { get; init; } = TimeSpan.FromMilliseconds(1.65);

    /// <summary>The number of sessions that an agent serves at a time. The next one waits without a word.</summary>
    public int SessionWorkersLimit { get; init; } = 2;

    /// <summary>The number of sessions that can wait for an agent. With one more the agent starts none ever again.</summary>
    public int SessionQueueLimit { get; init; } = 1;

    /// <summary>The time without stream data after which a session ends.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>The time after which the gateway closes a client's WebSocket, with code 1000 and "Bye".</summary>
    public TimeSpan StreamLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The time that an agent gives a client for its part of the handshake.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The time that an agent gives a client, after the end of a program, to acknowledge what that has printed.</summary>
    public TimeSpan DrainLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The version that agents tell.</summary>
    public string AgentVersion { get; init; } = "3.3.2299.0";

    /// <summary>The KMS key of the clusters' shells: their agents then ask for encryption, which is not played. Null for none.</summary>
    public string? ShellKmsKeyId { get; init; }

    /// <summary>The addresses of hosts that containers reach by name, for AWS-StartPortForwardingSessionToRemoteHost.</summary>
    public IReadOnlyDictionary<string, IPAddress> RemoteHosts { get; init; } = new Dictionary<string, IPAddress>();
}

/// <summary>How the gateway wants the WebSocket of a data channel to be signed.</summary>
public enum StreamSignature
{
    /// <summary>By headers, for the service ssmmessages.</summary>
    Required,

    /// <summary>By headers or not at all, as it still is on AWS.</summary>
    Optional,

    /// <summary>In the URL's query, by the gateway itself: the client sends it as it is.</summary>
    Presigned,
}
