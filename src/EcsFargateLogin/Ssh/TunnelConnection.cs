using System.Diagnostics;

namespace EcsFargateLogin.Ssh;

/// <summary>
/// An ssh process that forwards a port. It lives as long as this process at most: it ends when the pipe to its standard
/// input does, and that ends with this process, however it comes about.
/// </summary>
internal sealed class TunnelConnection : IAsyncDisposable
{
    /// <summary>
    /// What runs in the container meanwhile: it says that the forwarding stands and reads until its input ends. Then it
    /// ends its connection, which else would stay while a client uses it. PPID is the sshd of this connection alone.
    /// </summary>
    public const string RemoteCommand = $"exec sh -c 'echo {Ready}; while read -r line; do :; done; kill \"$PPID\"'";

    private const string Ready = "ecs-fargate-login-tunnel-ready";
    private const int LastMessages = 20;

    /// <summary>For the connection and the login; ssh's own limit for the former is 15 s.</summary>
    private static readonly TimeSpan OpenLimit = TimeSpan.FromSeconds(45);

    private readonly Process _process;
    private readonly Queue<string> _messages = new();
    private readonly Task _ended;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts ssh.</summary>
    /// <param name="start">ssh with its arguments, among them <see cref="RemoteCommand"/>.</param>
    /// <param name="heard">Gets each of ssh's own messages as it comes, on any thread.</param>
    /// <exception cref="FargateException"><see cref="FargateError.SshNotFound"/>.</exception>
    public TunnelConnection(ProcessStartInfo start, Action<string> heard)
    {
        _process = SshProcess.Start(start);
        _ended = Task.WhenAll(ReadOutputAsync(), ReadMessagesAsync(heard), _process.WaitForExitAsync());
    }

    /// <summary>Completes when ssh has ended.</summary>
    public Task Ended => _ended;

    /// <summary>What ssh complained of last, or null.</summary>
    public string? Complaint
    {
        get
        {
            lock (_messages)
            {
                return SshLog.Complaint(_messages);
            }
        }
    }

    /// <summary>Waits until the local port is listened on and the login stands.</summary>
    /// <returns>False when ssh has ended instead, or has not come so far in time.</returns>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(OpenLimit);
        try
        {
            return await Task.WhenAny(_ready.Task, _ended).WaitAsync(limit.Token).ConfigureAwait(false) == _ready.Task;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Ends ssh.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _process.Dispose();
    }

    private async Task ReadOutputAsync()
    {
        // Login scripts may have something to say before.
        while (await _process.StandardOutput.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            if (line == Ready)
            {
                _ready.TrySetResult();
            }
        }
    }

    private async Task ReadMessagesAsync(Action<string> heard)
    {
        while (await _process.StandardError.ReadLineAsync().ConfigureAwait(false) is { } line)
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

            heard(message);
        }
    }
}
