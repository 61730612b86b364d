using EcsFargateLogin.Cloud;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Sessions;

/// <summary>Runs ssh and watches the task meanwhile, so that the shell ends with its task instead of hanging.</summary>
internal sealed class WatchedShell(ShellWatch watch)
{
    /// <summary>Gets what the terminal has shown; null for nobody.</summary>
    public Transcript? Transcript { get; init; }

    /// <summary>Runs ssh in this process's terminal until it or its task ends.</summary>
    /// <returns>ssh's exit code and, where the watch has seen it stopping, the task.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; ssh has ended.</exception>
    public async Task<(int ExitCode, TaskDescription? StoppedTask)> RunAsync(
        string ssh, IReadOnlyList<string> arguments, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        using CancellationTokenSource hangUp = new();
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var shell = SshProcess.RunInTerminalAsync(
            ssh, arguments, hangUp.Token, cancellationToken, Transcript is null ? null : Transcript.Add);
        var stopping = watch.WatchAsync(progress, watching.Token);
        try
        {
            if (await Task.WhenAny(shell, stopping).ConfigureAwait(false) == stopping && !stopping.IsCanceled)
            {
                await hangUp.CancelAsync().ConfigureAwait(false);
            }

            var exitCode = await shell.ConfigureAwait(false);
            return (exitCode, stopping.IsCompletedSuccessfully ? await stopping.ConfigureAwait(false) : null);
        }
        finally
        {
            await watching.CancelAsync().ConfigureAwait(false);
            await ((Task)stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
