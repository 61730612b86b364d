using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;

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
