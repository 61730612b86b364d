using EcsFargateLogin.Cloud;
using EcsFargateLogin.Lifecycle.Starting;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;

namespace EcsFargateLogin.Lifecycle.Listing;

/// <summary>
/// Finds tasks that run already, to enter by ECS Exec: sessions that the caller holds, and that nobody stops. Nothing about them is
/// written to the journal.
/// </summary>
/// <param name="cloud">The account and region.</param>
/// <param name="cluster">The cluster's name or ARN.</param>
/// <param name="containerName">The container; null for the only one.</param>
internal sealed class RunningTasks(IFargateCloud cloud, string cluster, string? containerName)
{
    /// <summary>What the names of containers begin with that AWS adds to tasks by itself (GuardDuty).</summary>
    private const string AddedByAws = "aws-guardduty-agent";

    /// <summary>Chooses a task of a service: the newest that runs, together with its agent.</summary>
    /// <exception cref="FargateException">
    /// There is no such service, no such task, or no such container; or ECS Exec cannot enter it.
    /// </exception>
    public async Task<FargateSession> FindOfServiceAsync(string service, CancellationToken cancellationToken)
    {
        var taskArns = await ListOfServiceAsync(cloud, cluster, service, cancellationToken);
        var reply = await cloud.DescribeTasksAsync(cluster, taskArns, cancellationToken);
        var running = reply.Tasks
            .Where(task => task.LastStatus == TaskStatuses.Running && !TaskStatuses.IsEnding(task))
            .OrderByDescending(task => task.StartedAt ?? task.CreatedAt)
            .ToList();
        if (running.Count == 0)
        {
            throw RunningTaskErrors.NoRunningTask(service, cluster);
        }

        var enabled = running.Where(task => task.EnablesExecuteCommand).ToList();
        if (enabled.Count == 0)
        {
            throw RunningTaskErrors.EcsExecNotEnabled($"the tasks of service '{service}'", service, cluster);
        }

        var found = enabled.Select(task => (Task: task, Container: ContainerOf(task))).ToList();
        var usable = found.FirstOrDefault(each => HasAgent(each.Container));
        return usable.Task is null
            ? throw RunningTaskErrors.AgentNotRunning(found[0].Task, found[0].Container.Name, found[0].Container.ExecuteCommandAgent)
            : SessionOf(usable.Task, usable.Container);
    }

    /// <summary>Lists the ARNs of a service's tasks that run or are to run.</summary>
    /// <exception cref="FargateException">There is no such service.</exception>
    public static async Task<IReadOnlyList<string>> ListOfServiceAsync(
        IFargateCloud cloud, string cluster, string service, CancellationToken cancellationToken) =>
        await cloud.DescribeServiceAsync(cluster, service, cancellationToken) is null
            ? throw StartErrors.ServiceNotFound(service, cluster)
            : await cloud.ListServiceTasksAsync(cluster, service, cancellationToken);

    /// <summary>Finds a task that is named.</summary>
    /// <param name="taskArn">Its ARN or id.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="FargateException">
    /// There is no such task, or no such container; or ECS Exec cannot enter it.
    /// </exception>
    public async Task<FargateSession> FindAsync(string taskArn, CancellationToken cancellationToken)
    {
        var reply = await cloud.DescribeTasksAsync(cluster, [taskArn], cancellationToken);
        if (reply.Tasks is not [var task, ..])
        {
            throw RunningTaskErrors.TaskNotFound(taskArn, cluster);
        }

        if (TaskStatuses.IsEnding(task))
        {
            throw RunningTaskErrors.TaskEnding(task);
        }

        if (!task.EnablesExecuteCommand)
        {
            throw RunningTaskErrors.EcsExecNotEnabled($"task {TaskArn.IdOf(task.TaskArn)}", service: null, cluster);
        }

        var container = ContainerOf(task);
        // A task that is still starting is waited for, as sessions are.
        return task.LastStatus != TaskStatuses.Running || HasAgent(container)
            ? SessionOf(task, container)
            : throw RunningTaskErrors.AgentNotRunning(task, container.Name, container.ExecuteCommandAgent);
    }

    private ContainerDescription ContainerOf(TaskDescription task)
    {
        if (containerName is not null)
        {
            return task.Containers.FirstOrDefault(container => container.Name == containerName)
                ?? throw RunningTaskErrors.ContainerNotInTask(
                    containerName, TaskArn.IdOf(task.TaskArn), task.Containers.Select(container => container.Name));
        }

        return task.Containers.Where(container => !container.Name.StartsWith(AddedByAws, StringComparison.Ordinal)).ToList()
            is [var only] ? only : throw RunningTaskErrors.SeveralContainers(task);
    }

    private static bool HasAgent(ContainerDescription container) =>
        container.ExecuteCommandAgent is { IsRunning: true };

    private FargateSession SessionOf(TaskDescription task, ContainerDescription container)
    {
        FargateSession session = new(new SessionRecord
        {
            TaskArn = task.TaskArn,
            Connection = cloud.Connection.Aws,
            Cluster = cluster,
            ContainerName = container.Name,
            Transport = FargateTransport.EcsExec,
            CreatedAt = task.CreatedAt ?? DateTimeOffset.UtcNow,
        });
        session.Update(task);
        return session;
    }
}

/// <summary>Errors about tasks that run already.</summary>
internal static class RunningTaskErrors
{
    internal static FargateException NoRunningTask(string service, string cluster) => new(
        FargateError.TaskNotFound,
        $"The service '{service}' of cluster '{cluster}' has no task that runs.",
        "Its events say why (aws ecs describe-services); New-FargateSession -Service starts a task of its own as the service would.")
    { Target = service };

    internal static FargateException TaskNotFound(string taskArn, string cluster) => new(
        FargateError.TaskNotFound,
        $"The cluster '{cluster}' has no task '{taskArn}' (any more).",
        "Check -TaskArn, -Cluster and -Region; 'aws ecs list-tasks' or Get-ECSTaskList lists those there are.")
    { Target = taskArn };

    internal static FargateException TaskEnding(TaskDescription task) => new(
        FargateError.TaskStopped,
        $"The task {TaskArn.IdOf(task.TaskArn)} is {(task.LastStatus == TaskStatuses.Running ? "to be stopped" : task.LastStatus)}"
        + $"{(task.StoppedReason is { Length: > 0 } reason ? $": {reason.TrimEnd('.')}" : "")}.",
        "Name another task.")
    { Target = task.TaskArn };

    /// <param name="what">The task or tasks.</param>
    /// <param name="service">The service; null where a task was named.</param>
    /// <param name="cluster">The cluster.</param>
    internal static FargateException EcsExecNotEnabled(string what, string? service, string cluster) => new(
        FargateError.TransportUnavailable,
        $"ECS Exec is not enabled in {what}, and cannot be enabled in a task that runs.",
        "Give the task role the actions of module/container/iam/exec-task-policy.json, and start new tasks: "
        + $"aws ecs update-service --cluster {cluster} --service {service ?? "SERVICE"} --enable-execute-command --force-new-deployment. "
        + $"New-FargateSession -Service {service ?? "SERVICE"} starts a task of its own as the service would, and leaves the others alone.")
    { Target = service ?? what };

    /// <param name="task">The task.</param>
    /// <param name="container">The container's name.</param>
    /// <param name="agent">ECS's description of the agent; null where there is none.</param>
    internal static FargateException AgentNotRunning(TaskDescription task, string container, ManagedAgentDescription? agent) => new(
        FargateError.EcsExecUnavailable,
        $"The agent of ECS Exec (ExecuteCommandAgent) in container '{container}' of task {TaskArn.IdOf(task.TaskArn)} is "
        + $"{agent ?? RouteErrors.NoAgent}.",
        $"{RouteErrors.CheckAgent}; then start a new task.")
    { Target = task.TaskArn };

    internal static FargateException ContainerNotInTask(string containerName, string taskId, IEnumerable<string> present) => new(
        FargateError.ContainerNotFound,
        $"The task {taskId} has no container '{containerName}'; it has: {string.Join(", ", present)}.",
        "Name one of them with -ContainerName.")
    { Target = containerName };

    internal static FargateException SeveralContainers(TaskDescription task) => new(
        FargateError.ContainerNotFound,
        $"The task {TaskArn.IdOf(task.TaskArn)} has several containers: {NamesOf(task)}.",
        "Name one of them with -ContainerName.")
    { Target = task.TaskArn };

    private static string NamesOf(TaskDescription task) => string.Join(", ", task.Containers.Select(container => container.Name));
}
