namespace EcsFargateLogin.Cloud;

/// <summary>A service, as far as a session can be modelled on it.</summary>
internal sealed record ServiceDescription
{
    /// <summary>Its ARN.</summary>
    public required string Arn { get; init; }

    /// <summary>The ARN of the task definition that its tasks are to have.</summary>
    public string? TaskDefinition { get; init; }

    /// <summary>FARGATE, EC2, EXTERNAL; absent where capacity providers decide.</summary>
    public string? LaunchType { get; init; }

    /// <summary>The capacity providers of its strategy.</summary>
    public IReadOnlyList<string> CapacityProviders { get; init; } = [];

    /// <summary>The version of Fargate's platform, or LATEST.</summary>
    public string? PlatformVersion { get; init; }

    /// <summary>The subnets of its tasks; none without an awsvpc configuration.</summary>
    public IReadOnlyList<string> Subnets { get; init; } = [];

    /// <summary>The security groups of its tasks; none means the VPC's default group.</summary>
    public IReadOnlyList<string> SecurityGroups { get; init; } = [];

    /// <summary>Whether its tasks get public addresses.</summary>
    public bool AssignPublicIp { get; init; }

    /// <summary>Its tags, by key.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}
