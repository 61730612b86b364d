using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Lifecycle.Closing;

/// <summary>Finds out why a task stopped before it was ready: what ECS says, what its log says, and what to do.</summary>
internal sealed class StopDiagnosis(IFargateCloud cloud)
{
    private const int LogLines = 20;
    private const int LongestLine = 300;

    /// <summary>The log only makes the error better: it is not waited for long.</summary>
    private static readonly TimeSpan LogLimit = TimeSpan.FromSeconds(5);

    /// <summary>Makes the error of a task that stopped.</summary>
    public async Task<FargateException> ExplainAsync(
        FargateSession session, TaskDescription task, CancellationToken cancellationToken)
    {
        var lines = await ReadLogAsync(session, cancellationToken);
        return SessionErrors.TaskStopped(session, task, lines, StopCauses.NextStepFor(task, lines));
    }

    /// <summary>Makes the error of a task that stopped while its shell was open.</summary>
    public async Task<FargateException> ExplainInterruptionAsync(
        FargateSession session, TaskDescription task, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> lines = task.StopCode == Interruption.EndedByItself
            ? await ReadLogAsync(session, cancellationToken)
            : [];
        var lastWords = lines.LastOrDefault(line => line.StartsWith(ContainerContract.EndLine, StringComparison.Ordinal));
        return SessionErrors.ShellInterrupted(
            session, task, lastWords?[ContainerContract.EndLine.Length..], StopCauses.NextStepFor(task, lastWords is null ? [] : [lastWords]));
    }

    /// <summary>The last lines of the session's container, fit to be shown; none where they cannot be read.</summary>
    public async Task<IReadOnlyList<string>> ReadLogAsync(FargateSession session, CancellationToken cancellationToken)
    {
        if (session is not { Record.Log: { } log, ContainerName: { } containerName })
        {
            return [];
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LogLimit);
        try
        {
            var messages = await cloud
                .GetLogEventsAsync(log.StreamOf(containerName, session.TaskId), fromStart: false, LogLines, limit.Token);
            return [.. messages.Select(Shortened).Where(line => line.Length > 0)];
        }
        catch (Exception e) when (e is FargateException or OperationCanceledException)
        {
            // Who may not read the log gets the error without it.
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

    /// <summary>The task, where it is on its way out or gone; null where it runs or AWS does not say.</summary>
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
