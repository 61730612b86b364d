using System.Runtime.InteropServices;

namespace PowerShellHost.ConsoleHost;

/// <summary>
/// Turns Ctrl+C into a request to stop. The process itself lives on until what it runs has cleaned up, however often
/// Ctrl+C is pressed and whichever child has the terminal. As with <c>pwsh</c>, SIGTERM and SIGHUP end it at once.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration _registration;

    public StopSignals() => _registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);

    /// <summary>Cancelled at the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>The exit code of a process that SIGINT ended.</summary>
    public const int ExitCode = 128 + 2;

    public void Dispose()
    {
        _registration.Dispose();
        _stop.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        _stop.Cancel();
    }
}
