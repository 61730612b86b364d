using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Lifecycle.Closing;

/// <summary>
/// Explains why a task stopped before it was ready, from ECS's description and the container's log, with a next step.
/// </summary>
internal sealed class StopDiagnosis(IFargateCloud cloud)
{
    private const int LogLines = 20;
    private const int LongestLine = 300;

    /// <summary>The time limit for the log, which only adds details to the error.</summary>
    private static readonly TimeSpan LogLimit = TimeSpan.FromSeconds(5);

    /// <summary>Creates the error for a task that stopped.</summary>
    public async Task<FargateException> ExplainAsync(
        FargateSession session, TaskDescription task, CancellationToken cancellationToken)
    {
        var lines = await ReadLogAsync(session, cancellationToken);
        return SessionErrors.TaskStopped(session, task, lines, StopCauses.NextStepFor(task, lines));
    }

    /// <summary>Creates the error for a task that stopped while its shell was open.</summary>
    public async Task<FargateException> ExplainInterruptionAsync(
        FargateSession session, TaskDescription task, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> lines = task.StopCode == Interruption.EndedByItself
            ? await ReadLogAsync(session, cancellationToken)
            : [];
        var lastWords = lines.LastOrDefault(line => line.StartsWith(ContainerContract.EndLine, StringComparison.Ordinal));
        return SessionErrors.ShellInterrupted(
            session, task, lastWords?[ContainerContract.EndLine.Length..],
            StopCauses.NextStepFor(task, lastWords is null ? [] : [lastWords]));
    }

    /// <summary>
    /// Returns the last log lines of the session's container, safe for a terminal; none where they cannot be read.
    /// </summary>
    public async Task<IReadOnlyList<string>> ReadLogAsync(FargateSession session, CancellationToken cancellationToken)
    {
        if (session is not { Record.Log: { } log, ContainerName: { } containerName })
        {
            return [];
        }

        using var limit = TimeLimit.Begin(LogLimit, cancellationToken);
        try
        {
            var messages = await cloud
                .GetLogEventsAsync(log.StreamOf(containerName, session.TaskId), fromStart: false, LogLines, limit.Token);
            return [.. messages.Select(Shortened).Where(line => line.Length > 0)];
        }
        catch (Exception e) when (e is FargateException or OperationCanceledException)
        {
            // Without permission to read the log, the error has no lines.
            cancellationToken.ThrowIfCancellationRequested();
            return [];
        }
    }

    private static string Shortened(string message)
    {
        var text = TerminalText.OneLine(message);
        return text.Length <= LongestLine ? text : $"{text[..LongestLine]}…";
    }
}

/// <summary>
/// Finds out, after ssh exited with 255, whether the session's task was stopped: by Spot, by ECS, by another user or by the
/// container's own limits.
/// </summary>
internal static class Interruption
{
    /// <summary>The stop code of a task in which an essential container has ended.</summary>
    public const string EndedByItself = "EssentialContainerExited";

    /// <summary>The time limit of the search.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(8);

    /// <summary>
    /// The interval between polls. A container ends its logins before it ends itself, and ECS reports that later still.
    /// </summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Returns the task, or null when it was not interrupted or AWS could not be asked.</summary>
    public static async Task<TaskDescription?> FindAsync(
        IFargateCloud cloud, FargateSession session, ConnectionEnd end, CancellationToken cancellationToken)
    {
        using var limit = TimeLimit.Begin(Limit, cancellationToken);
        try
        {
            while (true)
            {
                var reply = await cloud
                    .DescribeTasksAsync(session.Cluster, [session.TaskArn], limit.Token);
                var task = reply.Tasks.FirstOrDefault(session.IsOf);
                var hasEnded = task?.StopCode is not null && TaskStatuses.IsEnding(task.LastStatus);
                if (hasEnded || end != ConnectionEnd.Lost)
                {
                    return hasEnded && IsInterruption(task!, session, end) ? task : null;
                }

                await Task.Delay(Interval, limit.Token);
            }
        }
        catch (Exception e) when (e is FargateException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    /// <summary>Returns the task where it is stopping or has stopped; null where it runs or AWS could not be asked.</summary>
    public static async Task<TaskDescription?> FindEndingAsync(
        IFargateCloud cloud, FargateSession session, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await cloud
                .DescribeTasksAsync(session.Cluster, [session.TaskArn], cancellationToken);
            return reply.Tasks.FirstOrDefault(task => session.IsOf(task) && TaskStatuses.IsEnding(task));
        }
        catch (FargateException)
        {
            // The reason is optional.
            return null;
        }
    }

    /// <summary>
    /// Whether a stopped task was interrupted. A container that exits with 0 has ended by itself after its last login; one that
    /// failed during a login was interrupted.
    /// </summary>
    private static bool IsInterruption(TaskDescription task, FargateSession session, ConnectionEnd end) =>
        task.StopCode != EndedByItself
        || (end == ConnectionEnd.Lost
            && !task.Containers.Any(container => container.Name == session.ContainerName && container.ExitCode == 0));
}
