using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LocalFargate.Containers;

/// <summary>A running container. Disposing it ends everything in it.</summary>
internal sealed class ContainerProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private const int SigKill = 9;

    // What unshare of util-linux 2.38 says, and exits with 1, where others pass on the signal that ended their child.
    private const string UnshareDefect = "unshare: sigprocmask unblock failed: Invalid argument";

    private static readonly TimeSpan _killLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _outputLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _startLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(2);

    private readonly Stopwatch _age = Stopwatch.StartNew();
    private readonly Process _process;
    private readonly Isolation _isolation;
    private readonly Task _output;
    private volatile bool _wasKilled;

    private ContainerProcess(Process process, Isolation isolation, Action<string> log)
    {
        _process = process;
        _isolation = isolation;
        _output = Task.WhenAll(
            CopyLinesAsync(process.StandardOutput, log), CopyLinesAsync(process.StandardError, LogError));
        Exited = WaitForExitAsync();

        void LogError(string line)
        {
            if (line == UnshareDefect)
            {
                _wasKilled = true;
            }
            else
            {
                log(line);
            }
        }
    }

    /// <summary>The exit code; 128 plus the signal where one ended it. All output has been logged by then.</summary>
    internal Task<int> Exited { get; }

    /// <summary>The id that this machine knows the container's first process by; null once it is gone.</summary>
    internal int? ProcessId =>
        _process.HasExited ? null
        : _isolation == Isolation.None ? _process.Id
        : ProcessTable.FirstChild(_process.Id);

    internal static async Task<ContainerProcess> StartAsync(ContainerSpec spec, Isolation isolation, Action<string> log)
    {
        var process = await ChildProcesses.StartAsync(ContainerLauncher.StartInfo(spec, isolation));
        process.StandardInput.Close();
        var container = new ContainerProcess(process, isolation, log);
        while (container.ProcessId is null && !process.HasExited)
        {
            await Task.Delay(_interval);
        }

        return container;
    }

    /// <summary>
    /// Asks the container's first process to end, and kills everything when it has not after that time, or at once when
    /// that token is cancelled.
    /// </summary>
    internal async Task<int> StopAsync(TimeSpan stopTimeout, CancellationToken abort)
    {
        if (ProcessId is { } id)
        {
            await WaitForHandlerAsync(id);
            _ = kill(id, SigTerm);
        }

        await ((Task)Exited).WaitAsync(stopTimeout, abort).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!Exited.IsCompleted)
        {
            Kill();
        }

        return await Exited.WaitAsync(_killLimit, CancellationToken.None);
    }

    // A namespace's first process never sees a signal that it does not handle, and one that has only just started may
    // not have come so far: here a task is stopped milliseconds after its start, which does not happen on Fargate.
    private async Task WaitForHandlerAsync(int id)
    {
        while (_age.Elapsed < _startLimit && !Exited.IsCompleted && !ProcessTable.Minds(id, SigTerm))
        {
            await Task.Delay(_interval);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await Exited.WaitAsync(_killLimit);
        _process.Dispose();
    }

    private void Kill()
    {
        if (_isolation == Isolation.None)
        {
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
            }
        }
        else if (ProcessId is { } id)
        {
            // The kernel ends a PID namespace with its first process.
            _ = kill(id, SigKill);
        }
        else if (!_process.HasExited)
        {
            _process.Kill();
        }
    }

    private async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync();

        // Without namespaces, something that outlives its parent may hold the output open.
        await _output.WaitAsync(_outputLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _wasKilled ? 128 + SigKill : _process.ExitCode;
    }

    private static async Task CopyLinesAsync(StreamReader reader, Action<string> log)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            log(line);
        }
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int processId, int signal);
}
