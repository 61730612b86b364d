namespace LocalFargate;

/// <summary>A service to register. By default one on Fargate with tasks that get no public address.</summary>
/// <param name="Name">Its name.</param>
public sealed record ServiceOptions(string Name)
{
    /// <summary>The cluster's name.</summary>
    public required string Cluster { get; init; }

    /// <summary>The task definition of its tasks, which is registered already.</summary>
    public required string TaskDefinition { get; init; }

    /// <summary>FARGATE or EC2; null where capacity providers decide.</summary>
    public string? LaunchType { get; init; } = "FARGATE";

    /// <summary>The capacity providers of its strategy.</summary>
    public IReadOnlyList<string> CapacityProviders { get; init; } = [];

    /// <summary>The version of Fargate's platform.</summary>
    public string PlatformVersion { get; init; } = "LATEST";

    /// <summary>The subnets of its tasks; none for a service without an awsvpc configuration.</summary>
    public IReadOnlyList<string> Subnets { get; init; } = [];

    /// <summary>The security groups of its tasks.</summary>
    public IReadOnlyList<string> SecurityGroups { get; init; } = [];

    /// <summary>Whether its tasks get public addresses.</summary>
    public bool AssignPublicIp { get; init; }

    /// <summary>Its tags.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>ACTIVE, DRAINING or INACTIVE.</summary>
    public string Status { get; init; } = "ACTIVE";

    /// <summary>Whether CodeDeploy deploys it: its task set, and not the service, then says what its tasks are like.</summary>
    public bool IsDeployedByTaskSets { get; init; }
}
