namespace EcsFargateLogin.Cloud;

/// <summary>A task definition, as far as a session needs it.</summary>
internal sealed record TaskDefinitionDescription
{
    /// <summary>Its ARN, with the revision.</summary>
    public required string Arn { get; init; }

    /// <summary>awsvpc, bridge, host, none; absent means bridge.</summary>
    public string? NetworkMode { get; init; }

    /// <summary>The launch types that it was checked for: EC2, FARGATE, EXTERNAL.</summary>
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

    /// <summary>The arguments after the entry point, the image's where that is empty. RunTask can replace it.</summary>
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

/// <summary>Where a container's output goes in CloudWatch Logs, as its task definition says (awslogs).</summary>
/// <param name="Group">The log group.</param>
/// <param name="Region">The region of the log group, which need not be the task's.</param>
/// <param name="StreamPrefix">The first part of its streams' names.</param>
internal sealed record ContainerLog(string Group, string Region, string StreamPrefix)
{
    /// <summary>The stream of one task, named as the awslogs driver of Fargate names it.</summary>
    public LogStreamName StreamOf(string containerName, string taskId) => new(Group, Region, $"{StreamPrefix}/{containerName}/{taskId}");
}

/// <summary>The full name of a stream of CloudWatch Logs.</summary>
/// <param name="Group">The log group.</param>
/// <param name="Region">The region.</param>
/// <param name="Name">The stream's name.</param>
internal sealed record LogStreamName(string Group, string Region, string Name);

/// <summary>A rule of a security group that admits one address on one TCP port.</summary>
/// <param name="SecurityGroupId">The security group.</param>
/// <param name="Cidr">The address, as a CIDR block of one host: a.b.c.d/32, or an IPv6 address with /128.</param>
/// <param name="Port">The port, 1 to 65535.</param>
/// <param name="Description">Its purpose, with the ids of the sessions that use it.</param>
internal sealed record IngressRule(string SecurityGroupId, string Cidr, int Port, string? Description)
{
    /// <summary>Whether the address is an IPv6 one.</summary>
    public bool IsIPv6 => Cidr.Contains(':', StringComparison.Ordinal);

    /// <summary>Whether it admits the same: a security group takes no second rule that does, however described.</summary>
    public bool AdmitsSameAs(IngressRule other) => this with { Description = other.Description } == other;
}
