using System.Collections.Concurrent;
using System.Diagnostics;

namespace LocalFargate.Containers;

/// <summary>
/// Starts processes on one thread that lives as long as this process. Linux sends a child its parent-death signal when
/// the thread that started it ends, so a thread of the pool would not do.
/// </summary>
internal static class ChildProcesses
{
    private static readonly BlockingCollection<Action> _starts = [];

    static ChildProcesses()
    {
        var thread = new Thread(Run) { IsBackground = true, Name = "Container starter" };
        thread.Start();
    }

    internal static Task<Process> StartAsync(ProcessStartInfo start)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        _starts.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(start)!);
            }
            catch (Exception exception)
            {
                started.SetException(exception);
            }
        });
        return started.Task;
    }

    private static void Run()
    {
        foreach (var start in _starts.GetConsumingEnumerable())
        {
            start();
        }
    }
}
