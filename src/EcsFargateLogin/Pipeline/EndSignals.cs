using System.Runtime.InteropServices;

namespace EcsFargateLogin.Pipeline;

/// <summary>
/// SIGHUP, which a closed terminal sends, and SIGTERM. PowerShell would end at once and leave its tasks running. While
/// cmdlets of this module are at work these signals stop them as Ctrl+C does, and end the process when the last one has
/// cleaned up. On Windows .NET gives these names to a window that is closed and a machine that shuts down.
/// Ctrl+C itself is PowerShell's, which tells a cmdlet of the first one alone; here the second one is seen. A second
/// SIGTERM counts as one too. A second SIGHUP does not: a terminal that closes often sends two, and nobody waits there.
/// </summary>
internal static class EndSignals
{
    /// <summary>The time that Windows gives a process to clean up after its window was closed, less what it takes to end.</summary>
    private static readonly TimeSpan WindowsLimit = TimeSpan.FromSeconds(4.5);

    private static readonly object _gate = new();
    private static readonly List<Watch> _watches = [];
    private static PosixSignalRegistration[] _registrations = [];
    private static int _received;

    /// <summary>Watches until what is returned is disposed.</summary>
    /// <param name="stop">
    /// Stops the one who watches; called on any thread, and at once when a signal has come already.
    /// </param>
    /// <param name="giveUp">Ends what still waits after that; called on any thread, at every further signal.</param>
    public static IDisposable Watching(Action stop, Action giveUp)
    {
        Watch watch = new(stop, giveUp);
        lock (_gate)
        {
            _watches.Add(watch);
            if (_watches.Count == 1)
            {
                _registrations = [OnInterrupt(), On(PosixSignal.SIGHUP, 1), On(PosixSignal.SIGTERM, 15)];
            }

            if (_received != 0)
            {
                watch.Stop(isAsked: true);
            }
        }

        return watch;
    }

    private static PosixSignalRegistration On(PosixSignal signal, int number) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            lock (_gate)
            {
                _received = number;
            }

            Array.ForEach(Watches(), watch => watch.Stop(isAsked: signal != PosixSignal.SIGHUP));
            if (OperatingSystem.IsWindows())
            {
                WaitForAll();
            }
        });

    /// <summary>Windows ends the process as soon as its handler returns.</summary>
    private static void WaitForAll()
    {
        var limit = DateTimeOffset.UtcNow + WindowsLimit;
        while (Watches().Length > 0 && DateTimeOffset.UtcNow < limit)
        {
            Thread.Sleep(50);
        }
    }

    /// <summary>Leaves Ctrl+C to the host.</summary>
    private static PosixSignalRegistration OnInterrupt() =>
        PosixSignalRegistration.Create(PosixSignal.SIGINT, _ =>
        {
            Array.ForEach(Watches(), watch => watch.Count());
            CursorQuestion.AskAgainWhile(() => Watches().Length > 0);
        });

    private static Watch[] Watches()
    {
        lock (_gate)
        {
            return [.. _watches];
        }
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
        if (Interlocked.Exchange(ref _received, 0) is var signal and not 0 && !OperatingSystem.IsWindows())
        {
            // Nobody holds it back any more: it does what it would have done, or what the host does then.
            _ = Kill(Environment.ProcessId, signal);
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);

    private sealed class Watch(Action stop, Action giveUp) : IDisposable
    {
        private int _asked;

        /// <summary>Stops it, and counts that where somebody has asked for it.</summary>
        public void Stop(bool isAsked)
        {
            stop();
            if (isAsked)
            {
                Count();
            }
            else
            {
                _ = Interlocked.CompareExchange(ref _asked, 1, 0);
            }
        }

        /// <summary>Somebody has asked it to stop: the first time that is being done, after that it has to end at once.</summary>
        public void Count()
        {
            if (Interlocked.Increment(ref _asked) > 1)
            {
                giveUp();
            }
        }

        public void Dispose() => End(this);
    }
}
