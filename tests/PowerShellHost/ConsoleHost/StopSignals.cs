using System.Runtime.InteropServices;

namespace PowerShellHost.ConsoleHost;

/// <summary>
/// Turns Ctrl+C, SIGTERM and SIGHUP into a request to stop. The process itself lives on until what it runs has
/// cleaned up, however often Ctrl+C is pressed and whichever child has the terminal.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _signal;

    public StopSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Handle(context, 2)),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Handle(context, 15)),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => Handle(context, 1)),
    ];

    /// <summary>Cancelled at the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>The exit code of a process that a signal ended.</summary>
    public int ExitCode => 128 + _signal;

    public void Dispose()
    {
        Array.ForEach(_registrations, registration => registration.Dispose());
        _stop.Dispose();
    }

    private void Handle(PosixSignalContext context, int signal)
    {
        context.Cancel = true;
        if (Interlocked.CompareExchange(ref _signal, signal, 0) == 0)
        {
            _stop.Cancel();
        }
    }
}
