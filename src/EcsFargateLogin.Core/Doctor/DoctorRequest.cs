using EcsFargateLogin.Model;

namespace EcsFargateLogin.Doctor;

/// <summary>The session that is to work. What is null or empty was not named, and what depends on it is not looked at.</summary>
internal sealed record DoctorRequest
{
    public string? TaskDefinition { get; init; }

    public required string Cluster { get; init; }

    public IReadOnlyList<string> Subnets { get; init; } = [];

    public IReadOnlyList<string> SecurityGroups { get; init; } = [];

    public bool AssignPublicIp { get; init; } = true;

    public int Port { get; init; } = ContainerContract.DefaultPort;

    public string? ContainerName { get; init; }

    public FargateTransport Transport { get; init; }

    /// <summary>The version of Fargate's platform; null for the latest.</summary>
    public string? PlatformVersion { get; init; }

    /// <summary>The address by which AWS sees this machine, as a CIDR block; null where it is not known.</summary>
    public string? MyCidr { get; init; }

    /// <summary>Whether one is started in the end, so that what only that can show need not stay open.</summary>
    public bool StartsSession { get; init; }

    /// <summary>The session, as New-FargateSession starts it.</summary>
    public SessionRequest ToSession() => new()
    {
        TaskDefinition = TaskDefinition ?? "",
        Cluster = Cluster,
        Subnets = Subnets,
        SecurityGroups = SecurityGroups,
        AssignPublicIp = AssignPublicIp,
        Port = Port,
        ContainerName = ContainerName,
        Transport = Transport,
        PlatformVersion = PlatformVersion,
    };
}
