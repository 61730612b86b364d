using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Ssh;

/// <summary>Starts OpenSSH's programs.</summary>
internal static partial class SshProcess
{
    /// <summary>The exit code by which ssh says that it, and not the remote program, failed.</summary>
    public const int ConnectionFailed = 255;

    private const int SigTerm = 15;

    /// <summary>E2BIG: what execve says of arguments that are too long.</summary>
    private const int TooLongOnUnix = 7;

    /// <summary>ERROR_FILENAME_EXCED_RANGE: what CreateProcess says of a command line of more than 32,767 characters.</summary>
    private const int TooLongOnWindows = 206;

    /// <summary>What a program gets to end by itself after SIGTERM.</summary>
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(2);

    /// <summary>Starts a program, or says why that cannot be done.</summary>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.SshNotFound"/>, or <see cref="FargateError.InvalidSshOption"/> of options that are too long.
    /// </exception>
    public static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException("no process was started");
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            throw e is Win32Exception { NativeErrorCode: TooLongOnUnix or TooLongOnWindows }
                ? SshErrors.CommandLineTooLong(start.FileName, e)
                : SshErrors.SshNotStarted(start.FileName, e);
        }
    }

    /// <summary>Runs a program with this process's own terminal, input and output, until it ends.</summary>
    /// <param name="start">The program.</param>
    /// <param name="hangUp">Tells it to end (SIGTERM); what does not is killed.</param>
    /// <param name="cancellationToken">Cancels it in the same way.</param>
    /// <param name="seen">Gets what it prints, after the terminal has; null leaves the terminal to it alone.</param>
    /// <returns>Its exit code; <see cref="ConnectionFailed"/> when it had to be killed.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; the program has ended or was killed.</exception>
    public static async Task<int> RunInTerminalAsync(
        ProcessStartInfo start,
        CancellationToken hangUp,
        CancellationToken cancellationToken,
        Action<ReadOnlyMemory<byte>>? seen = null)
    {
        var modes = TerminalModes.Read();
        var exitCode = ConnectionFailed;
        if (seen is not null)
        {
            modes.TakeRemoteOutput();
        }

        try
        {
            exitCode = await RunInTerminalAsync(start, modes, seen, hangUp, cancellationToken);
            return exitCode;
        }
        finally
        {
            modes.RestoreAfter(wasKilled: false);
            // What ran there did not end by itself, and has not put back what it had set.
            if (exitCode == ConnectionFailed)
            {
                TerminalModes.ResetScreen();
            }
        }
    }

    private static async Task<int> RunInTerminalAsync(
        ProcessStartInfo start,
        TerminalModes modes,
        Action<ReadOnlyMemory<byte>>? seen,
        CancellationToken hangUp,
        CancellationToken cancellationToken)
    {
        // No shell is between: ssh gets the real terminal, and every argument as it is.
        start.UseShellExecute = false;
        start.RedirectStandardOutput = seen is not null;
        using var process = Start(start);
        using var suspended = ContinueWhenSuspended(process.Id);
        using var watched = SshWatchdog.Watch(process);
        using var passing = seen is null ? null : new TerminalTap(process, seen);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(hangUp, cancellationToken);
        try
        {
            await process.WaitForExitAsync(ending.Token).ConfigureAwait(false);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            // Of Ctrl+C it knows, of a signal to this process alone it does not.
            var exitCode = await EndAsync(process, Terminate(process), modes).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            return exitCode;
        }
    }

    /// <summary>Waits until a program ends that has no terminal.</summary>
    /// <param name="process">The program.</param>
    /// <param name="hangUp">Tells it to end (SIGTERM); what does not is killed.</param>
    /// <returns>Its exit code; <see cref="ConnectionFailed"/> when it had to be killed.</returns>
    public static async Task<int> WaitForEndAsync(Process process, CancellationToken hangUp)
    {
        try
        {
            await process.WaitForExitAsync(hangUp).ConfigureAwait(false);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return await EndAsync(process, Terminate(process), modes: null).ConfigureAwait(false);
        }
    }

    private static async Task<int> EndAsync(Process process, TimeSpan grace, TerminalModes? modes)
    {
        using CancellationTokenSource limit = new(grace);
        try
        {
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            modes?.RestoreAfter(wasKilled: true);
            return ConnectionFailed;
        }
    }

    /// <summary>Asks a program to end.</summary>
    /// <returns>How long it is waited for: not at all on Windows, which has no such request.</returns>
    private static TimeSpan Terminate(Process process)
    {
        if (OperatingSystem.IsWindows())
        {
            return TimeSpan.Zero;
        }

        if (!process.HasExited)
        {
            _ = Kill(process.Id, SigTerm);
        }

        return EndGrace;
    }

    /// <summary>
    /// Continues ssh when it has suspended itself (~^Z): PowerShell has no job control, and nobody else would continue it.
    /// </summary>
    private static PosixSignalRegistration? ContinueWhenSuspended(int processId) => OperatingSystem.IsWindows()
        ? null
        : PosixSignalRegistration.Create(PosixSignal.SIGCHLD, context =>
        {
            if (ChildStop.SignalOf(processId) == ChildStop.SigTstp)
            {
                _ = Kill(processId, ChildStop.SigCont);
            }
        });

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
