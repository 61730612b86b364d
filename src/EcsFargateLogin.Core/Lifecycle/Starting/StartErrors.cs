using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;

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

    /// <param name="request">The request, without a size that Fargate has.</param>
    /// <param name="cpu">Its CPU units, or those of its task definition.</param>
    /// <param name="memory">Its memory in MiB, or that of its task definition.</param>
    internal static FargateException NoSuchSize(SessionRequest request, int cpu, int memory)
    {
        var (nearestCpu, nearestMemory) = FargateSizes.NearestTo(cpu, memory, request.Size);
        return new(
            FargateError.InvalidTaskSize,
            $"Fargate has no tasks with {cpu} CPU units ({TaskSize.TextOfCpu(cpu)}){Source(request.Size.Cpu)} and {memory} MiB of "
            + $"memory{Source(request.Size.Memory)}.",
            $"The nearest size is -Cpu {nearestCpu} -Memory {nearestMemory}. {TaskSize.TextOfCpu(nearestCpu)} goes with "
            + $"{FargateSizes.DescribeMemory(nearestCpu)}.")
        { Target = request.TaskDefinition };

        string Source(int? given) => given is null ? $" (from the task definition '{request.TaskDefinition}')" : "";
    }

    internal static FargateException SizeOfNewPlatform(SessionRequest request) => new(
        FargateError.InvalidTaskSize,
        $"Version {request.PlatformVersion} of Fargate's platform has no tasks with "
        + $"{(request.Size.EphemeralStorage is null ? "8 vCPU and more" : "storage of a chosen size")}.",
        "Give -PlatformVersion 1.4.0 or LATEST.")
    { Target = request.TaskDefinition };

    internal static FargateException ContainerTooLarge(string taskDefinition, TaskSize size, ContainerSize container) => new(
        FargateError.InvalidTaskSize,
        $"A task of {size.Memory} MiB of memory is too small for the container '{container.Name}' of the task definition "
        + $"'{taskDefinition}', which is to have {Math.Max(container.Memory ?? 0, container.MemoryReservation ?? 0)} MiB.",
        "Give a larger -Memory, or register a revision with less memory for that container.")
    { Target = taskDefinition };

    /// <param name="taskDefinition">The task definition.</param>
    /// <param name="size">The size of the task.</param>
    /// <param name="sum">What its containers reserve together.</param>
    internal static FargateException ContainersTooLarge(string taskDefinition, TaskSize size, TaskSize sum) => new(
        FargateError.InvalidTaskSize,
        $"A task of {size.Cpu} CPU units and {size.Memory} MiB is too small for the containers of the task definition "
        + $"'{taskDefinition}', which reserve {sum.Cpu} CPU units and {sum.Memory} MiB together.",
        "Give a larger -Cpu and -Memory, or register a revision in which its containers reserve less.")
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
