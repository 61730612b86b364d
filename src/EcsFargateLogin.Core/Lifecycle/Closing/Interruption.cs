using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Lifecycle.Closing;

/// <summary>
/// Finds out, after ssh ended with 255, whether that was the end of the session's task: by Spot, by ECS, by somebody
/// else or by the container's own limits.
/// </summary>
internal static class Interruption
{
    /// <summary>The stop code of a task one of whose containers has ended.</summary>
    public const string EndedByItself = "EssentialContainerExited";

    /// <summary>A reason is good to have, but nobody waits long for it.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(8);

    /// <summary>A container hangs its logins up before it ends, and ECS sees its end later still.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>The task as ECS describes it, or null when it was not interrupted or nothing can be learnt.</summary>
    public static async Task<TaskDescription?> FindAsync(
        IFargateCloud cloud, FargateSession session, ConnectionEnd end, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            while (true)
            {
                var reply = await cloud
                    .DescribeTasksAsync(session.Cluster, [session.TaskArn], limit.Token)
                    .ConfigureAwait(false);
                var task = reply.Tasks.FirstOrDefault(session.IsOf);
                var hasEnded = task?.StopCode is not null && TaskStatuses.IsEnding(task.LastStatus);
                if (hasEnded || end != ConnectionEnd.Lost)
                {
                    return hasEnded && IsInterruption(task!, session, end) ? task : null;
                }

                await Task.Delay(Interval, limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is FargateException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    /// <summary>The task, where it is on its way out or gone; null where it runs or AWS does not say.</summary>
    public static async Task<TaskDescription?> FindEndingAsync(
        IFargateCloud cloud, FargateSession session, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await cloud
                .DescribeTasksAsync(session.Cluster, [session.TaskArn], cancellationToken)
                .ConfigureAwait(false);
            return reply.Tasks.FirstOrDefault(task => session.IsOf(task) && TaskStatuses.IsEnding(task));
        }
        catch (FargateException)
        {
            // A reason is good to have, and no more than that.
            return null;
        }
    }

    /// <summary>
    /// After its last login the container ends by itself, with 0, which is no interruption. One that failed is, when it
    /// took a login with it.
    /// </summary>
    private static bool IsInterruption(TaskDescription task, FargateSession session, ConnectionEnd end) =>
        task.StopCode != EndedByItself
        || (end == ConnectionEnd.Lost
            && !task.Containers.Any(container => container.Name == session.ContainerName && container.ExitCode == 0));
}
