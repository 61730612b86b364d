using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Lifecycle.Waiting;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Tunnels;

/// <summary>Keeps a tunnel open: reconnects when its connection drops, until it is stopped or its session ends.</summary>
/// <param name="tunnel">The tunnel.</param>
/// <param name="dialer">Opens its connections.</param>
/// <param name="cloud">The account of the session's task; disposed of with the tunnel.</param>
/// <param name="journal">The journal of the session.</param>
internal sealed class TunnelKeeper(FargateTunnel tunnel, ITunnelDialer dialer, IFargateCloud cloud, SessionJournal journal)
    : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _closing = new(1);
    private ITunnelConnection? _connection;
    private Task _kept = Task.CompletedTask;
    private bool _isClosed;

    /// <summary>The pauses between attempts to reconnect; each is twice the previous one, up to the longest.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <inheritdoc cref="FirstPause"/>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Time limit for reconnecting.</summary>
    public TimeSpan ReconnectLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Time limit of a poll of the task, which only serves to end early.</summary>
    private static readonly TimeSpan PollLimit = TimeSpan.FromSeconds(3);

    /// <summary>Time limit of StopTask while PowerShell ends.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15);

    public FargateTunnel Tunnel => tunnel;

    /// <summary>Completes when the current connection has ended.</summary>
    public Task ConnectionEnded => _connection!.Ended;

    /// <inheritdoc cref="ITunnelConnection.Error"/>
    public FargateException? ConnectionError => _connection!.Error;

    /// <summary>Receives each message of the connection about a host that the task could not reach.</summary>
    public event Action<string>? TargetFailed;

    /// <summary>Opens a connection.</summary>
    /// <exception cref="FargateException">It cannot be connected.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken) =>
        _connection = await dialer.DialAsync(tunnel.Session, tunnel.Route, OnMessage, cancellationToken);

    /// <summary>Starts to keep it open.</summary>
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

    /// <summary>Ends a tunnel that was never output, and leaves its session to its holder.</summary>
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
            tunnel.RecordError(e.Message);
        }
    }

    /// <summary>Reconnects whenever the connection ends, until the tunnel's status says that this is over.</summary>
    private async Task ReconnectUntilOverAsync()
    {
        try
        {
            do
            {
                // An exception of the connection is an end as well.
                await _connection!.Ended.WaitAsync(_stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _stop.Token.ThrowIfCancellationRequested();
                tunnel.RecordError(_connection.Complaint ?? "the connection was closed");
                await DisconnectAsync();
            }
            while (await ReconnectAsync());
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            tunnel.RecordError(e.Message);
            tunnel.Status = FargateTunnelStatus.Lost;
        }
    }

    /// <returns>
    /// False if the session has ended, another server answers, or the time limit has passed; the tunnel's status says which.
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
                await OpenRouteAsync();
                await OpenAsync(_stop.Token);
                tunnel.ReconnectCount++;
                tunnel.Status = FargateTunnelStatus.Open;
                return true;
            }
            catch (Exception e) when (e is FargateException or IOException)
            {
                tunnel.RecordError(e.Message);
                if (e is FargateException { Error: FargateError.HostKeyMismatch })
                {
                    break;
                }
            }
        }

        tunnel.Status = FargateTunnelStatus.Lost;
        return false;
    }

    /// <summary>Opens the route through AWS again, where the session uses one and it has ended.</summary>
    private async Task OpenRouteAsync()
    {
        if (tunnel.Session.OpenRoute is { IsLocal: true })
        {
            await new SessionWaiter(cloud, new WaitOptions()).WaitAsync(
                tunnel.Session, new Readiness(CanBeEntered: true) { Transport = FargateTransport.Ssh }, new Progress(), _stop.Token);
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private async Task<bool> HasSessionEndedAsync()
    {
        if (tunnel.Session.IsClosed)
        {
            return true;
        }

        using var limit = TimeLimit.Begin(PollLimit, _stop.Token);
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

    private void OnMessage(string message)
    {
        if (message.Contains("open failed", StringComparison.Ordinal))
        {
            tunnel.RecordError(message);
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
    /// Stops the session unless it is kept or another tunnel still uses it. A session is not kept if its task has ended or its
    /// server is distrusted.
    /// </summary>
    private async Task CloseAsync()
    {
        await _closing.WaitAsync();
        try
        {
            var isUnusable = tunnel.Status == FargateTunnelStatus.SessionEnded
                || (tunnel.Status == FargateTunnelStatus.Lost && tunnel.Session.IsDistrusted);
            // A task that others have started is never stopped.
            if (!_isClosed && tunnel.Session.IsOwn && (isUnusable || (!tunnel.KeepSession && TunnelRegistry.IsLast(tunnel))))
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

    /// <summary>Nobody is told of a tunnel's reconnection but by its status.</summary>
    private sealed class Progress : IProgress<SessionEvent>
    {
        public void Report(SessionEvent value)
        {
        }
    }
}
