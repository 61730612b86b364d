namespace EcsFargateLogin.Cloud;

/// <summary>The part of a task definition that sessions need.</summary>
internal sealed record TaskDefinitionDescription
{
    /// <summary>Its ARN, with the revision.</summary>
    public required string Arn { get; init; }

    /// <summary>awsvpc, bridge, host, none; null means bridge.</summary>
    public string? NetworkMode { get; init; }

    /// <summary>Whether it names a role for its tasks.</summary>
    public bool HasTaskRole { get; init; }

    /// <summary>The size of its tasks and containers; null where it is not known.</summary>
    public DefinitionSize? Size { get; init; }

    /// <summary>The launch types that it is compatible with: EC2, FARGATE, EXTERNAL.</summary>
    public IReadOnlyList<string> Compatibilities { get; init; } = [];

    /// <summary>The names of its containers, in order.</summary>
    public IReadOnlyList<string> ContainerNames { get; init; } = [];

    /// <summary>The names of its essential containers, in order.</summary>
    public IReadOnlyList<string> EssentialNames { get; init; } = [];

    /// <summary>The log configuration of the containers that use CloudWatch Logs, by container name.</summary>
    public IReadOnlyDictionary<string, ContainerLog> Logs { get; init; } = new Dictionary<string, ContainerLog>();

    /// <summary>The log drivers of its containers that have one, by container name.</summary>
    public IReadOnlyDictionary<string, string> LogDrivers { get; init; } = new Dictionary<string, string>();

    /// <summary>The start configuration of its containers, by container name.</summary>
    public IReadOnlyDictionary<string, ContainerStart> Starts { get; init; } = new Dictionary<string, ContainerStart>();
}

/// <summary>The start configuration of a container in its task definition. What is empty is defined by the image.</summary>
internal sealed record ContainerStart
{
    /// <summary>The program with its first arguments. RunTask cannot override it.</summary>
    public IReadOnlyList<string> EntryPoint { get; init; } = [];

    /// <summary>The arguments after the entry point; empty for the image's. RunTask can override them.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Whether ECS restarts the container in the same task when it ends.</summary>
    public bool IsRestarted { get; init; }

    /// <summary>Whether its root file system is read-only.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>
    /// The environment variables that the task definition sets to plain values. Those of the image, and secrets, are not known.
    /// </summary>
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

    /// <summary>The public IPv4 address, once it has one.</summary>
    public string? PublicIPv4Address { get; init; }

    /// <summary>Its primary private IPv4 address.</summary>
    public string? PrivateIPv4Address { get; init; }

    /// <summary>Its IPv6 addresses.</summary>
    public IReadOnlyList<string> IPv6Addresses { get; init; } = [];

    /// <summary>The subnet it lies in.</summary>
    public string? SubnetId { get; init; }

    /// <summary>The VPC it lies in.</summary>
    public string? VpcId { get; init; }
}

/// <summary>The destination of a container's output in CloudWatch Logs (awslogs).</summary>
/// <param name="Group">The log group.</param>
/// <param name="Region">The region of the log group, which need not be the task's.</param>
/// <param name="StreamPrefix">The first part of its streams' names.</param>
internal sealed record ContainerLog(string Group, string Region, string StreamPrefix)
{
    /// <summary>The log stream of one task, by the naming rule of the awslogs driver.</summary>
    public LogStreamName StreamOf(string containerName, string taskId) =>
        new(Group, Region, $"{StreamPrefix}/{containerName}/{taskId}");
}

/// <summary>The full name of a stream of CloudWatch Logs.</summary>
/// <param name="Group">The log group.</param>
/// <param name="Region">The region.</param>
/// <param name="Name">The stream's name.</param>
internal sealed record LogStreamName(string Group, string Region, string Name);

/// <summary>A position in a log stream.</summary>
internal sealed record LogPosition
{
    /// <summary>The token of the page before; null for the first page.</summary>
    public string? Token { get; init; }

    /// <summary>The number of the last messages that the first page has, 1 to 10000; null to begin with the first ones.</summary>
    public int? Tail { get; init; }

    /// <summary>The time before which messages are left out; null for none.</summary>
    public DateTimeOffset? Since { get; init; }
}

/// <summary>A page of a log stream.</summary>
/// <param name="Messages">Its messages, the oldest first. There may be none although others follow.</param>
/// <param name="NextToken">The token of the next page: the same again at the end of the stream, and null where there is no stream.</param>
internal sealed record LogPage(IReadOnlyList<LogMessage> Messages, string? NextToken);

/// <summary>A message of a log stream.</summary>
/// <param name="Time">The time when it was printed.</param>
/// <param name="Text">The message, unchanged.</param>
internal sealed record LogMessage(DateTimeOffset Time, string Text);

/// <summary>A rule of a security group that admits one address on one TCP port.</summary>
/// <param name="SecurityGroupId">The security group.</param>
/// <param name="Cidr">The address, as a CIDR block of one host: a.b.c.d/32, or an IPv6 address with /128.</param>
/// <param name="Port">The port, 1 to 65535.</param>
/// <param name="Description">Its purpose, with the ids of the sessions that use it.</param>
internal sealed record IngressRule(string SecurityGroupId, string Cidr, int Port, string? Description)
{
    /// <summary>Whether the address is an IPv6 one.</summary>
    public bool IsIPv6 => Cidr.Contains(':', StringComparison.Ordinal);

    /// <summary>
    /// Whether both rules admit the same traffic. A security group holds at most one such rule, whatever its description.
    /// </summary>
    public bool AdmitsSameAs(IngressRule other) => this with { Description = other.Description } == other;
}

/// <summary>The part of a service that a session can copy.</summary>
internal sealed record ServiceDescription
{
    /// <summary>Its ARN.</summary>
    public required string Arn { get; init; }

    /// <summary>The ARN of the task definition for its tasks.</summary>
    public string? TaskDefinition { get; init; }

    /// <summary>FARGATE, EC2 or EXTERNAL; null where capacity providers decide.</summary>
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
