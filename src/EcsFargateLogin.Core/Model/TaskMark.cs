using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Model;

/// <summary>Finds tasks of sessions by their mark (startedBy), where an answer that named them was lost.</summary>
internal sealed class TaskMark(IFargateCloud cloud)
{
    /// <summary>How long a task is looked for: ECS may list it a few seconds late.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between looks.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The ARN of the session's task that is meant to run, or null when none was found until it was cancelled.</summary>
    public async Task<string?> FindAsync(FargateSession session, CancellationToken cancellationToken)
    {
        try
        {
            return await SearchAsync(session, cancellationToken).ConfigureAwait(false);
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
        var lastLook = DateTimeOffset.UtcNow + Limit;
        while (true)
        {
            var taskArns = await cloud
                .ListTasksAsync(session.Cluster, session.SessionId, cancellationToken)
                .ConfigureAwait(false);
            if (taskArns.Count > 0 || DateTimeOffset.UtcNow >= lastLook)
            {
                return taskArns.Count > 0 ? taskArns[0] : null;
            }

            await Task.Delay(Interval, cancellationToken).ConfigureAwait(false);
        }
    }
}
