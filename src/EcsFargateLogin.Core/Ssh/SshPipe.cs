using System.Diagnostics;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Ssh;

/// <summary>An ssh process with pipes to this process as its input and output. Disposing ends it.</summary>
internal sealed class SshPipe : IAsyncDisposable
{
    private const int LastMessages = 20;

    /// <summary>
    /// The time limit for the messages of an ssh that has ended. A master connection may hold their pipe open until the server has
    /// confirmed the end, and so may a program of -ProxyCommand.
    /// </summary>
    private static readonly TimeSpan RestLimit = TimeSpan.FromSeconds(1);

    private readonly Process _process;
    private readonly Queue<string> _messages = new();
    private readonly IDisposable? _watched;
    private readonly Task _read;

    /// <summary>Starts ssh.</summary>
    /// <param name="start">The start information, with pipes for input and output.</param>
    /// <param name="onMessage">Receives each message of ssh and each error line of the remote program, on any thread.</param>
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

    /// <summary>The last error of ssh, or null.</summary>
    public string? Complaint => SshLog.Complaint(Messages);

    /// <summary>The last messages of ssh and error lines of the remote program.</summary>
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

    /// <summary>Waits until ssh has ended and its messages were read.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="HostKeyRefusedException">ssh rejected the server's host key.</exception>
    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        await WaitForEndAsync().WaitAsync(cancellationToken);
        return _process.ExitCode == SshProcess.ConnectionFailed && SshLog.TellsHostKeyRefused(Messages)
            ? throw new HostKeyRefusedException(Messages)
            : _process.ExitCode;
    }

    /// <summary>Waits likewise, but does not examine the exit code.</summary>
    public async Task WaitForEndAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None);
        // Errors of reading them do not matter.
        await _read.WaitAsync(RestLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Ends ssh, so that readers and writers are not blocked any longer.</summary>
    public void Kill() => ChildProcess.Kill(_process);

    /// <summary>Ends ssh.</summary>
    public async ValueTask DisposeAsync()
    {
        Kill();
        await WaitForEndAsync();
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

/// <summary>ssh rejected a server's host key. The caller knows which server that is.</summary>
/// <param name="messages">The messages of ssh.</param>
internal sealed class HostKeyRefusedException(IReadOnlyList<string> messages) : Exception("ssh refused the server's host key.")
{
    public IReadOnlyList<string> Messages { get; } = messages;
}
