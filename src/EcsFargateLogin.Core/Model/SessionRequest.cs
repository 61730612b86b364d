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

/// <summary>A service that runs already, as the model of a session.</summary>
/// <param name="Name">Its name or ARN.</param>
/// <param name="Parts">What is taken from it.</param>
internal sealed record ServiceChoice(string Name, ServiceParts Parts)
{
    /// <summary>The cluster's name where the service is named by its ARN of the long form; otherwise null.</summary>
    public string? Cluster =>
        Name.Split('/') is [var head, { Length: > 0 } cluster, _] && head.EndsWith(":service", StringComparison.Ordinal)
            ? cluster
            : null;

    /// <summary>Whether a part is taken from it.</summary>
    public bool Includes(ServiceParts part) => Parts.HasFlag(part);
}

/// <summary>
/// The attempts at starting a session's task: with all subnets as given; then with one subnet after the other, and so
/// zone by zone; and where the user allows it, at last on demand instead of on Spot. All attempts share the session's
/// key and id; each has a client token of its own, because ECS answers a repeated one with the task that failed.
/// </summary>
internal sealed class StartPlan
{
    private readonly RunTaskRequest[] _attempts;
    private int _made;

    /// <param name="request">What the user asked for.</param>
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

    /// <summary>The next attempt in a few words, for people.</summary>
    public string Next => _made < _attempts.Length
        ? $"attempt {_made + 1} of {_attempts.Length}, {_attempts[_made].CapacityProvider} in {string.Join(", ", _attempts[_made].Subnets)}"
        : "no attempt is left";

    /// <summary>Turns to the next attempt.</summary>
    public StartAttempt TakeNext() =>
        new(_attempts[_made++] with { ClientToken = Guid.NewGuid().ToString("N") }, DateTimeOffset.UtcNow);
}

/// <summary>One call of RunTask for a session.</summary>
/// <param name="RunTask">The request.</param>
/// <param name="CreatedAt">Its time.</param>
internal sealed record StartAttempt(RunTaskRequest RunTask, DateTimeOffset CreatedAt)
{
    /// <summary>The session's record while the attempt is not answered.</summary>
    public SessionRecord In(SessionRecord record) =>
        record with { ClientToken = RunTask.ClientToken, CreatedAt = CreatedAt, TaskArn = null };
}
