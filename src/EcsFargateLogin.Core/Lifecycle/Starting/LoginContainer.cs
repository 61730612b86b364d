using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Lifecycle.Starting;

/// <summary>The container of a task definition that runs sshd.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Log">The destination of its log; null when that is not CloudWatch Logs or is unknown.</param>
internal sealed record LoginContainer(string Name, ContainerLog? Log)
{
    /// <summary>The account of its task definition; null where it is unknown.</summary>
    public string? Account { get; init; }

    /// <summary>Whether its task definition names a role for the task; false where that is unknown.</summary>
    public bool HasTaskRole { get; init; }

    /// <summary>The sizes of its task definition; null where they are unknown.</summary>
    public DefinitionSize? Size { get; init; }

    /// <summary>Its start configuration; null where it is unknown.</summary>
    public ContainerStart? Start { get; init; }

    /// <summary>
    /// The reason why its task would run on after it ends, for example at its limits; null where the task ends with it, or that
    /// is unknown.
    /// </summary>
    public string? OutlivedReason { get; init; }

    /// <summary>Chooses the container: the one that was specified, 'cli', or the only essential one.</summary>
    /// <exception cref="FargateException">There is no such container, or the task definition cannot run on Fargate.</exception>
    public static async Task<LoginContainer> FindAsync(
        IFargateCloud cloud, SessionRequest request, CancellationToken cancellationToken)
    {
        TaskDefinitionDescription definition;
        try
        {
            definition = await cloud
                .DescribeTaskDefinitionAsync(request.TaskDefinition, cancellationToken);
        }
        catch (FargateException e) when (e.Error == FargateError.AccessDenied)
        {
            // Reading the definition only improves errors, so users who may run the task need no permission to read its
            // definition.
            return new LoginContainer(request.ContainerName ?? ContainerContract.DefaultContainerName, Log: null)
            {
                Account = TaskArn.AccountOf(request.TaskDefinition) ?? TaskArn.AccountOf(request.Cluster),
            };
        }

        CheckSuitable(request.TaskDefinition, definition);
        var name = Choose(request, definition);
        return new LoginContainer(name, definition.Logs.GetValueOrDefault(name))
        {
            Account = TaskArn.AccountOf(definition.Arn),
            HasTaskRole = definition.HasTaskRole,
            Size = definition.Size,
            Start = definition.Starts.GetValueOrDefault(name),
            OutlivedReason = OutlivedReasonOf(name, definition),
        };
    }

    private static string? OutlivedReasonOf(string name, TaskDefinitionDescription definition) =>
        definition.EssentialNames.Count > 0 && !definition.EssentialNames.Contains(name)
            ? $"its container '{name}' is not essential"
            : definition.Starts.GetValueOrDefault(name) is { IsRestarted: true }
                ? $"its container '{name}' has a restartPolicy"
                : null;

    private static void CheckSuitable(string name, TaskDefinitionDescription definition)
    {
        if (definition.NetworkMode != "awsvpc")
        {
            throw StartErrors.TaskDefinitionUnsuitable(
                name, $"its networkMode is '{definition.NetworkMode ?? "bridge"}', not 'awsvpc'");
        }

        if (definition.Compatibilities.Count > 0 && !definition.Compatibilities.Contains("FARGATE"))
        {
            throw StartErrors.TaskDefinitionUnsuitable(
                name, $"it is compatible with {string.Join(", ", definition.Compatibilities)}, not with FARGATE");
        }
    }

    private static string Choose(SessionRequest request, TaskDefinitionDescription definition)
    {
        var present = definition.ContainerNames;
        if (request.ContainerName is null && !present.Contains(ContainerContract.DefaultContainerName)
            && (present.Count == 1 ? present : definition.EssentialNames) is [var only])
        {
            return only;
        }

        return present.Contains(request.ContainerName ?? ContainerContract.DefaultContainerName)
            ? request.ContainerName ?? ContainerContract.DefaultContainerName
            : throw StartErrors.ContainerNotFound(request.TaskDefinition, request.ContainerName, present);
    }
}
