namespace EcsFargateLogin.Cloud;

/// <summary>A task definition, as far as a session needs it.</summary>
internal sealed record TaskDefinitionDescription
{
    /// <summary>Its ARN, with the revision.</summary>
    public required string Arn { get; init; }

    /// <summary>awsvpc, bridge, host, none; absent means bridge.</summary>
    public string? NetworkMode { get; init; }

    /// <summary>What it was checked to run on: EC2, FARGATE, EXTERNAL.</summary>
    public IReadOnlyList<string> Compatibilities { get; init; } = [];

    /// <summary>The names of its containers, in order.</summary>
    public IReadOnlyList<string> ContainerNames { get; init; } = [];

    /// <summary>The names of those whose end ends the task, in order.</summary>
    public IReadOnlyList<string> EssentialNames { get; init; } = [];

    /// <summary>The logs of those containers that log to CloudWatch Logs, by container name.</summary>
    public IReadOnlyDictionary<string, ContainerLog> Logs { get; init; } = new Dictionary<string, ContainerLog>();

    /// <summary>How its containers start, by container name.</summary>
    public IReadOnlyDictionary<string, ContainerStart> Starts { get; init; } = new Dictionary<string, ContainerStart>();
}

/// <summary>How a container starts, as far as its task definition says; what is empty is the image's own matter.</summary>
internal sealed record ContainerStart
{
    /// <summary>The program, with its first arguments. RunTask cannot change it.</summary>
    public IReadOnlyList<string> EntryPoint { get; init; } = [];

    /// <summary>What comes after the entry point, the image's where that is empty. RunTask can replace it.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Whether ECS starts it again, in the same task, when it ends.</summary>
    public bool IsRestarted { get; init; }

    /// <summary>The variables that the task definition sets by their values; those of the image and secrets are not known.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}

/// <summary>A cluster.</summary>
/// <param name="Arn">Its ARN.</param>
/// <param name="Name">Its name.</param>
/// <param name="Status">ACTIVE, PROVISIONING, DEPROVISIONING, FAILED or INACTIVE.</param>
internal sealed record ClusterDescription(string Arn, string Name, string Status);

/// <summary>An elastic network interface.</summary>
internal sealed record NetworkInterfaceDescription
{
    /// <summary>Its id, eni-….</summary>
    public required string Id { get; init; }

    /// <summary>The public IPv4 address of its association, once it has one.</summary>
    public string? PublicIPv4Address { get; init; }

    /// <summary>Its primary private IPv4 address.</summary>
    public string? PrivateIPv4Address { get; init; }

    /// <summary>Its IPv6 addresses.</summary>
    public IReadOnlyList<string> IPv6Addresses { get; init; } = [];

    /// <summary>The subnet it lies in.</summary>
    public string? SubnetId { get; init; }
}
