using EcsFargateLogin.Commands;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Lifecycle.Waiting;

namespace EcsFargateLogin.Cmdlets;

/// <summary>A cmdlet that changes which other keys a session's container accepts.</summary>
public abstract class AccessCmdlet : LoginCmdlet
{
    private protected AccessCmdlet()
    {
    }

    private protected override string WorkName => "access";

    private protected override FargateTransport? WantedTransport => FargateTransport.Ssh;

    /// <summary>Changes it by a command.</summary>
    /// <param name="login">The session, as Reach returns it.</param>
    /// <param name="commandOf">Creates the command once the session can be logged in to, on any thread.</param>
    /// <returns>False where the session could not be logged in to, which was reported.</returns>
    /// <exception cref="FargateException">It was not changed; or, where the connection was lost, perhaps.</exception>
    private protected bool Change(Login login, Func<RemoteCommand> commandOf) =>
        RunToEnd(login, commandOf, AccessCommand.Limit) is var (ended, output)
        && (AccessCommand.ErrorOf(ended, output.ErrorText) is { } error ? throw error : true);

    /// <summary>Changes the files of a session's accesses.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    private protected static void ChangeFiles(FargateSession session, Action<string> change)
    {
        try
        {
            change(session.Folder!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw JournalErrors.JournalUnavailable(session.Folder!, e);
        }
    }
}
