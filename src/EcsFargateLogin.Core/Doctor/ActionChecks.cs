using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;

namespace EcsFargateLogin.Doctor;

/// <summary>
/// Checks permissions by calls that change nothing, about tasks, interfaces and logs that do not exist: AWS says so only to
/// callers that have the permission.
/// </summary>
internal sealed class ActionChecks : ICheckGroup
{
    /// <summary>The actions that a session can do without, and the consequences.</summary>
    private static readonly Dictionary<string, string> Optional = new()
    {
        ["ecs:DescribeTaskDefinition"] = "errors come later, and host keys are not verified",
        ["ecs:DescribeClusters"] = "sessions of another account cannot be told from those that are gone",
        ["logs:GetLogEvents"] = "host keys are not verified, and the reasons why a container ended are not shown",
    };

    /// <summary>The actions that one route alone needs.</summary>
    private static readonly Dictionary<string, FargateRoute> OfRoute = new()
    {
        ["ec2:DescribeInstanceConnectEndpoints"] = FargateRoute.InstanceConnect,
        ["ssm:StartSession"] = FargateRoute.SessionManager,
    };

    /// <inheritdoc/>
    public string Name => "permissions";

    /// <inheritdoc/>
    public async Task RunAsync(Examination examination, CancellationToken cancellationToken)
    {
        await TryAllAsync(examination, cancellationToken);
        foreach (var (action, refusal) in examination.Actions.Where(action => IsOfSession(action.Key)))
        {
            await ShowAsync(examination, action, refusal);
        }
    }

    private static bool IsOfSession(string action) =>
        action is not ("ec2:DescribeSubnets" or "ec2:DescribeRouteTables" or "ec2:DescribeSecurityGroups");

    private static async Task TryAllAsync(Examination examination, CancellationToken cancellationToken)
    {
        var cloud = examination.Cloud;
        var cluster = examination.Request.Cluster;
        var missingId = Guid.NewGuid().ToString("N");
        await TryAsync(examination, "ecs:DescribeTasks", () => cloud.DescribeTasksAsync(cluster, [missingId], cancellationToken));
        await TryAsync(examination, "ecs:ListTasks", () => cloud.ListTasksAsync(cluster, missingId, cancellationToken));
        await TryAsync(examination, "ecs:StopTask", async () =>
        {
            await cloud.StopTaskAsync(cluster, missingId, "Test-FargateLogin", cancellationToken);
            return missingId;
        });
        await TryAsync(examination, "ec2:DescribeNetworkInterfaces", () =>
            cloud.DescribeNetworkInterfacesAsync([$"eni-{missingId[..17]}"], cancellationToken));
        await TryRoutesAsync(examination, missingId, cancellationToken);
        if (examination.Request.Transport.HasEcsExec())
        {
            await TryAsync(examination, "ecs:ExecuteCommand", () => cloud.ExecuteCommandAsync(
                new() { Cluster = cluster, Task = missingId, Command = "true" }, cancellationToken));
        }

        if (examination.Request.Transport.HasSsh() && LogOf(examination) is { } log)
        {
            await TryAsync(examination, "logs:GetLogEvents", () => cloud.GetLogEventsAsync(
                log.StreamOf((string)examination.Container!["name"]!, missingId), fromStart: true, limit: 1, cancellationToken));
        }
    }

    private static async Task TryRoutesAsync(Examination examination, string missingId, CancellationToken cancellationToken)
    {
        var (request, cloud) = (examination.Request, examination.Cloud);
        if (request.MayUse(FargateRoute.InstanceConnect) && !examination.Actions.ContainsKey("ec2:DescribeInstanceConnectEndpoints"))
        {
            await TryAsync(examination, "ec2:DescribeInstanceConnectEndpoints", () =>
                cloud.InstanceConnect.FindEndpointsAsync($"vpc-{missingId[..17]}", cancellationToken));
        }

        if (request.MayUse(FargateRoute.SessionManager))
        {
            var target = SessionManagerRoute.TargetOf(request.Cluster, missingId, $"{missingId}-0000000000");
            await TryAsync(examination, "ssm:StartSession", () =>
                cloud.SessionManager.StartPortAsync(target, request.Port, remoteHost: null, "Test-FargateLogin", cancellationToken));
        }
    }

    private static async Task TryAsync<T>(Examination examination, string action, Func<Task<T>> call)
    {
        try
        {
            await examination.TryAsync(action, call);
        }
        catch (FargateException)
        {
            // The examination has recorded it.
        }
    }

    private static ContainerLog? LogOf(Examination examination) =>
        examination.Container?["logConfiguration"]?["options"] is { } options
        && (string?)options["awslogs-group"] is { } group
        && (string?)options["awslogs-region"] is { } region
        && (string?)options["awslogs-stream-prefix"] is { } prefix
            ? new ContainerLog(group, region, prefix)
            : null;

    private static Task ShowAsync(Examination examination, string action, FargateException? refusal)
    {
        var isOptional = Optional.TryGetValue(action, out var consequence)
            || (action == "ec2:DescribeNetworkInterfaces" && !NeedsInterface(examination.Request))
            || (action == "ecs:ExecuteCommand" && examination.Request.Transport.HasSsh());
        return refusal switch
        {
            null => examination.PassAsync(action, "allowed"),
            { Error: FargateError.AccessDenied } when OfRoute.TryGetValue(action, out var route) =>
                examination.ObstructAsync(route, action, "not allowed", refusal.NextStep),
            { Error: FargateError.AccessDenied } when isOptional => examination.WarnAsync(
                action, $"not allowed{(consequence is null ? "" : $": {consequence}")}", refusal.NextStep),
            { Error: FargateError.AccessDenied } => examination.FailAsync(action, "not allowed", refusal.NextStep),
            _ => examination.SkipAsync(action, Examination.Finding(refusal), refusal.NextStep),
        };
    }

    /// <summary>Whether EC2 has to tell the public address or the VPC of the task's network interface.</summary>
    private static bool NeedsInterface(DoctorRequest request) => request.Transport.HasSsh()
        && (request.AssignPublicIp || request.Route == FargateRoute.InstanceConnect);
}
