using EcsFargateLogin.Cloud;
using EcsFargateLogin.Lifecycle.Listing;

namespace EcsFargateLogin.Logs;

/// <summary>The log stream of one container of a task.</summary>
/// <param name="Session">The session, or one that stands for somebody else's task.</param>
/// <param name="ContainerName">The container.</param>
/// <param name="Name">The stream's name.</param>
internal sealed record ContainerStream(FargateSession Session, string ContainerName, LogStreamName Name)
{
    /// <summary>
    /// Finds the streams of a task. Without names: that of a session's own container, and those of all containers of another task.
    /// A session that knows its log needs no call, so that it can be read when ECS has forgotten the task.
    /// </summary>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.LogUnavailable"/>, <see cref="FargateError.ContainerNotFound"/> or
    /// <see cref="FargateError.TaskNotFound"/>.
    /// </exception>
    public static async Task<IReadOnlyList<ContainerStream>> FindAsync(
        IFargateCloud cloud, FargateSession session, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        if (session is { Record.Log: { } known, ContainerName: { } own } && names.All(name => name == own))
        {
            return [new(session, own, known.StreamOf(own, session.TaskId))];
        }

        var reply = await cloud.DescribeTasksAsync(session.Cluster, [session.TaskArn], cancellationToken);
        if (reply.Tasks is not [{ TaskDefinitionArn: { } definitionArn } task, ..])
        {
            throw RunningTaskErrors.TaskNotFound(session.TaskArn, session.Cluster);
        }

        session.Update(task);
        var definition = await cloud.DescribeTaskDefinitionAsync(definitionArn, cancellationToken);
        if (names.FirstOrDefault(name => !definition.ContainerNames.Contains(name)) is { } missing)
        {
            throw RunningTaskErrors.ContainerNotInTask(missing, session.TaskId, definition.ContainerNames);
        }

        var wanted = names.Count > 0 ? names : session.ContainerName is { } container ? [container] : definition.ContainerNames;
        var without = wanted.Where(name => !definition.Logs.ContainsKey(name)).ToList();
        // Of containers that were not named, those with a log are enough.
        return without.Count == wanted.Count || (without.Count > 0 && names.Count > 0)
            ? throw LogErrors.NotInCloudWatch(session, [.. without.Select(name => (name, DriverOf(definition, name)))])
            :
            [
                .. wanted.Except(without).Select(name =>
                    new ContainerStream(session, name, definition.Logs[name].StreamOf(name, session.TaskId))),
            ];
    }

    private static string DriverOf(TaskDefinitionDescription definition, string name) =>
        definition.LogDrivers.GetValueOrDefault(name) switch
        {
            null => "no log driver",
            "awslogs" => "the driver awslogs without awslogs-stream-prefix",
            var driver => $"the driver {driver}",
        };
}

/// <summary>Errors about the logs of containers.</summary>
internal static class LogErrors
{
    /// <param name="session">The session or task.</param>
    /// <param name="drivers">The containers that were asked for, each with its log driver.</param>
    internal static FargateException NotInCloudWatch(
        FargateSession session, IReadOnlyList<(string Container, string Driver)> drivers) => new(
        FargateError.LogUnavailable,
        $"The log of {session} is not in CloudWatch Logs: "
        + $"{string.Join(", ", drivers.Select(each => $"container '{each.Container}' uses {each.Driver}"))}.",
        "Read it where that driver sends it; or set the driver awslogs, with awslogs-stream-prefix, in the task definition, for tasks that "
        + "start later.")
    { Target = session.ToString() };
}
