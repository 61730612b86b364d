using EcsFargateLogin.Cloud;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Shells;

/// <summary>
/// Explains why ssh exited with 255, which may come from ssh itself, from a program that ended with its task, or from the remote
/// program.
/// </summary>
internal static class LostConnection
{
    /// <summary>Returns the error when ssh rejected a server's host key, which ends the session; null otherwise.</summary>
    /// <param name="session">The session.</param>
    /// <param name="messages">The messages of ssh. Every caller of ssh checks them here before it creates an error.</param>
    public static FargateException? FindOtherServer(FargateSession session, IReadOnlyCollection<string> messages)
    {
        if (!SshLog.TellsHostKeyRefused(messages))
        {
            return null;
        }

        // The ssh for the jump host reports the same about that host. Only for the session's own server does ssh name the alias.
        if (session.Proxy is { } proxy && !messages.Any(message => message.Contains(session.TaskId, StringComparison.Ordinal)))
        {
            return SshLog.TellsHostKeyChanged(messages)
                ? SshErrors.ProxyHostKeyChanged(proxy.Name)
                : SshErrors.ProxyRefused(proxy.Name, SshLog.Complaint(messages) ?? "its host key is not accepted");
        }

        session.IsDistrusted = true;
        return HostKeyErrors.HostKeyMismatch(session, SshLog.HostKeyOf(messages));
    }

    /// <summary>Explains the end of a connection.</summary>
    /// <param name="cloud">The connection to AWS, for the state of the task.</param>
    /// <param name="session">The session that was logged in to.</param>
    /// <param name="messages">The lines of ssh's log.</param>
    /// <param name="stoppedTask">The task, where it was found stopping during the shell.</param>
    /// <param name="cancellationToken">Cancels the calls to AWS.</param>
    /// <returns>The error, or null when 255 is the remote program's own exit code.</returns>
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
            // The user ended the connection.
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
