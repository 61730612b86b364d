using System.Diagnostics;
using System.Text;

namespace EcsFargateLogin.Ssh;

/// <summary>An ssh process whose input and output are pipes to this one. Disposing it ends it.</summary>
internal sealed class SshPipe : IAsyncDisposable
{
    private const int LastMessages = 20;

    private readonly Process _process;
    private readonly Queue<string> _messages = new();
    private readonly IDisposable? _watched;
    private readonly Task _read;

    /// <summary>Starts ssh.</summary>
    /// <param name="start">How, with pipes for its input and output.</param>
    /// <param name="onMessage">Gets each of ssh's own messages, and of the remote program's errors, on any thread.</param>
    /// <exception cref="FargateException"><see cref="FargateError.SshNotFound"/>.</exception>
    public SshPipe(ProcessStartInfo start, Action<string>? onMessage = null)
    {
        _process = SshProcess.Start(start);
        _watched = SshWatchdog.Watch(_process);
        _read = ReadMessagesAsync(onMessage);
    }

    /// <summary>The remote program's input.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>The remote program's output.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>What ssh complained of last, or null.</summary>
    public string? Complaint => SshLog.Complaint(Messages);

    /// <summary>The last of ssh's own messages, and of the remote program's errors.</summary>
    public IReadOnlyList<string> Messages
    {
        get
        {
            lock (_messages)
            {
                return [.. _messages];
            }
        }
    }

    /// <summary>Waits until it has ended and all messages have come.</summary>
    /// <returns>Its exit code.</returns>
    /// <exception cref="HostKeyRefusedException">ssh refused the server for its host key.</exception>
    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        await WaitForEndAsync().WaitAsync(cancellationToken);
        return _process.ExitCode == SshProcess.ConnectionFailed && SshLog.TellsHostKeyRefused(Messages)
            ? throw new HostKeyRefusedException(Messages)
            : _process.ExitCode;
    }

    /// <summary>The same without a word about why it has ended.</summary>
    public Task WaitForEndAsync() => Task.WhenAll(_process.WaitForExitAsync(CancellationToken.None), _read);

    /// <summary>Ends ssh, so that whoever reads or writes is not held up any longer.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    /// <summary>Ends ssh.</summary>
    public async ValueTask DisposeAsync()
    {
        Kill();
        // How its messages ended is nothing to whoever ends it.
        await WaitForEndAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _watched?.Dispose();
        _process.Dispose();
    }

    private async Task ReadMessagesAsync(Action<string>? onMessage)
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            var message = line.Trim();
            lock (_messages)
            {
                _messages.Enqueue(message);
                if (_messages.Count > LastMessages)
                {
                    _messages.Dequeue();
                }
            }

            onMessage?.Invoke(message);
        }
    }
}

/// <summary>ssh refused a server for its host key. Whoever runs ssh says which server that is.</summary>
/// <param name="messages">What ssh said.</param>
internal sealed class HostKeyRefusedException(IReadOnlyList<string> messages) : Exception("ssh refused the server's host key.")
{
    public IReadOnlyList<string> Messages { get; } = messages;
}

/// <summary>
/// Runs the few constant commands by which files are copied without an SFTP server. Paths never stand in a command: they
/// go to xargs through its input, each ended by NUL, which no path can hold.
/// </summary>
internal sealed class RemoteProgram(string ssh, SshEndpoint endpoint, IReadOnlyList<SshOption> options)
{
    /// <summary>Starts one.</summary>
    public SshPipe Start(string command) => new(SshCommandLine.InBackground(
        ssh, SshCommandLine.ForProgram(endpoint, options, command), endpoint.KeepsSession));

    /// <summary>Runs one on paths.</summary>
    /// <param name="command">A constant that begins with xargs -0.</param>
    /// <param name="paths">Its input.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>What it printed; and what went wrong, or null.</returns>
    public async Task<(string Output, string? Fault)> RunAsync(
        string command, IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        var pipe = Start(command);
        await using (pipe)
        {
            var output = new StreamReader(pipe.Output).ReadToEndAsync(cancellationToken);
            await WritePathsAsync(pipe, paths, cancellationToken);
            var text = await output;
            var exitCode = await pipe.WaitAsync(cancellationToken);
            return (text, exitCode == 0 ? null : pipe.Complaint ?? $"it ended with exit code {exitCode}");
        }
    }

    /// <summary>Writes the paths and ends the input.</summary>
    public static async Task WritePathsAsync(SshPipe pipe, IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(paths.Select(path => $"{path}\0")));
        try
        {
            await pipe.Input.WriteAsync(bytes, cancellationToken);
            pipe.Input.Close();
        }
        catch (IOException)
        {
            // It has ended already, and its exit code says why.
        }
    }
}
