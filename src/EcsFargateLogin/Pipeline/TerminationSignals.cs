using System.Runtime.InteropServices;

namespace EcsFargateLogin.Pipeline;

/// <summary>
/// Handles SIGHUP, which a closed terminal sends, and SIGTERM. PowerShell would end at once and leave its tasks running. While
/// cmdlets of this module run, these signals stop them as Ctrl+C does, and end the process when the last cmdlet has cleaned up.
/// On Windows, .NET reports a closed window and a shutdown by these names. PowerShell handles Ctrl+C, but tells a cmdlet only of
/// the first one; this class also counts the second one, and a second SIGTERM like it. A second SIGHUP does not count, because a
/// closing terminal often sends two.
/// </summary>
internal static class TerminationSignals
{
    /// <summary>
    /// The time that Windows gives a process to clean up after its window was closed, less what it takes to end.
    /// </summary>
    private static readonly TimeSpan WindowsLimit = TimeSpan.FromSeconds(4.5);

    /// <summary>What shells add to the number of the signal that has ended a process, for its exit code.</summary>
    private const int SignalExitCode = 128;

    private static readonly object _gate = new();
    private static readonly List<Subscription> _subscriptions = [];
    private static PosixSignalRegistration[] _registrations = [];
    private static int _received;

    /// <summary>Subscribes to the signals until the result is disposed of.</summary>
    /// <param name="stop">Stops the subscriber. Called on any thread, and at once if a signal was received before.</param>
    /// <param name="giveUp">Cancels the subscriber's clean-up. Called on any thread, at every further signal.</param>
    public static IDisposable Subscribe(Action stop, Action giveUp)
    {
        Subscription subscription = new(stop, giveUp);
        lock (_gate)
        {
            _subscriptions.Add(subscription);
            if (_subscriptions.Count == 1)
            {
                _registrations = [OnInterrupt(), On(PosixSignal.SIGHUP, 1), On(PosixSignal.SIGTERM, 15)];
            }

            if (_received != 0)
            {
                subscription.Stop(isAsked: true);
            }
        }

        return subscription;
    }

    private static PosixSignalRegistration On(PosixSignal signal, int number) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            lock (_gate)
            {
                _received = number;
            }

            if (!OperatingSystem.IsWindows())
            {
                // PowerShell may end by itself, with the exit code 0, before the last cmdlet has cleaned up.
                AppDomain.CurrentDomain.ProcessExit += (_, _) => Environment.ExitCode = SignalExitCode + number;
            }

            Array.ForEach(Subscriptions(), subscription => subscription.Stop(isAsked: signal != PosixSignal.SIGHUP));
            if (OperatingSystem.IsWindows())
            {
                WaitForAll();
            }
        });

    /// <summary>Windows ends the process as soon as its handler returns.</summary>
    private static void WaitForAll()
    {
        var limit = DateTimeOffset.UtcNow + WindowsLimit;
        while (Subscriptions().Length > 0 && DateTimeOffset.UtcNow < limit)
        {
            Thread.Sleep(50);
        }
    }

    /// <summary>Leaves Ctrl+C to the host.</summary>
    private static PosixSignalRegistration OnInterrupt() =>
        PosixSignalRegistration.Create(PosixSignal.SIGINT, _ =>
        {
            Array.ForEach(Subscriptions(), subscription => subscription.CountRequest());
            CursorPositionQuery.RepeatWhile(() => Subscriptions().Length > 0);
        });

    private static Subscription[] Subscriptions()
    {
        lock (_gate)
        {
            return [.. _subscriptions];
        }
    }

    private static void End(Subscription subscription)
    {
        PosixSignalRegistration[] registrations;
        lock (_gate)
        {
            if (!_subscriptions.Remove(subscription) || _subscriptions.Count > 0)
            {
                return;
            }

            (registrations, _registrations) = (_registrations, []);
        }

        // Not under the lock, because this waits for a running handler.
        Array.ForEach(registrations, registration => registration.Dispose());
        if (Interlocked.Exchange(ref _received, 0) is var signal and not 0 && !OperatingSystem.IsWindows())
        {
            // The signal is no longer intercepted: it has its default effect, or the host's.
            _ = Kill(Environment.ProcessId, signal);
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);

    private sealed class Subscription(Action stop, Action giveUp) : IDisposable
    {
        private int _asked;

        /// <summary>Stops the subscriber, and counts the signal if it is a user's request.</summary>
        public void Stop(bool isAsked)
        {
            stop();
            if (isAsked)
            {
                CountRequest();
            }
            else
            {
                _ = Interlocked.CompareExchange(ref _asked, 1, 0);
            }
        }

        /// <summary>Counts a request to stop. From the second one on, the clean-up is cancelled.</summary>
        public void CountRequest()
        {
            if (Interlocked.Increment(ref _asked) > 1)
            {
                giveUp();
            }
        }

        public void Dispose() => End(this);
    }
}
