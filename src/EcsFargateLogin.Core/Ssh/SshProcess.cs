using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Ssh;

/// <summary>Starts OpenSSH's programs.</summary>
internal static class SshProcess
{
    /// <summary>The exit code of ssh when ssh itself failed, not the remote program.</summary>
    public const int ConnectionFailed = 255;

    private const int SigTerm = 15;

    /// <summary>The time that a program has to end by itself after SIGTERM.</summary>
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(2);

    /// <summary>Starts a program.</summary>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.SshNotFound"/>, or <see cref="FargateError.InvalidSshOption"/> where the options are too long.
    /// </exception>
    public static Process Start(ProcessStartInfo start) => ChildProcess.Start(start, ErrorOf);

    private static FargateException ErrorOf(string program, Exception cause) => ChildProcess.IsTooLong(cause)
        ? SshErrors.CommandLineTooLong(program, cause)
        : SshErrors.SshNotStarted(program, cause);

    /// <summary>Runs a program without a terminal, with empty input, until it ends.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="limit">The time limit, after which it is killed.</param>
    /// <param name="cancellationToken">Cancels it. The program has ended when this throws.</param>
    /// <returns>The result; null when it was killed at the limit.</returns>
    /// <exception cref="FargateException">As <see cref="Start"/> throws it.</exception>
    public static Task<ProgramResult?> RunAsync(
        string program, IReadOnlyList<string> arguments, TimeSpan limit, CancellationToken cancellationToken) =>
        ChildProcess.RunAsync(ChildProcess.WithPipes(program, arguments), limit, ErrorOf, cancellationToken);

    /// <summary>Runs a program with this process's own terminal, input and output, until it ends.</summary>
    /// <param name="start">The program.</param>
    /// <param name="hangUp">Ends the program with SIGTERM, or kills it if it does not end in time.</param>
    /// <param name="cancellationToken">Cancels it likewise.</param>
    /// <param name="onOutput">Receives its output after the terminal has; null leaves the terminal to the program alone.</param>
    /// <returns>Its exit code; <see cref="ConnectionFailed"/> when it had to be killed.</returns>
    /// <exception cref="OperationCanceledException">Cancelled. The program has ended or was killed.</exception>
    public static async Task<int> RunInTerminalAsync(
        ProcessStartInfo start,
        CancellationToken hangUp,
        CancellationToken cancellationToken,
        Action<ReadOnlyMemory<byte>>? onOutput = null)
    {
        var modes = TerminalModes.Read();
        var exitCode = ConnectionFailed;
        if (onOutput is not null)
        {
            modes.AcceptRemoteOutput();
        }

        try
        {
            exitCode = await RunInTerminalAsync(start, modes, onOutput, hangUp, cancellationToken);
            return exitCode;
        }
        finally
        {
            modes.RestoreAfter(wasKilled: false);
            // The program was killed or lost its connection, and has not restored the modes that it had set.
            if (exitCode == ConnectionFailed)
            {
                TerminalModes.ResetScreen();
            }
        }
    }

    private static async Task<int> RunInTerminalAsync(
        ProcessStartInfo start,
        TerminalModes modes,
        Action<ReadOnlyMemory<byte>>? onOutput,
        CancellationToken hangUp,
        CancellationToken cancellationToken)
    {
        // No shell is involved: ssh gets the real terminal and unmodified arguments.
        start.UseShellExecute = false;
        start.RedirectStandardOutput = onOutput is not null;
        using var process = Start(start);
        using var suspended = ContinueWhenSuspended(process.Id);
        using var watched = SshWatchdog.Watch(process);
        using var tap = onOutput is null ? null : new TerminalTap(process, onOutput);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(hangUp, cancellationToken);
        try
        {
            await process.WaitForExitAsync(ending.Token);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            // The terminal sends Ctrl+C to ssh as well, but a signal to this process only does not reach it.
            var exitCode = await EndAsync(process, Terminate(process), modes);
            cancellationToken.ThrowIfCancellationRequested();
            return exitCode;
        }
    }

    /// <summary>Waits until a program without a terminal ends.</summary>
    /// <param name="process">The program.</param>
    /// <param name="hangUp">Ends the program with SIGTERM, or kills it if it does not end in time.</param>
    /// <returns>Its exit code; <see cref="ConnectionFailed"/> when it had to be killed.</returns>
    public static async Task<int> WaitForEndAsync(Process process, CancellationToken hangUp)
    {
        try
        {
            await process.WaitForExitAsync(hangUp);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return await EndAsync(process, Terminate(process), modes: null);
        }
    }

    private static async Task<int> EndAsync(Process process, TimeSpan grace, TerminalModes? modes)
    {
        using CancellationTokenSource limit = new(grace);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            ChildProcess.Kill(process);
            await process.WaitForExitAsync(CancellationToken.None);
            modes?.RestoreAfter(wasKilled: true);
            return ConnectionFailed;
        }
    }

    /// <summary>Asks a program to end with SIGTERM.</summary>
    /// <returns>The time to wait for it: zero on Windows, which has no SIGTERM.</returns>
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

    /// <summary>Continues ssh when it has suspended itself (~^Z), because PowerShell has no job control.</summary>
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

    /// <summary>
    /// A script that starts a program with its arguments unchanged. An ignored signal stays ignored across exec.
    /// </summary>
    private const string IgnoringKeys = "trap '' INT QUIT; exec \"$0\" \"$@\"";

    /// <summary>
    /// Returns the start information of a program with pipes for input and output. The program ignores keys like Ctrl+C, which
    /// the terminal sends to all programs in its foreground: they are meant for the program that the user runs at that time.
    /// </summary>
    public static ProcessStartInfo InBackground(string program, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = OperatingSystem.IsWindows()
            ? ChildProcess.WithPipes(program, arguments)
            : ChildProcess.WithPipes("/bin/sh", ["-c", IgnoringKeys, program, .. arguments]);
        // On Windows a console of its own has the same effect.
        start.CreateNoWindow = true;
        start.StandardInputEncoding = start.StandardOutputEncoding = start.StandardErrorEncoding = new UTF8Encoding(false);
        return start;
    }
}

/// <summary>
/// Copies a program's output to the terminal byte by byte as it arrives, and passes it to a receiver afterwards. The program's
/// input is the terminal itself, where it still sees modes and size.
/// </summary>
internal sealed class TerminalTap : IDisposable
{
    /// <summary>
    /// The time limit for the remaining output after the program has ended; its child processes may hold the output open for
    /// longer.
    /// </summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(2);

    private readonly Thread _thread;

    public TerminalTap(Process process, Action<ReadOnlyMemory<byte>> onOutput)
    {
        var output = process.StandardOutput.BaseStream;
        // A dedicated thread, because echoed keys must not wait for the thread pool.
        _thread = new Thread(() => Pass(output, onOutput)) { IsBackground = true, Name = "terminal" };
        _thread.Start();
    }

    /// <summary>Waits until all output has been copied.</summary>
    public void Dispose() => _thread.Join(EndLimit);

    private static void Pass(Stream output, Action<ReadOnlyMemory<byte>> onOutput)
    {
        var buffer = new byte[64 * 1024];
        using var terminal = Console.OpenStandardOutput();
        try
        {
            int count;
            while ((count = output.Read(buffer)) > 0)
            {
                terminal.Write(buffer, 0, count);
                terminal.Flush();
                onOutput(buffer.AsMemory(0, count));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The terminal or the program is gone.
        }
    }
}
