using System.Diagnostics;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.SessionManager;

/// <summary>Runs session-manager-plugin.</summary>
internal static class PluginProcess
{
    /// <summary>Runs it with this process's own terminal, input and output, until it ends.</summary>
    /// <param name="start">The program.</param>
    /// <param name="hangUp">Tells it to end (SIGTERM); what does not is killed.</param>
    /// <param name="cancellationToken">Cancels it in the same way.</param>
    /// <returns>Its exit code, which is 0 whatever came of the shell.</returns>
    /// <exception cref="FargateException"><see cref="FargateError.PluginNotFound"/>.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the program has ended or was killed.</exception>
    public static async Task<int> RunInTerminalAsync(
        ProcessStartInfo start, CancellationToken hangUp, CancellationToken cancellationToken)
    {
        var modes = TerminalModes.Read();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(hangUp, cancellationToken);
        using var process = Start(start);
        using var watched = SshWatchdog.Watch(process);
        int exitCode;
        using (Console.IsInputRedirected ? null : TerminalKeys.LeaveToChild())
        {
            exitCode = await SshProcess.WaitForEndAsync(process, ending.Token).ConfigureAwait(false);
        }

        // It may have had no time to do so itself.
        modes.RestoreAfter(wasKilled: ending.IsCancellationRequested);
        if (ending.IsCancellationRequested)
        {
            TerminalModes.ResetScreen();
        }

        cancellationToken.ThrowIfCancellationRequested();
        return exitCode;
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return SshProcess.Start(start);
        }
        catch (FargateException e) when (e.Error == FargateError.SshNotFound)
        {
            throw PluginErrors.PluginUnusable(start.FileName, ErrorText.WordsOf(e.InnerException!), e.InnerException);
        }
    }
}
