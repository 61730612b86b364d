using EcsFargateLogin.Cloud;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Model;

/// <summary>A user's request for a session.</summary>
internal sealed record SessionRequest : TaskOptions
{
    public const int DefaultRetryCount = 2;

    /// <summary>
    /// Whether the task definition is that of an application, where the container runs start-sshd.sh instead of its command.
    /// </summary>
    public bool IsOfApplication { get; init; }

    /// <summary>The service that the session is modelled on; null for none.</summary>
    public ServiceChoice? Service { get; init; }

    /// <summary>The container that runs sshd; null chooses it.</summary>
    public string? ContainerName { get; init; }

    /// <summary>The transport to the container.</summary>
    public FargateTransport Transport { get; init; }

    public int Port { get; init; } = ContainerContract.DefaultPort;

    public string UserName { get; init; } = ContainerContract.DefaultUserName;

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The command that replaces the container's own; empty keeps that.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    public HostKeyVerification HostKeyVerification { get; init; }

    /// <summary>The type of a new key.</summary>
    public SshKeyType KeyType { get; init; }

    /// <summary>A key of the user that replaces one-time keys; null for none.</summary>
    public string? KeyPath { get; init; }

    /// <summary>The addresses from which the key can log in, validated; empty for any.</summary>
    public IReadOnlyList<string> FromAddresses { get; init; } = [];

    public SessionLimits Limits { get; init; } = new();

    /// <summary>Whether the last attempt uses Fargate on demand, after attempts on Spot found no capacity.</summary>
    public bool FallsBackToOnDemand { get; init; }

    /// <summary>The number of retries after a start without capacity, 0 or more.</summary>
    public int RetryCount { get; init; } = DefaultRetryCount;

    /// <summary>The route to the SSH server.</summary>
    public FargateRoute Route { get; init; }

    /// <summary>The EC2 Instance Connect Endpoint to use; null for one of the task's VPC.</summary>
    public string? InstanceConnectEndpoint { get; init; }

    /// <summary>The proxy to the SSH server; null for a direct connection.</summary>
    public SshProxy? Proxy { get; init; }

    /// <summary>The CIDR block that the first security group admits during the session; null for none.</summary>
    public string? AuthorizedCidr { get; init; }

    public TimeSpan StartTimeout { get; init; } = SessionRecord.DefaultStartTimeout;
}

/// <summary>The parts that a session can copy from a service.</summary>
[Flags]
internal enum ServiceParts
{
    None = 0,
    TaskDefinition = 1,
    Subnets = 2,
    SecurityGroups = 4,
    AssignPublicIp = 8,
    PlatformVersion = 16,
    CapacityProvider = 32,
    Tags = 64,
    All = TaskDefinition | Subnets | SecurityGroups | AssignPublicIp | PlatformVersion | CapacityProvider | Tags,
}

/// <summary>A running service as the model of a session.</summary>
/// <param name="Name">Its name or ARN.</param>
/// <param name="Parts">The parts that are copied.</param>
internal sealed record ServiceChoice(string Name, ServiceParts Parts)
{
    /// <summary>The cluster's name where the service is named by its ARN of the long form; otherwise null.</summary>
    public string? Cluster =>
        Name.Split('/') is [var head, { Length: > 0 } cluster, _] && head.EndsWith(":service", StringComparison.Ordinal)
            ? cluster
            : null;

    /// <summary>Whether a part is copied.</summary>
    public bool Includes(ServiceParts part) => Parts.HasFlag(part);
}

/// <summary>
/// The attempts to start a session's task: first with all subnets, then with one subnet after the other, and so zone by zone;
/// last, where the user allows it, on demand instead of on Spot. All attempts share the session's key and id. Each has its own
/// client token, because ECS answers a repeated one with the task that failed.
/// </summary>
internal sealed class StartPlan
{
    private readonly RunTaskRequest[] _attempts;
    private int _made;

    /// <param name="request">The user's request.</param>
    /// <param name="first">The first attempt.</param>
    public StartPlan(SessionRequest request, RunTaskRequest first)
    {
        var subnets = first.Subnets;
        var retries = Enumerable.Range(0, request.RetryCount).Select(n => first with { Subnets = [subnets[n % subnets.Count]] });
        RunTaskRequest[] onDemand = request.FallsBackToOnDemand && first.CapacityProvider == TaskOptions.FargateSpot
            ? [first with { CapacityProvider = TaskOptions.Fargate }]
            : [];
        _attempts = [first, .. retries, .. onDemand];
    }

    /// <summary>Whether there is another attempt to make.</summary>
    public bool HasNext => _made < _attempts.Length;

    /// <summary>Describes the next attempt, for people.</summary>
    public string Next => _made < _attempts.Length
        ? $"attempt {_made + 1} of {_attempts.Length}, {_attempts[_made].CapacityProvider} in {string.Join(", ", _attempts[_made].Subnets)}"
        : "no attempt is left";

    /// <summary>Advances to the next attempt.</summary>
    public StartAttempt TakeNext() =>
        new(_attempts[_made++] with { ClientToken = Guid.NewGuid().ToString("N") }, DateTimeOffset.UtcNow);
}

/// <summary>One call of RunTask for a session.</summary>
/// <param name="RunTask">The request.</param>
/// <param name="CreatedAt">Its time.</param>
internal sealed record StartAttempt(RunTaskRequest RunTask, DateTimeOffset CreatedAt)
{
    /// <summary>Returns the session's record while the attempt is not answered.</summary>
    public SessionRecord In(SessionRecord record) =>
        record with { ClientToken = RunTask.ClientToken, CreatedAt = CreatedAt, TaskArn = null };
}
