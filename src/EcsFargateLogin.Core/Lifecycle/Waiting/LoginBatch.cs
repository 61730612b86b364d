using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Lifecycle.Waiting;

/// <summary>
/// Logs in to one or many sessions: waits for all of them together, runs the work in each as soon as it is ready, and closes each
/// that is not kept, whatever happens.
/// </summary>
internal sealed class LoginBatch
{
    /// <summary>Creates the waiter for the sessions of one account and region.</summary>
    public required Func<IFargateCloud, SessionWaiter> WaiterFor { get; init; }

    /// <summary>Creates the closer for the sessions of one account and region.</summary>
    public required Func<IFargateCloud, SessionCloser> CloserFor { get; init; }

    /// <summary>Whether a session must be closed; called when its work has ended.</summary>
    public required Func<FargateSession, bool> MustClose { get; init; }

    /// <summary>The name of the work in the task's reason to stop, such as 'command'.</summary>
    public required string WorkName { get; init; }

    /// <summary>Number of sessions in which work is done at the same time.</summary>
    public required int ThrottleLimit { get; init; }

    /// <summary>Whether the work can use a session's open shared connection without waiting.</summary>
    public required bool UsesSharedConnection { get; init; }

    /// <summary>
    /// Runs the work. Errors are reported as <see cref="SessionFailed"/>, and those of closing as <see cref="SessionNotClosed"/>.
    /// </summary>
    /// <param name="logins">The sessions.</param>
    /// <param name="work">The work in one session.</param>
    /// <param name="progress">Receives the events.</param>
    /// <param name="cancellationToken">Cancels the wait and the work, but not the closing.</param>
    public async Task RunAsync(
        IReadOnlyList<Login> logins,
        Func<Login, CancellationToken, Task> work,
        IProgress<SessionEvent> progress,
        CancellationToken cancellationToken)
    {
        using SemaphoreSlim throttle = new(ThrottleLimit);
        ConcurrentDictionary<FargateSession, Task> runs = [];
        void Begin(Login login, FargateException? failure) => runs.TryAdd(
            login.Session,
            Task.Run(() => RunAsync(login, failure, throttle, work, progress, cancellationToken), CancellationToken.None));
        try
        {
            await WaitForAllAsync(logins, Begin, progress, cancellationToken);
        }
        finally
        {
            foreach (var login in logins.Where(login => !runs.ContainsKey(login.Session)))
            {
                runs.TryAdd(login.Session, EndAsync(login, ReasonWithoutWork(WorkName), failure: null, progress));
            }

            await Task.WhenAll(runs.Values);
        }
    }

    /// <summary>The task's reason to stop where the work in its session has not begun.</summary>
    public static string ReasonWithoutWork(string workName) => $"its {workName} was never reached";

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
            if (login.Transport.HasSsh() && !File.Exists(login.Session.KeyPath))
            {
                begin(login, LoginErrors.KeyNotFound(login.Session));
            }
            else if (UsesSharedConnection && login.Transport.HasSsh() && await IsOpenAsync(login.Session, cancellationToken))
            {
                begin(login, null);
            }
            else
            {
                pending.Add(login);
            }
        }

        await Task.WhenAll(pending.GroupBy(login => (login.Cloud, login.Transport), login => login.Session).Select(group =>
            WaiterFor(group.Key.Cloud).WaitAsync(
                [.. group],
                new Readiness(CanBeEntered: true) { Transport = group.Key.Transport },
                outcomes,
                cancellationToken)));
    }

    /// <summary>Whether other programs are logged in over the session's shared connection.</summary>
    private static async Task<bool> IsOpenAsync(FargateSession session, CancellationToken cancellationToken) =>
        (session.OpenRoute is not null || session.AddressFor(session.WantedRoute) is not null)
        && (session.HostKeyVerification != HostKeyVerification.Strict || session.HostKey is { IsVerified: true })
        && await new SshMaster(session.Folder!).IsOpenAsync(cancellationToken);

    private async Task RunAsync(
        Login login,
        FargateException? failure,
        SemaphoreSlim throttle,
        Func<Login, CancellationToken, Task> work,
        IProgress<SessionEvent> progress,
        CancellationToken cancellationToken)
    {
        var reason = ReasonWithoutWork(WorkName);
        try
        {
            await throttle.WaitAsync(cancellationToken);
            try
            {
                if (failure is not null)
                {
                    throw failure;
                }

                reason = $"its {WorkName} has ended";
                await work(login, cancellationToken);
            }
            finally
            {
                throttle.Release();
            }
        }
        catch (FargateException e)
        {
            failure = cancellationToken.IsCancellationRequested
                ? e
                : await new RefusedLogin(login.Cloud).ExplainAsync(login.Session, e, cancellationToken);
        }
        finally
        {
            await EndAsync(login, reason, failure, progress);
        }
    }

    private async Task EndAsync(Login login, string reason, FargateException? failure, IProgress<SessionEvent> progress)
    {
        KnownHosts.NoteFirstKey(login.Session);
        if (MustClose(login.Session))
        {
            await CloseAsync(login, reason, progress);
        }

        if (failure is not null)
        {
            // Reported after an error of closing, because this error may end the command.
            progress.Report(new SessionFailed(login.Session, failure));
        }
    }

    private async Task CloseAsync(Login login, string reason, IProgress<SessionEvent> progress)
    {
        try
        {
            await CloserFor(login.Cloud).CloseAsync(login.Session, reason);
        }
        catch (FargateException e)
        {
            progress.Report(new SessionNotClosed(login.Session, e));
        }
    }

    /// <summary>Begins the work in a session as soon as its wait is over, and forwards all events but failures.</summary>
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

/// <summary>A session that is logged in to.</summary>
/// <param name="Session">The session.</param>
/// <param name="Cloud">The connection to AWS for it.</param>
/// <param name="Transport">The transport by which it is logged in to.</param>
internal sealed record Login(FargateSession Session, IFargateCloud Cloud, FargateTransport Transport);

/// <summary>A session was not closed completely after its work: its task may still run, or files or rules may be left.</summary>
/// <param name="Session">The session.</param>
/// <param name="Error">The error.</param>
internal sealed record SessionNotClosed(FargateSession Session, FargateException Error) : SessionEvent(Session);

/// <summary>
/// Explains why the container's sshd refused a login. sshd tells the client no reason, but logs one in the container.
/// </summary>
internal sealed class RefusedLogin(IFargateCloud cloud)
{
    /// <summary>The time limit for the line to reach CloudWatch Logs: the log driver sends every 5 s.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>The pause between two reads of the log.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Adds the reason to an ssh error about a refused login. Other errors are returned unchanged.</summary>
    public async Task<FargateException> ExplainAsync(
        FargateSession session, FargateException error, CancellationToken cancellationToken)
    {
        if (error.Error != FargateError.SshFailed || !error.Message.Contains("Permission denied (", StringComparison.Ordinal))
        {
            return error;
        }

        var until = DateTimeOffset.UtcNow + Limit;
        StopDiagnosis log = new(cloud);
        while (true)
        {
            var lines = await log.ReadLogAsync(session, cancellationToken);
            if (lines.LastOrDefault(line => IsReason(line, session.UserName)) is { } reason)
            {
                return LoginErrors.LoginRefused(session, error, reason);
            }

            if (lines.Count == 0 || DateTimeOffset.UtcNow >= until)
            {
                // Without permission to read the log, the error has no reason.
                return error;
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>
    /// Whether a line of sshd explains a refused login of that user. Lines about other users are ignored, because strangers try
    /// public ports too.
    /// </summary>
    private static bool IsReason(string line, string userName) => Regex.IsMatch(
        line,
        @"^(?!Connection |Disconnect|Received disconnect|Postponed ).*?(" +
        $@"(?<![\w.-]){Regex.Escape(userName)}(?![\w.-]).*(not allowed|expired|locked|refused|not from a permitted|denied|bad ownership|bad mode)"
            + $@"|(Invalid user|refused|denied|bad ownership).*(?<![\w.-]){Regex.Escape(userName)}(?![\w.-]))",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        TimeSpan.FromSeconds(1));
}
