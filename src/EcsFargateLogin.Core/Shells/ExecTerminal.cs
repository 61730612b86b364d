using System.Runtime.InteropServices;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.SessionManager;

namespace EcsFargateLogin.Shells;

/// <summary>
/// Connects a program of ECS Exec to this process's own terminal, or to its input and output where input is no terminal. Keys,
/// Ctrl+C among them, are the program's while it runs.
/// </summary>
/// <param name="program">The program.</param>
/// <param name="onOutput">Receives its output after the terminal has; null for none.</param>
internal sealed class ExecTerminal(ExecProgram program, Action<ReadOnlyMemory<byte>>? onOutput)
{
    /// <summary>The interval of looking for another size where no signal tells, on Windows.</summary>
    private static readonly TimeSpan SizeInterval = TimeSpan.FromSeconds(0.5);

    /// <summary>The size of this process's terminal; the usual one where there is none.</summary>
    public static TerminalSize Size
    {
        get
        {
            try
            {
                var (columns, rows) = (Console.WindowWidth, Console.WindowHeight);
                return new TerminalSize(columns > 0 ? columns : 80, rows > 0 ? rows : 24);
            }
            catch (IOException)
            {
                return new TerminalSize(80, 24);
            }
        }
    }

    /// <summary>Runs the program until it or its session has ended.</summary>
    /// <param name="hangUp">Leaves the program.</param>
    public async Task<ExecEnd> RunAsync(CancellationToken hangUp)
    {
        var modes = TerminalModes.Read();
        var isTerminal = !Console.IsInputRedirected;
        void Restore(object? sender, EventArgs e) => modes.RestoreAfter(wasKilled: true);
        // The process may be ended without a clean-up.
        AppDomain.CurrentDomain.ProcessExit += Restore;
        ExecEnd? end = null;
        try
        {
            if (isTerminal)
            {
                modes.MakeRaw();
            }

            end = await RelayAsync(isTerminal, hangUp);
            return end;
        }
        finally
        {
            modes.RestoreAfter(wasKilled: true);
            AppDomain.CurrentDomain.ProcessExit -= Restore;
            if (isTerminal && end?.ExitCode is null)
            {
                // The program had no chance to leave the screen as it was.
                TerminalModes.ResetScreen();
            }
        }
    }

    private async Task<ExecEnd> RelayAsync(bool isTerminal, CancellationToken hangUp)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(hangUp);
        await using var output = Console.OpenStandardOutput();
        await using var errors = Console.OpenStandardError();
        using StandardInput input = new(bytes => bytes.IsEmpty
            ? program.EndInputAsync(leaving.Token).AsTask()
            : program.SendAsync(bytes, leaving.Token).AsTask());
        using var resizing = isTerminal ? FollowSize(leaving.Token) : null;
        var end = await program.RunAsync(
            bytes =>
            {
                Write(output, bytes, leaving);
                onOutput?.Invoke(bytes);
            },
            bytes => Write(errors, bytes, leaving),
            leaving.Token);
        await leaving.CancelAsync();
        return end;
    }

    /// <summary>Writes output at once. Where nobody takes it, the program is left.</summary>
    private static void Write(Stream stream, ReadOnlyMemory<byte> bytes, CancellationTokenSource leaving)
    {
        try
        {
            stream.Write(bytes.Span);
            stream.Flush();
        }
        catch (IOException)
        {
            leaving.Cancel();
        }
    }

    private IDisposable FollowSize(CancellationToken cancellationToken)
    {
        var known = Size;
        void Send()
        {
            var size = Size;
            if (size != known && !cancellationToken.IsCancellationRequested)
            {
                known = size;
                _ = SendAsync(size);
            }
        }

        async Task SendAsync(TerminalSize size)
        {
            try
            {
                await program.ResizeAsync(size, cancellationToken);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The program has ended.
            }
        }

        return OperatingSystem.IsWindows()
            ? new Timer(_ => Send(), null, SizeInterval, SizeInterval)
            : PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Send());
    }
}
