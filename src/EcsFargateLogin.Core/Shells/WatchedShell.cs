using System.Diagnostics;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Shells;

/// <summary>Runs ssh and watches the task meanwhile, so that what runs there ends with its task instead of hanging.</summary>
internal sealed class WatchedShell(ShellWatch watch)
{
    /// <summary>Gets what the terminal has shown; null for nobody.</summary>
    public Transcript? Transcript { get; init; }

    /// <summary>Runs ssh in this process's terminal until it or its task ends.</summary>
    /// <returns>ssh's exit code and, where the watch has seen it stopping, the task.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; ssh has ended.</exception>
    public Task<(int ExitCode, TaskDescription? StoppedTask)> RunAsync(
        ProcessStartInfo ssh, IProgress<SessionEvent> progress, CancellationToken cancellationToken) =>
        RunAsync(
            hangUp => SshProcess.RunInTerminalAsync(ssh, hangUp, cancellationToken, Transcript is null ? null : Transcript.Add),
            progress,
            cancellationToken);

    /// <summary>Runs ssh in some other way.</summary>
    /// <param name="run">Runs it; the token tells it to end, with its task. Gives its exit code.</param>
    /// <param name="progress">Is told what happens to the task.</param>
    /// <param name="cancellationToken">Cancels the watch; <paramref name="run"/> sees to itself.</param>
    /// <inheritdoc cref="RunAsync(ProcessStartInfo, IProgress{SessionEvent}, CancellationToken)"/>
    public async Task<(int ExitCode, TaskDescription? StoppedTask)> RunAsync(
        Func<CancellationToken, Task<int>> run, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        using CancellationTokenSource hangUp = new();
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var shell = run(hangUp.Token);
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
