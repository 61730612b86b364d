using EcsFargateLogin.Cloud;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Model;

/// <summary>A user's request for a session.</summary>
internal sealed record SessionRequest : TaskOptions
{
    public const int DefaultRetryCount = 2;

    /// <summary>Whether the task definition is an application's own: the container then runs start-sshd.sh in place of its command.</summary>
    public bool IsOfApplication { get; init; }

    /// <summary>The service that the session is modelled on; null for none.</summary>
    public ServiceChoice? Service { get; init; }

    /// <summary>The container that runs sshd; null finds it.</summary>
    public string? ContainerName { get; init; }

    /// <summary>How the container is to be reached.</summary>
    public FargateTransport Transport { get; init; }

    public int Port { get; init; } = ContainerContract.DefaultPort;

    public string UserName { get; init; } = ContainerContract.DefaultUserName;

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The command that takes the place of the container's own; empty for its own.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    public HostKeyVerification HostKeyVerification { get; init; }

    /// <summary>The kind of a new key.</summary>
    public SshKeyType KeyType { get; init; }

    /// <summary>A key of the user's own that takes the place of new ones; null for none.</summary>
    public string? KeyPath { get; init; }

    /// <summary>Where the key lets in from, checked; none for everywhere.</summary>
    public IReadOnlyList<string> FromAddresses { get; init; } = [];

    public SessionLimits Limits { get; init; } = new();

    /// <summary>Whether the last attempt is made on demand, when there was no room on Spot.</summary>
    public bool FallsBackToOnDemand { get; init; }

    /// <summary>How many times a start is repeated for which there was no room, 0 or more.</summary>
    public int RetryCount { get; init; } = DefaultRetryCount;

    /// <summary>The way to the SSH server; null for the direct one.</summary>
    public SshProxy? Proxy { get; init; }

    /// <summary>The address that the first security group lets in for the session's life, as a CIDR block; null lets in none.</summary>
    public string? AuthorizedCidr { get; init; }

    public TimeSpan StartTimeout { get; init; } = SessionRecord.DefaultStartTimeout;
}
