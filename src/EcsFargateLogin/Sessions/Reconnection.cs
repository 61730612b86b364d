using EcsFargateLogin.Cloud;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Sessions;

/// <summary>Waits until a session whose connection was lost can be logged in to again.</summary>
/// <param name="cloud">What is asked about the task.</param>
/// <param name="session">The session.</param>
/// <param name="endpoint">Where it is logged in to.</param>
internal sealed class Reconnection(IFargateCloud cloud, FargateSession session, SshEndpoint endpoint)
{
    /// <summary>Somebody waits at a terminal: a task that is gone must not be waited for.</summary>
    private static readonly ShellWatchOptions OftenLooked = new() { Interval = TimeSpan.FromSeconds(2) };

    /// <summary>Waits until its SSH server answers, for no longer than the container waits for its part.</summary>
    /// <param name="progress">Is told what happens to the task.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Whether it answers; false also when the task is stopping.</returns>
    public async Task<bool> WaitAsync(IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(session.ReconnectWindow);
        BannerProbe probe = new(endpoint.Address, endpoint.Port);
        var answering = probe.WaitAsync(limit.Token);
        var stopping = new ShellWatch(cloud, session, OftenLooked).WatchAsync(progress, limit.Token);
        await Task.WhenAny(answering, stopping).ConfigureAwait(false);
        var answers = answering.IsCompletedSuccessfully;
        await limit.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(answering, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return answers;
    }
}
