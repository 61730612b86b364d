using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Lifecycle.Starting;

/// <summary>Errors about starting a task for a session.</summary>
internal static class StartErrors
{
    internal static FargateException ServiceNotFound(string service, string cluster) => new(
        FargateError.ServiceNotFound,
        $"The cluster '{cluster}' has no active service '{service}'.",
        "Check -Service, -Cluster and -Region; 'aws ecs list-services' or Get-ECSClusterService lists those there are.")
    { Target = service };

    internal static FargateException ServiceUnsuitable(string service, string why) => new(
        FargateError.ServiceUnsuitable,
        $"No session can be started as a task of the service '{service}': {why}.",
        "Name a service of Fargate, or leave -Service out and name -TaskDefinition or -FromTaskDefinition, and -Subnet.")
    { Target = service };

    internal static FargateException ContainerNotFound(string taskDefinition, string? wanted, IEnumerable<string> present)
    {
        var names = string.Join(", ", present);
        return new(
            FargateError.ContainerNotFound,
            wanted is null
                ? $"The task definition '{taskDefinition}' has several essential containers and none is called 'cli': {names}."
                : $"The task definition '{taskDefinition}' has no container '{wanted}'; it has: {names}.",
            "Name the container that runs the SSH server with -ContainerName.")
        { Target = wanted ?? taskDefinition };
    }

    internal static FargateException TaskDefinitionUnsuitable(string taskDefinition, string why) => new(
        FargateError.TaskDefinitionUnsuitable,
        $"The task definition '{taskDefinition}' cannot run on Fargate: {why}.",
        "Register a revision with networkMode 'awsvpc' and requiresCompatibilities 'FARGATE', or name another one.")
    { Target = taskDefinition };

    internal static FargateException TaskOutlivesContainer(string taskDefinition, string why) => new(
        FargateError.TaskDefinitionUnsuitable,
        $"The task definition '{taskDefinition}' cannot be used for sessions: {why}, so that its task would run on after every "
        + "limit that the container keeps.",
        "Register a revision in which that container is essential and has no restartPolicy, as "
        + "Register-FargateLoginTaskDefinition -FromTaskDefinition does.")
    { Target = taskDefinition };

    internal static FargateException RunTaskFailed(RunTaskRequest request, CloudFailure? failure)
    {
        var reason = failure?.Reason is { Length: > 0 } told ? told : "no reason was given";
        var detail = failure?.Detail is { Length: > 0 } text ? $" ({text})" : "";
        bool Says(string words) => $"{reason}{detail}".Contains(words, StringComparison.OrdinalIgnoreCase);
        var (error, nextStep) =
            Says("reached the limit") || Says("reached your limit") || Says("vCPU limit") || Says("quota")
                ? (FargateError.QuotaExceeded, CloudErrors.RaiseQuota)
            : Says("RESOURCE:") || Says("capacity")
                ? (FargateError.CapacityUnavailable,
                    "Try again in a moment, or name a subnet of another availability zone with -Subnet.")
            : (FargateError.RequestRejected, "Check the cluster and the task definition in the ECS console, then try again.");
        return new(
            error,
            $"ECS started no task of '{request.TaskDefinition}' in cluster '{request.Cluster}': {reason}{detail}.",
            nextStep)
        { Target = request.TaskDefinition };
    }
}
