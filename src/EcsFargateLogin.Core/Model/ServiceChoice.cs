namespace EcsFargateLogin.Model;

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
    public bool Takes(ServiceParts part) => Parts.HasFlag(part);
}
