using System.Collections.Concurrent;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Lifecycle.Waiting;

/// <summary>
/// Logs in to many sessions: waits for all of them together, does the work in each as soon as its SSH server answers, in no
/// more than so many at once, and stops each that is not kept, whatever happened.
/// </summary>
/// <param name="throttleLimit">In how many sessions work is done at once.</param>
internal sealed class LoginBatch(int throttleLimit)
{
    /// <summary>What waits for the sessions of one account and region.</summary>
    public required Func<IFargateCloud, SessionWaiter> WaiterFor { get; init; }

    /// <summary>What stops sessions of one account and region.</summary>
    public required Func<IFargateCloud, SessionCloser> CloserFor { get; init; }

    /// <summary>Whether sessions are logged in to at their private addresses.</summary>
    public required bool PreferPrivate { get; init; }

    /// <summary>What is done, for those who find the stopped task, such as 'command'.</summary>
    public required string WorkName { get; init; }

    /// <summary>Does the work.</summary>
    /// <param name="logins">The sessions.</param>
    /// <param name="work">What to do in each; its errors are reported as <see cref="SessionFailed"/>.</param>
    /// <param name="progress">Is told what happens.</param>
    /// <param name="cancellationToken">Cancels the wait and the work, and nothing of what is cleaned up.</param>
    /// <exception cref="FargateException">Cancelled, and a task could not be stopped.</exception>
    public async Task RunAsync(
        IReadOnlyList<Login> logins,
        Func<Login, CancellationToken, Task> work,
        IProgress<SessionEvent> progress,
        CancellationToken cancellationToken)
    {
        using SemaphoreSlim throttle = new(throttleLimit);
        ConcurrentDictionary<FargateSession, Task> runs = [];
        void Begin(Login login, FargateException? failure) => runs.TryAdd(
            login.Session,
            Task.Run(() => RunAsync(login, failure, throttle, work, progress, cancellationToken), CancellationToken.None));
        try
        {
            await WaitForAllAsync(logins, Begin, progress, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            foreach (var login in logins.Where(login => !runs.ContainsKey(login.Session)))
            {
                runs.TryAdd(login.Session, EndAsync(login, $"its {WorkName} was never reached", progress, cancellationToken));
            }

            await Task.WhenAll(runs.Values).ConfigureAwait(false);
        }
    }

    private async Task WaitForAllAsync(
        IReadOnlyList<Login> logins,
        Action<Login, FargateException?> begin,
        IProgress<SessionEvent> progress,
        CancellationToken cancellationToken)
    {
        var bySession = logins.ToDictionary(login => login.Session);
        Outcomes outcomes = new(progress, (session, error) => begin(bySession[session], error));
        List<Login> pending = [];
        foreach (var login in logins)
        {
            if (!File.Exists(login.Session.KeyPath))
            {
                begin(login, LoginErrors.KeyNotFound(login.Session));
            }
            else if (await IsOpenAsync(login.Session, cancellationToken).ConfigureAwait(false))
            {
                begin(login, null);
            }
            else
            {
                pending.Add(login);
            }
        }

        Readiness readiness = new(PreferPrivate, CanBeEntered: true) { Transport = FargateTransport.Ssh };
        await Task.WhenAll(pending.ToLookup(login => login.Cloud, login => login.Session).Select(byCloud =>
            WaiterFor(byCloud.Key).WaitAsync([.. byCloud], readiness, outcomes, cancellationToken))).ConfigureAwait(false);
    }

    /// <summary>Whether others are logged in by way of the connection that is shared: then there is nothing to wait for.</summary>
    private async Task<bool> IsOpenAsync(FargateSession session, CancellationToken cancellationToken) =>
        session.AddressFor(PreferPrivate) is not null
        && (session.HostKeyVerification != HostKeyVerification.Strict || session.HostKey is { Source: HostKeySource.TaskLog })
        && await new SshMaster(session.Folder!).IsOpenAsync(cancellationToken).ConfigureAwait(false);

    private async Task RunAsync(
        Login login,
        FargateException? failure,
        SemaphoreSlim throttle,
        Func<Login, CancellationToken, Task> work,
        IProgress<SessionEvent> progress,
        CancellationToken cancellationToken)
    {
        var reason = $"its {WorkName} was never reached";
        try
        {
            await throttle.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                if (failure is null)
                {
                    reason = $"its {WorkName} has ended";
                    await work(login, cancellationToken).ConfigureAwait(false);
                }
            }
            finally
            {
                throttle.Release();
            }
        }
        catch (FargateException e)
        {
            failure = e;
        }
        finally
        {
            if (failure is not null)
            {
                progress.Report(new SessionFailed(login.Session, failure));
            }

            await EndAsync(login, reason, progress, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task EndAsync(
        Login login, string reason, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        if (login.IsKept && login.Session.IsWorthKeeping)
        {
            return;
        }

        try
        {
            await CloserFor(login.Cloud).CloseAsync(login.Session, reason).ConfigureAwait(false);
        }
        catch (FargateException e) when (!cancellationToken.IsCancellationRequested)
        {
            progress.Report(new SessionFailed(login.Session, e));
        }
    }

    /// <summary>Begins with a session as soon as its wait is over, and passes everything on but failures.</summary>
    private sealed class Outcomes(IProgress<SessionEvent> progress, Action<FargateSession, FargateException?> begin)
        : IProgress<SessionEvent>
    {
        public void Report(SessionEvent value)
        {
            switch (value)
            {
                case SessionReady ready:
                    progress.Report(value);
                    begin(ready.Session, null);
                    break;
                case SessionFailed failed:
                    begin(failed.Session, failed.Error);
                    break;
                default:
                    progress.Report(value);
                    break;
            }
        }
    }
}
