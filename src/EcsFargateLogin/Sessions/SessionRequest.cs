namespace EcsFargateLogin.Sessions;

/// <summary>What a user asks for when starting a session.</summary>
internal sealed record SessionRequest
{
    public required string TaskDefinition { get; init; }

    public required string Cluster { get; init; }

    public required IReadOnlyList<string> Subnets { get; init; }

    public IReadOnlyList<string> SecurityGroups { get; init; } = [];

    /// <summary>The container that runs sshd; null finds it.</summary>
    public string? ContainerName { get; init; }

    public bool AssignPublicIp { get; init; } = true;

    public int Port { get; init; } = ContainerContract.DefaultPort;

    public string UserName { get; init; } = ContainerContract.DefaultUserName;

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> Command { get; init; } = [];

    public string? TaskRoleArn { get; init; }

    public SessionLimits Limits { get; init; } = new();

    public TimeSpan StartTimeout { get; init; } = FargateSession.DefaultStartTimeout;
}
