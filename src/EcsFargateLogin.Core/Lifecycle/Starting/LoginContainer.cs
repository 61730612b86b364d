using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Lifecycle.Starting;

/// <summary>The container of a task definition that runs sshd.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Log">Where its log goes, or null when that is not CloudWatch Logs or not known.</param>
internal sealed record LoginContainer(string Name, ContainerLog? Log)
{
    /// <summary>The account of its task definition; null where that is not known.</summary>
    public string? Account { get; init; }

    /// <summary>How it starts; null where that is not known.</summary>
    public ContainerStart? Start { get; init; }

    /// <summary>Why its task goes on when it ends, as it does at its limits; null where the task ends with it, or that is not known.</summary>
    public string? OutlivedReason { get; init; }

    /// <summary>
    /// Finds it: the one that was named, 'cli', or the only one there is, side-cars left out: those that are not essential.
    /// </summary>
    /// <exception cref="FargateException">There is none, or the task definition cannot run on Fargate.</exception>
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
            // Looking first only makes for better errors; whoever may run the task needs no right to read its definition.
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

/// <summary>Tells which versions of Fargate's platform have ECS Exec.</summary>
internal static class EcsExecPlatform
{
    private static readonly Version First = new(1, 4, 0);

    /// <summary>Whether one has it.</summary>
    /// <param name="version">Such as 1.4.0, or LATEST; null for the latest.</param>
    public static bool Has(string? version) => !Version.TryParse(version, out var number) || number >= First;
}
