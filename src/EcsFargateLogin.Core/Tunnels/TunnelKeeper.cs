using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Tunnels;

/// <summary>Keeps a tunnel open: connects it again when its connection drops, until it is stopped or its session ends.</summary>
/// <param name="tunnel">The tunnel.</param>
/// <param name="dialer">What connects it.</param>
/// <param name="cloud">What is asked about the session's task; disposed of with the tunnel.</param>
/// <param name="journal">What remembers the session.</param>
internal sealed class TunnelKeeper(FargateTunnel tunnel, TunnelDialer dialer, IFargateCloud cloud, SessionJournal journal)
    : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _closing = new(1);
    private TunnelConnection? _connection;
    private Task _kept = Task.CompletedTask;
    private bool _isClosed;

    /// <summary>The pauses between attempts to connect again: each is twice the one before, up to the longest.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <inheritdoc cref="FirstPause"/>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>For how long it is tried to connect again.</summary>
    public TimeSpan ReconnectLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>For a question about the task, on which nothing depends but to end early.</summary>
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(3);

    /// <summary>For StopTask, when PowerShell itself is ending.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15);

    public FargateTunnel Tunnel => tunnel;

    /// <summary>Gets each message of ssh that says that the task could not reach a host.</summary>
    public event Action<string>? TargetFailed;

    /// <summary>Connects for the first time.</summary>
    /// <exception cref="FargateException">It cannot be connected.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken) =>
        _connection = await dialer.DialAsync(tunnel.Session, tunnel.Route, Hear, cancellationToken);

    /// <summary>Keeps it open from now on.</summary>
    public void Keep() => _kept = Task.Run(KeepAsync);

    /// <summary>Ends the tunnel and, if it was the last one and the session is not kept, its session. Safe to repeat.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.StopFailed"/>.</exception>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _kept.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await DisconnectAsync();
        if (tunnel.IsAlive)
        {
            tunnel.Status = FargateTunnelStatus.Stopped;
        }

        await CloseAsync();
    }

    /// <summary>Ends a tunnel that nobody has got to see, and leaves its session to whoever has it.</summary>
    public async ValueTask DisposeAsync()
    {
        tunnel.KeepSession = true;
        await StopAsync();
        _stop.Dispose();
        _closing.Dispose();
    }

    private async Task KeepAsync()
    {
        try
        {
            await ReconnectUntilOverAsync();
            await CloseAsync();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // It is being stopped.
        }
        catch (FargateException e)
        {
            tunnel.Note(e.Message);
        }
    }

    /// <summary>Connects it again whenever its connection ends. Whatever becomes of that, its status tells.</summary>
    private async Task ReconnectUntilOverAsync()
    {
        try
        {
            do
            {
                // However it has ended: that its output broke off is an end as well.
                await _connection!.Ended.WaitAsync(_stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _stop.Token.ThrowIfCancellationRequested();
                tunnel.Note(_connection.Complaint ?? "the connection was closed");
                await DisconnectAsync();
            }
            while (await ReconnectAsync());
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            tunnel.Note(e.Message);
            tunnel.Status = FargateTunnelStatus.Lost;
        }
    }

    /// <returns>
    /// False when its session has ended, another server answers in its place, or the time is over; its status says which.
    /// </returns>
    private async Task<bool> ReconnectAsync()
    {
        tunnel.Status = FargateTunnelStatus.Reconnecting;
        var until = DateTimeOffset.UtcNow + ReconnectLimit;
        for (var pause = FirstPause; DateTimeOffset.UtcNow < until; pause = Shorter(2 * pause, LongestPause))
        {
            await Task.Delay(Jitter.Of(pause), _stop.Token);
            if (await HasSessionEndedAsync())
            {
                tunnel.Status = FargateTunnelStatus.SessionEnded;
                return false;
            }

            try
            {
                await OpenAsync(_stop.Token);
                tunnel.ReconnectCount++;
                tunnel.Status = FargateTunnelStatus.Open;
                return true;
            }
            catch (Exception e) when (e is FargateException or IOException)
            {
                tunnel.Note(e.Message);
                if (e is FargateException { Error: FargateError.HostKeyMismatch })
                {
                    break;
                }
            }
        }

        tunnel.Status = FargateTunnelStatus.Lost;
        return false;
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private async Task<bool> HasSessionEndedAsync()
    {
        if (tunnel.Session.IsClosed)
        {
            return true;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(LookLimit);
        try
        {
            var reply = await cloud.DescribeTasksAsync(tunnel.Session.Cluster, [tunnel.Session.TaskArn], limit.Token);
            if (reply.Tasks.FirstOrDefault(tunnel.Session.IsOf) is { } task)
            {
                tunnel.Session.Update(task);
                return TaskStatuses.IsEnding(task);
            }
        }
        catch (Exception e) when (e is FargateException or OperationCanceledException)
        {
            _stop.Token.ThrowIfCancellationRequested();
        }

        return false;
    }

    private void Hear(string message)
    {
        if (message.Contains("open failed", StringComparison.Ordinal))
        {
            tunnel.Note(message);
            TargetFailed?.Invoke(message);
        }
    }

    private async Task DisconnectAsync()
    {
        if (Interlocked.Exchange(ref _connection, null) is { } connection)
        {
            await connection.DisposeAsync();
        }
    }

    /// <summary>
    /// Stops the session unless it is kept or another tunnel still uses it; one whose task has ended is nothing to keep, nor one
    /// whose server may be somebody else's.
    /// </summary>
    private async Task CloseAsync()
    {
        await _closing.WaitAsync();
        try
        {
            var isUseless = tunnel.Status == FargateTunnelStatus.SessionEnded
                || (tunnel.Status == FargateTunnelStatus.Lost && tunnel.Session.IsDistrusted);
            if (!_isClosed && (isUseless || (!tunnel.KeepSession && TunnelRegistry.IsLast(tunnel))))
            {
                await new SessionCloser(cloud, journal) { StopLimit = StopLimit }
                    .CloseAsync(tunnel.Session, "its tunnel has ended");
            }

            if (!_isClosed)
            {
                _isClosed = true;
                cloud.Dispose();
            }
        }
        finally
        {
            _closing.Release();
        }
    }
}
