namespace EcsFargateLogin.Logs;

/// <summary>Errors about the logs of containers.</summary>
internal static class LogErrors
{
    /// <param name="session">The session or task.</param>
    /// <param name="drivers">The containers that were asked for, each with its log driver.</param>
    internal static FargateException NotInCloudWatch(FargateSession session, IReadOnlyList<(string Container, string Driver)> drivers) => new(
        FargateError.LogUnavailable,
        $"The log of {session} is not in CloudWatch Logs: "
        + $"{string.Join(", ", drivers.Select(each => $"container '{each.Container}' uses {each.Driver}"))}.",
        "Read it where that driver sends it; or set the driver awslogs, with awslogs-stream-prefix, in the task definition, for tasks that "
        + "start later.")
    { Target = session.ToString() };

    internal static FargateException NoSuchContainer(FargateSession session, string name, IEnumerable<string> present) => new(
        FargateError.ContainerNotFound,
        $"The task {session.TaskId} has no container '{name}'; it has: {string.Join(", ", present)}.",
        "Name one of them with -ContainerName.")
    { Target = name };
}
