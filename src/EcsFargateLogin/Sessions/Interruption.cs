using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Sessions;

/// <summary>Finds out whether a session's task was ended from outside: by Spot, by ECS or by somebody else.</summary>
internal static class Interruption
{
    private const string EndedByItself = "EssentialContainerExited";

    /// <summary>A reason is good to have, but nobody waits long for it.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>The task as ECS describes it, or null when it was not interrupted or nothing can be learnt.</summary>
    public static async Task<TaskDescription?> FindAsync(
        IFargateCloud cloud, FargateSession session, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            var reply = await cloud.DescribeTasksAsync(session.Cluster, [session.TaskArn], limit.Token).ConfigureAwait(false);
            return reply.Tasks.FirstOrDefault(task =>
                session.IsOf(task) && TaskStatuses.IsEnding(task.LastStatus) && task.StopCode is not (null or EndedByItself));
        }
        catch (Exception e) when (e is FargateException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }
}
