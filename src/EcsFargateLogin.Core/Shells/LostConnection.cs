using EcsFargateLogin.Cloud;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Shells;

/// <summary>
/// Says why ssh ended with 255, which comes from ssh itself, from a program that died with its task, and from remote
/// programs of their own.
/// </summary>
internal static class LostConnection
{
    /// <summary>The error where ssh refused a server for its host key, which ends the session; null where it did not.</summary>
    /// <param name="session">The session.</param>
    /// <param name="messages">What ssh has said. Whatever runs ssh asks here before it makes an error of that.</param>
    public static FargateException? FindOtherServer(FargateSession session, IReadOnlyCollection<string> messages)
    {
        if (!SshLog.TellsHostKeyRefused(messages))
        {
            return null;
        }

        // The ssh of a jump host says the same of that one. By its alias ssh names the session's own server alone.
        if (session.Proxy is { } proxy && !messages.Any(message => message.Contains(session.TaskId, StringComparison.Ordinal)))
        {
            return SshLog.TellsHostKeyChanged(messages)
                ? SshErrors.ProxyHostKeyChanged(proxy.Name)
                : SshErrors.ProxyRefused(proxy.Name, SshLog.Complaint(messages)!);
        }

        session.IsDistrusted = true;
        return HostKeyErrors.HostKeyMismatch(session, SshLog.HostKeyOf(messages));
    }

    /// <summary>Explains the end of a connection.</summary>
    /// <param name="cloud">What is asked about the task.</param>
    /// <param name="session">The session that was logged in to.</param>
    /// <param name="messages">What ssh has written to its log.</param>
    /// <param name="stoppedTask">The task, where it was seen stopping meanwhile.</param>
    /// <param name="cancellationToken">Cancels the questions to AWS.</param>
    /// <returns>The error, or null when 255 is the remote program's own.</returns>
    public static async Task<FargateException?> ExplainAsync(
        IFargateCloud cloud,
        FargateSession session,
        IReadOnlyList<string> messages,
        TaskDescription? stoppedTask,
        CancellationToken cancellationToken)
    {
        if (FindOtherServer(session, messages) is { } otherServer)
        {
            return otherServer;
        }

        if (stoppedTask is null && SshLog.TellsEscape(messages))
        {
            // It was not lost: the user has ended it, and knows.
            return null;
        }

        var end = SshLog.EndOf(messages);
        var task = stoppedTask ?? await Interruption.FindAsync(cloud, session, end, cancellationToken);
        if (task is not null)
        {
            session.Update(task);
            return await new StopDiagnosis(cloud)
                .ExplainInterruptionAsync(session, task, cancellationToken);
        }

        if (end != ConnectionEnd.ProgramEnded && SshLog.Complaint(messages) is { } complaint)
        {
            return LoginErrors.SshFailed(session, complaint);
        }

        return end == ConnectionEnd.Lost && !SshLog.TellsSignal(messages) ? LoginErrors.ConnectionLost(session) : null;
    }
}
