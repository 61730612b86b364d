using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace LocalFargate.Containers;

/// <summary>A running container. Disposing it ends everything in it.</summary>
internal sealed class ContainerProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private const int SigKill = 9;
    private static readonly TimeSpan _killLimit = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Isolation _isolation;
    private readonly Task _output;

    private ContainerProcess(Process process, Isolation isolation, Action<string> log)
    {
        _process = process;
        _isolation = isolation;
        _output = Task.WhenAll(
            CopyLinesAsync(process.StandardOutput, log), CopyLinesAsync(process.StandardError, log));
        Exited = WaitForExitAsync();
    }

    /// <summary>The exit code; 128 plus the signal where one ended it. All output has been logged by then.</summary>
    internal Task<int> Exited { get; }

    /// <summary>The id that this machine knows the container's first process by; null once it is gone.</summary>
    internal int? ProcessId => _process.HasExited ? null : _isolation == Isolation.None ? _process.Id : FirstChild(_process.Id);

    internal static async Task<ContainerProcess> StartAsync(ContainerSpec spec, Isolation isolation, Action<string> log)
    {
        var process = await ChildProcesses.StartAsync(ContainerLauncher.StartInfo(spec, isolation));
        process.StandardInput.Close();
        return new ContainerProcess(process, isolation, log);
    }

    /// <summary>
    /// Asks the container's first process to end, and kills everything when it has not after that time, or at once when
    /// that token is cancelled.
    /// </summary>
    internal async Task<int> StopAsync(TimeSpan stopTimeout, CancellationToken abort)
    {
        if (ProcessId is { } id)
        {
            _ = kill(id, SigTerm);
        }

        await ((Task)Exited).WaitAsync(stopTimeout, abort).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!Exited.IsCompleted)
        {
            Kill();
        }

        return await Exited.WaitAsync(_killLimit, CancellationToken.None);
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
        await _output;
        return _process.ExitCode;
    }

    private static async Task CopyLinesAsync(StreamReader reader, Action<string> log)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            log(line);
        }
    }

    private static int? FirstChild(int processId)
    {
        try
        {
            var children = File.ReadAllText($"/proc/{processId}/task/{processId}/children");
            return int.TryParse(children.Split(' ')[0], CultureInfo.InvariantCulture, out var child) ? child : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int processId, int signal);
}
