using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Model;

/// <summary>Searches for the tasks of sessions by startedBy, where the answer that named them was lost.</summary>
internal sealed class TaskSearch(IFargateCloud cloud)
{
    /// <summary>The time limit of a search: ECS may list a task a few seconds late.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The pause between two polls.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The ARN of the session's task that is meant to run, or null when none was found until it was cancelled.</summary>
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

    /// <summary>The same, or null only when ECS lists none.</summary>
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
