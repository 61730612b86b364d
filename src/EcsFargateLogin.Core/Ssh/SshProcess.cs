using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Ssh;

/// <summary>Starts OpenSSH's programs.</summary>
internal static class SshProcess
{
    /// <summary>The exit code by which ssh says that it, and not the remote program, failed.</summary>
    public const int ConnectionFailed = 255;

    private const int SigTerm = 15;

    /// <summary>What a program gets to end by itself after SIGTERM.</summary>
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(2);

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
            throw SshErrors.SshNotStarted(start.FileName, e);
        }
    }

    /// <summary>Runs a program with this process's own terminal, input and output, until it ends.</summary>
    /// <param name="start">The program.</param>
    /// <param name="hangUp">Tells it to end (SIGTERM); what does not is killed.</param>
    /// <param name="cancellationToken">Cancels it in the same way.</param>
    /// <param name="onOutput">Gets what it prints, after the terminal has; null leaves the terminal to it alone.</param>
    /// <returns>Its exit code; <see cref="ConnectionFailed"/> when it had to be killed.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; the program has ended or was killed.</exception>
    public static async Task<int> RunInTerminalAsync(
        ProcessStartInfo start,
        CancellationToken hangUp,
        CancellationToken cancellationToken,
        Action<ReadOnlyMemory<byte>>? onOutput = null)
    {
        var modes = TerminalModes.Read();
        var exitCode = ConnectionFailed;
        try
        {
            exitCode = await RunInTerminalAsync(start, modes, onOutput, hangUp, cancellationToken);
            return exitCode;
        }
        finally
        {
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
        Action<ReadOnlyMemory<byte>>? onOutput,
        CancellationToken hangUp,
        CancellationToken cancellationToken)
    {
        // No shell is between: ssh gets the real terminal, and every argument as it is.
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
            // Of Ctrl+C it knows, of a signal to this process alone it does not.
            var exitCode = await EndAsync(process, Terminate(process), modes);
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
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            modes?.Restore();
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

    /// <summary>Takes the program and its arguments as they are. An ignored signal stays ignored across exec.</summary>
    private const string IgnoringKeys = "trap '' INT QUIT; exec \"$0\" \"$@\"";

    /// <summary>
    /// How a program is started with pipes for its input and output, so that keys like Ctrl+C, which the terminal sends
    /// to all programs in its foreground, do not end it: they are meant for what the user runs just then.
    /// </summary>
    public static ProcessStartInfo InBackground(string program, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = OperatingSystem.IsWindows()
            ? new(program, arguments)
            : new("/bin/sh", ["-c", IgnoringKeys, program, .. arguments]);
        start.UseShellExecute = false;
        // On Windows a console of its own, for the same reason.
        start.CreateNoWindow = true;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.StandardInputEncoding = start.StandardOutputEncoding = start.StandardErrorEncoding = new UTF8Encoding(false);
        return start;
    }
}

/// <summary>
/// Passes what a program prints on to the terminal, byte by byte as it comes, and shows it to somebody else afterwards.
/// The program's input is the terminal itself, whose modes and size it goes on seeing there.
/// </summary>
internal sealed class TerminalTap : IDisposable
{
    /// <summary>For what is on its way when the program has ended; what it has started may hold its output for longer.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(2);

    private readonly Thread _thread;

    public TerminalTap(Process process, Action<ReadOnlyMemory<byte>> onOutput)
    {
        var output = process.StandardOutput.BaseStream;
        // A thread of its own: keys are echoed by the other side, and must not wait for a pool.
        _thread = new Thread(() => Pass(output, onOutput)) { IsBackground = true, Name = "terminal" };
        _thread.Start();
    }

    /// <summary>Waits until all has been passed on.</summary>
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
