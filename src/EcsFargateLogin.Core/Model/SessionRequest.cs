using EcsFargateLogin.Cloud;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Model;

/// <summary>What a user asks for when starting a session.</summary>
internal sealed record SessionRequest
{
    public const int DefaultRetryCount = 2;

    /// <summary>Family, family:revision or ARN; empty where the service gives it.</summary>
    public required string TaskDefinition { get; init; }

    /// <summary>Whether that is an application's own: the container then runs start-sshd.sh in place of its command.</summary>
    public bool IsOfApplication { get; init; }

    /// <summary>The service that the session is modelled on; null for none.</summary>
    public ServiceChoice? Service { get; init; }

    public required string Cluster { get; init; }

    public required IReadOnlyList<string> Subnets { get; init; }

    public IReadOnlyList<string> SecurityGroups { get; init; } = [];

    /// <summary>The container that runs sshd; null finds it.</summary>
    public string? ContainerName { get; init; }

    public bool AssignPublicIp { get; init; } = true;

    /// <summary>How the container is to be reached.</summary>
    public FargateTransport Transport { get; init; }

    public int Port { get; init; } = ContainerContract.DefaultPort;

    public string UserName { get; init; } = ContainerContract.DefaultUserName;

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>What the user wants the container to run; empty for what it runs anyway.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    public string? TaskRoleArn { get; init; }

    public HostKeyVerification HostKeyVerification { get; init; }

    /// <summary>The task's tags, checked.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = SessionTags.None;

    /// <summary>The kind of a new key.</summary>
    public SshKeyType KeyType { get; init; }

    /// <summary>A key of the user's own that takes the place of new ones; null for none.</summary>
    public string? KeyPath { get; init; }

    /// <summary>Where the key lets in from, checked; none for everywhere.</summary>
    public IReadOnlyList<string> FromAddresses { get; init; } = [];

    public SessionLimits Limits { get; init; } = new();

    public string CapacityProvider { get; init; } = RunTaskRequest.Fargate;

    /// <summary>The version of Fargate's platform; null for the latest.</summary>
    public string? PlatformVersion { get; init; }

    /// <summary>Whether the last attempt is made on demand, when there was no room on Spot.</summary>
    public bool FallsBackToOnDemand { get; init; }

    /// <summary>How many times a start is repeated for which there was no room, 0 or more.</summary>
    public int RetryCount { get; init; } = DefaultRetryCount;

    /// <summary>The way to the SSH server; null for the direct one.</summary>
    public SshProxy? Proxy { get; init; }

    /// <summary>The address that the first security group lets in for the session's life, as a CIDR block; null lets in none.</summary>
    public string? AuthorizedCidr { get; init; }

    public TimeSpan StartTimeout { get; init; } = FargateSession.DefaultStartTimeout;
}
