namespace EcsFargateLogin.Ssh;

/// <summary>What ssh is pointed at, and with what it proves who it is.</summary>
internal sealed record SshEndpoint
{
    public required string Address { get; init; }

    public required int Port { get; init; }

    public required string UserName { get; init; }

    public required string KeyPath { get; init; }

    /// <summary>Whether the user's agent signs with that key; otherwise no agent is asked.</summary>
    public bool IsKeyInAgent { get; init; }

    public required string KnownHostsPath { get; init; }

    /// <summary>The way there; null for the direct one.</summary>
    public SshProxy? Proxy { get; init; }

    /// <summary>The name under which the host key is kept: addresses are used again by other tasks, this is not.</summary>
    public required string HostKeyAlias { get; init; }

    /// <summary>Whether that key is known. Until then the first one is noted.</summary>
    public required bool HostKeyIsKnown { get; init; }

    /// <summary>The control socket of the session's open master connection; null for a connection of one's own.</summary>
    public string? ControlPath { get; init; }

    /// <summary>Whether logins tell the container that the session goes on after the last of them.</summary>
    public bool KeepsSession { get; init; }
}
