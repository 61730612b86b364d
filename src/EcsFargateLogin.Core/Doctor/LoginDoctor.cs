using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;

namespace EcsFargateLogin.Doctor;

/// <summary>
/// Checks everything that a session needs, by the code that sessions themselves use.
/// </summary>
internal static class LoginDoctor
{
    /// <summary>The groups of checks; later groups use the findings of earlier ones.</summary>
    public static IReadOnlyList<ICheckGroup> Groups { get; } =
    [
        new AccountChecks(), new ClusterCheck(), new TaskDefinitionChecks(), new EcsExecChecks(), new SubnetChecks(),
        new SecurityGroupChecks(), new InstanceConnectChecks(), new IngressCheck(), new ActionChecks(), new StartPermissionChecks(),
        new RouteVerdict(),
    ];

    /// <summary>Runs groups of checks. An unexpected error in one of them is a row too, and does not stop the others.</summary>
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
                // The reply does not match ECS's service model.
                var error = GeneralErrors.Unexpected(e);
                await examination.SkipAsync(group.Name, Examination.Finding(error), error.NextStep);
            }
        }
    }
}

/// <summary>A group of related checks.</summary>
internal interface ICheckGroup
{
    /// <summary>The group's name, for display.</summary>
    string Name { get; }

    /// <summary>Runs the checks and outputs a row for each. A check that fails is a row, not an exception.</summary>
    Task RunAsync(Examination examination, CancellationToken cancellationToken);
}

/// <summary>The session to check. What is null or empty was not named, and its checks are skipped.</summary>
internal sealed record DoctorRequest
{
    public string? TaskDefinition { get; init; }

    public required string Cluster { get; init; }

    public IReadOnlyList<string> Subnets { get; init; } = [];

    public IReadOnlyList<string> SecurityGroups { get; init; } = [];

    /// <summary>The size of the task; what is null is the task definition's.</summary>
    public TaskSize Size { get; init; } = TaskSize.None;

    public bool AssignPublicIp { get; init; } = true;

    public int Port { get; init; } = ContainerContract.DefaultPort;

    public string? ContainerName { get; init; }

    public FargateTransport Transport { get; init; }

    public FargateRoute Route { get; init; }

    /// <summary>The id of the EC2 Instance Connect Endpoint to use; null for any.</summary>
    public string? InstanceConnectEndpoint { get; init; }

    /// <summary>The route without a detour: to the task's own address.</summary>
    public FargateRoute DirectRoute => Route is FargateRoute.Public or FargateRoute.Private ? Route
        : AssignPublicIp ? FargateRoute.Public
        : FargateRoute.Private;

    /// <summary>Fargate's platform version; null for the latest.</summary>
    public string? PlatformVersion { get; init; }

    /// <summary>This machine's public address as a CIDR block; null if it is not known.</summary>
    public string? MyCidr { get; init; }

    /// <summary>Whether a session is started at the end, which checks the permissions to start one.</summary>
    public bool StartsSession { get; init; }

    /// <summary>Whether ssh may reach the task by a route: the one that is named or, with Auto, each that is tried.</summary>
    public bool MayUse(FargateRoute route) => Transport.HasSsh() && (Route == route || (Route == FargateRoute.Auto && route switch
    {
        FargateRoute.InstanceConnect => RouteRequest.IsPortOfInstanceConnect(Port),
        // A task with a public address is started without the agent, unless the transport needs it.
        FargateRoute.SessionManager => !AssignPublicIp || Transport.HasEcsExec(),
        _ => route == DirectRoute,
    }));

    /// <summary>Returns the request by which New-FargateSession would start the session.</summary>
    public SessionRequest ToSession() => new()
    {
        TaskDefinition = TaskDefinition ?? "",
        Cluster = Cluster,
        Subnets = Subnets,
        SecurityGroups = SecurityGroups,
        Size = Size,
        AssignPublicIp = AssignPublicIp,
        Port = Port,
        ContainerName = ContainerName,
        Transport = Transport,
        Route = Route,
        InstanceConnectEndpoint = InstanceConnectEndpoint,
        PlatformVersion = PlatformVersion,
    };
}
