using System.ComponentModel;
using System.Diagnostics;

namespace EcsFargateLogin.Ssh;

/// <summary>Starts OpenSSH's programs.</summary>
internal static class SshProcess
{
    /// <summary>The exit code by which ssh says that it, and not the remote program, failed.</summary>
    public const int ConnectionFailed = 255;

    /// <summary>What a program gets to end by itself after Ctrl+C, which the terminal has sent to it as well.</summary>
    private static readonly TimeSpan InterruptGrace = TimeSpan.FromSeconds(2);

    /// <summary>Starts a program, or says why that cannot be done.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.SshNotFound"/>.</exception>
    public static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException("no process was started");
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            throw FargateErrors.SshNotStarted(start.FileName, e);
        }
    }

    /// <summary>Runs a program with this process's own terminal, input and output, until it ends.</summary>
    /// <returns>Its exit code.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; the program has ended or was killed.</exception>
    public static async Task<int> RunInTerminalAsync(
        string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        // Nothing is redirected and no shell is between: ssh gets the real terminal, and every argument as it is.
        using var process = Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false });
        try
        {
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await EndAsync(process).ConfigureAwait(false);
            throw;
        }

        return process.ExitCode;
    }

    private static async Task EndAsync(Process process)
    {
        using CancellationTokenSource grace = new(InterruptGrace);
        try
        {
            await process.WaitForExitAsync(grace.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }
}
