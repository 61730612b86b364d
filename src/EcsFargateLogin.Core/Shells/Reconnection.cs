using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Lifecycle.Waiting;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;

namespace EcsFargateLogin.Shells;

/// <summary>Waits until a session can be logged in to again after its connection was lost.</summary>
/// <param name="cloud">The connection to AWS, for the state of the task.</param>
/// <param name="session">The session.</param>
/// <param name="preferPrivate">Whether its private address is used.</param>
internal sealed class Reconnection(IFargateCloud cloud, FargateSession session, bool preferPrivate)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>The time limit for asking AWS whether the task is stopping, before the user is told about reconnecting.</summary>
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(5);

    /// <summary>Errors of asking AWS, which say nothing about the task.</summary>
    private static readonly FargateError[] TransientErrors =
    [
        FargateError.EndpointUnreachable, FargateError.ServiceFailed, FargateError.Throttled, FargateError.AccessDenied,
        FargateError.CredentialsExpired, FargateError.NoCredentials,
    ];

    private FargateError? _reported;

    /// <summary>
    /// Returns the task where the connection was lost because it is stopping; null where it runs or AWS cannot be asked.
    /// </summary>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<TaskDescription?> FindStoppedTaskAsync(CancellationToken cancellationToken)
    {
        using var limit = TimeLimit.Begin(AskLimit, cancellationToken);
        try
        {
            return await Interruption.FindEndingAsync(cloud, session, limit.Token);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    /// <summary>
    /// Waits until the session's SSH server answers, at most as long as the container waits. Without a network AWS cannot be
    /// asked either, which is reported once and does not end the wait.
    /// </summary>
    /// <param name="progress">Receives what happens to the task.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Whether it answers; false also when the task has stopped.</returns>
    public async Task<bool> WaitAsync(IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        using var limit = TimeLimit.Begin(session.ReconnectWindow, cancellationToken);
        // The server has to answer again.
        session.AnsweredAddress = null;
        SessionWaiter waiter = new(cloud, new WaitOptions { BannerLimit = session.ReconnectWindow });
        try
        {
            while (!await TryAsync(waiter, progress, limit.Token))
            {
                await Task.Delay(Pause, limit.Token);
            }

            return true;
        }
        catch (FargateException e)
        {
            progress.Report(new Detail(session, e.Message));
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return false;
    }

    private Readiness Readiness => new(preferPrivate, CanBeEntered: true) { Transport = FargateTransport.Ssh };

    private async Task<bool> TryAsync(SessionWaiter waiter, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        try
        {
            await waiter
                .WaitAsync(session, Readiness, progress, cancellationToken);
            return true;
        }
        catch (FargateException e) when (TransientErrors.Contains(e.Error))
        {
            if (_reported != e.Error)
            {
                _reported = e.Error;
                progress.Report(
                    new ShellNotice(session, $"still reconnecting, but AWS cannot be asked about the task: {e.Message}"));
            }

            return false;
        }
    }
}
