using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Model;

/// <summary>Parses a task's ARN: arn:PARTITION:ecs:REGION:ACCOUNT:task/CLUSTER/ID.</summary>
internal static class TaskArn
{
    /// <summary>Returns the region, or null when the text is not an ARN of ECS.</summary>
    public static string? RegionOf(string taskArn) =>
        taskArn.Split(':') is ["arn", _, "ecs", { Length: > 0 } region, ..] ? region : null;

    /// <summary>Returns the account, or null when the text is not an ARN of ECS.</summary>
    public static string? AccountOf(string arn) =>
        arn.Split(':') is ["arn", _, "ecs", _, { Length: > 0 } account, ..] ? account : null;

    /// <summary>Returns the id, the last part of an ARN; or the text itself when it is an id.</summary>
    public static string IdOf(string taskArn) => taskArn[(taskArn.LastIndexOf('/') + 1)..];

    /// <summary>Returns the cluster's name, or null when the text is not an ARN of the long form.</summary>
    public static string? ClusterOf(string taskArn) =>
        taskArn.Split('/') is [var head, { Length: > 0 } cluster, _] && head.EndsWith(":task", StringComparison.Ordinal)
            ? cluster
            : null;

    /// <summary>Returns the cluster's name of a service's ARN, or null when the text is not one of the long form.</summary>
    public static string? ClusterOfService(string serviceArn) =>
        serviceArn.Split('/') is [var head, { Length: > 0 } cluster, _] && head.EndsWith(":service", StringComparison.Ordinal)
            ? cluster
            : null;
}

/// <summary>
/// Checks that the credentials belong to the account of a task. The environment may hold credentials of another account by now,
/// where the task is unknown although it runs.
/// </summary>
internal static class AskedAccount
{
    /// <summary>Whether the connection is to that account.</summary>
    /// <returns>False also when that is unknown.</returns>
    public static async Task<bool> IsAsync(
        string account, IFargateCloud cloud, string cluster, CancellationToken cancellationToken)
    {
        try
        {
            var found = await cloud.DescribeClusterAsync(cluster, cancellationToken);
            return found is not null && TaskArn.AccountOf(found.Arn) == account;
        }
        catch (FargateException)
        {
            return false;
        }
    }
}

/// <summary>The statuses of tasks, as ECS names them.</summary>
internal static class TaskStatuses
{
    /// <summary>Not a status of ECS: ECS could not be asked, or does not know the task yet.</summary>
    public const string Unknown = "UNKNOWN";

    /// <summary>Not a status of ECS: the session's server has answered.</summary>
    public const string Ready = "READY";

    public const string Running = "RUNNING";
    public const string Deactivating = "DEACTIVATING";
    public const string Stopping = "STOPPING";
    public const string Deprovisioning = "DEPROVISIONING";
    public const string Stopped = "STOPPED";

    /// <summary>The statuses that sessions can have: those of ECS in the order of a task's life, and UNKNOWN.</summary>
    public static IReadOnlyList<string> All { get; } =
        ["PROVISIONING", "PENDING", "ACTIVATING", Running, Deactivating, Stopping, Deprovisioning, Stopped, Unknown];

    /// <summary>Whether a task with this status is stopping or has stopped.</summary>
    public static bool IsEnding(string status) => status is Deactivating or Stopping or Deprovisioning or Stopped;

    /// <summary>Whether a task is stopping, is to stop, or has stopped.</summary>
    public static bool IsEnding(TaskDescription task) => IsEnding(task.LastStatus) || task.DesiredStatus == Stopped;
}

/// <summary>Searches for the tasks of sessions by startedBy, where the reply that named them was lost.</summary>
internal sealed class TaskSearch(IFargateCloud cloud)
{
    /// <summary>The time limit of a search: ECS may list a task a few seconds late.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The pause between two polls.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Finds the ARN of the session's task, or null when none was found before cancellation or AWS could not be asked.
    /// </summary>
    public async Task<string?> FindAsync(FargateSession session, CancellationToken cancellationToken)
    {
        try
        {
            return await SearchAsync(session, cancellationToken);
        }
        catch (Exception e) when (e is FargateException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Finds the ARN likewise, and returns null only when ECS lists no such task.</summary>
    /// <exception cref="FargateException">AWS could not be asked.</exception>
    public async Task<string?> SearchAsync(FargateSession session, CancellationToken cancellationToken)
    {
        var deadline = DateTimeOffset.UtcNow + Limit;
        while (true)
        {
            var taskArns = await cloud
                .ListTasksAsync(session.Cluster, session.SessionId, cancellationToken);
            if (taskArns.Count > 0 || DateTimeOffset.UtcNow >= deadline)
            {
                return taskArns.Count > 0 ? taskArns[0] : null;
            }

            await Task.Delay(Interval, cancellationToken);
        }
    }
}
