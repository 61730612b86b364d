using System.Runtime.InteropServices;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// SIGHUP, which a closed terminal sends, and SIGTERM. PowerShell would end at once and leave its tasks running. While
/// cmdlets of this module are at work these signals stop them as Ctrl+C does, and end the process when the last one has
/// cleaned up. Windows has no such signals.
/// </summary>
internal static class EndSignals
{
    private static readonly object _gate = new();
    private static readonly List<Watch> _watches = [];
    private static PosixSignalRegistration[] _registrations = [];
    private static int _received;

    /// <summary>Watches until what is returned is disposed.</summary>
    /// <param name="stop">
    /// Stops the one who watches; called on any thread, and at once when a signal has come already.
    /// </param>
    public static IDisposable Watching(Action stop)
    {
        Watch watch = new(stop);
        lock (_gate)
        {
            _watches.Add(watch);
            if (_watches.Count == 1 && !OperatingSystem.IsWindows())
            {
                _registrations = [On(PosixSignal.SIGHUP, 1), On(PosixSignal.SIGTERM, 15)];
            }

            if (_received != 0)
            {
                stop();
            }
        }

        return watch;
    }

    private static PosixSignalRegistration On(PosixSignal signal, int number) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            Receive(number);
        });

    private static void Receive(int signal)
    {
        Watch[] watches;
        lock (_gate)
        {
            _received = signal;
            watches = [.. _watches];
        }

        Array.ForEach(watches, watch => watch.Stop());
    }

    private static void End(Watch watch)
    {
        PosixSignalRegistration[] registrations;
        lock (_gate)
        {
            if (!_watches.Remove(watch) || _watches.Count > 0)
            {
                return;
            }

            (registrations, _registrations) = (_registrations, []);
        }

        // Not under the lock: this waits for a handler that runs just now.
        Array.ForEach(registrations, registration => registration.Dispose());
        if (Interlocked.Exchange(ref _received, 0) is var signal and not 0)
        {
            // Nobody holds it back any more: it does what it would have done, or what the host does then.
            _ = Kill(Environment.ProcessId, signal);
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);

    private sealed class Watch(Action stop) : IDisposable
    {
        public void Stop() => stop();

        public void Dispose() => End(this);
    }
}
