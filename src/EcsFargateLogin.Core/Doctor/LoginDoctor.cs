using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Doctor;

/// <summary>
/// Looks at everything that a session needs. It lies above sessions, as it may start one, and what it looks at is looked at
/// with the parts that sessions themselves are made of.
/// </summary>
internal static class LoginDoctor
{
    /// <summary>The groups of checks, in the order in which they build on each other.</summary>
    public static IReadOnlyList<ICheckGroup> Groups { get; } =
    [
        new AccountChecks(), new ClusterCheck(), new TaskDefinitionChecks(), new EcsExecChecks(), new SubnetChecks(),
        new SecurityGroupChecks(), new ActionChecks(), new StartPermissionChecks(),
    ];

    /// <summary>Runs groups of checks. What nobody foresaw in one of them is a row too, and the next one is run.</summary>
    public static async Task RunAsync(
        IEnumerable<ICheckGroup> groups, Examination examination, CancellationToken cancellationToken)
    {
        foreach (var group in groups)
        {
            try
            {
                await group.RunAsync(examination, cancellationToken);
            }
            catch (FargateException e) when (!e.MayLeaveTask)
            {
                await examination.SkipAsync(group.Name, Examination.Finding(e), e.NextStep);
            }
            catch (Exception e) when (e is InvalidOperationException or FormatException or KeyNotFoundException)
            {
                // An answer of another form than ECS's service model says.
                var error = GeneralErrors.Unexpected(e);
                await examination.SkipAsync(group.Name, Examination.Finding(error), error.NextStep);
            }
        }
    }
}

/// <summary>Some checks that belong together.</summary>
internal interface ICheckGroup
{
    /// <summary>What they are about, for people.</summary>
    string Name { get; }

    /// <summary>Looks, and shows a row for each check. A check that fails is a row and no exception.</summary>
    Task RunAsync(Examination examination, CancellationToken cancellationToken);
}

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
