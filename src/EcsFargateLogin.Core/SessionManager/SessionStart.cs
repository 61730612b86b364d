using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.SessionManager;

/// <summary>Starts sessions of Systems Manager.</summary>
internal static class SessionStart
{
    /// <summary>The time limit for ending a session that nobody wants any more.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Starts a session, and tries again while the agent runs but is not connected to AWS. When cancelled, it ends the session that
    /// AWS may have started.
    /// </summary>
    /// <param name="sessions">Systems Manager.</param>
    /// <param name="start">The request, which is not cancelled itself: that would leave a session that nobody knows.</param>
    /// <param name="options">The limits.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <param name="onRefused">Receives the error before each further attempt.</param>
    public static async Task<ChannelTicket> RunAsync(
        ISessionManager sessions,
        Func<CancellationToken, Task<ChannelTicket>> start,
        ChannelOptions options,
        CancellationToken cancellationToken,
        Action<FargateException>? onRefused = null)
    {
        var begunAt = options.Clock.GetTimestamp();
        while (true)
        {
            try
            {
                return await TryAsync(sessions, start, cancellationToken);
            }
            catch (FargateException e) when (e.Error == FargateError.EcsExecUnavailable
                && options.Clock.GetElapsedTime(begunAt) < options.ConnectLimit)
            {
                onRefused?.Invoke(e);
            }

            await Task.Delay(options.ConnectPause, options.Clock, cancellationToken);
        }
    }

    private static async Task<ChannelTicket> TryAsync(
        ISessionManager sessions, Func<CancellationToken, Task<ChannelTicket>> start, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var starting = start(CancellationToken.None);
        try
        {
            return await starting.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (!starting.IsCanceled)
        {
            await EndWhenStartedAsync(sessions, starting);
            throw;
        }
    }

    private static async Task EndWhenStartedAsync(ISessionManager sessions, Task<ChannelTicket> starting)
    {
        using CancellationTokenSource limit = new(EndLimit);
        try
        {
            var ticket = await starting.WaitAsync(limit.Token);
            await sessions.TerminateAsync(ticket.SessionId, limit.Token);
        }
        catch (Exception e) when (e is FargateException or OperationCanceledException)
        {
            // It was not started, or AWS ends it when it is idle.
        }
    }
}
