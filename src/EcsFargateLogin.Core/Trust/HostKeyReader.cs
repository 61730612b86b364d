using System.Diagnostics;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Trust;

/// <summary>
/// Gets a session's host key from where nobody between this machine and the task can change it: AWS's copy of the
/// container's log. What is found is pinned in the session's known_hosts.
/// </summary>
internal sealed class HostKeyReader(IFargateCloud cloud)
{
    /// <summary>The script says its key before anything else of length; what an image's own start prints comes before.</summary>
    private const int MostMessages = 1000;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long the line may take to reach the log after the server has answered. A log that cannot be read by then is tried
    /// for as long again.
    /// </summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one look may take: who drops its packets does not end the wait by that.</summary>
    public TimeSpan LookLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Between the first looks; each takes twice as long as the one before, up to a second.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Paces the looks of all sessions together.</summary>
    public TokenBucket Pacer { get; init; } = TokenBucket.OfLogReads;

    /// <summary>Makes sure that ssh can tell the session's server, as its <see cref="HostKeyVerification"/> asks for.</summary>
    /// <param name="session">The session.</param>
    /// <param name="answer">Completes when a server has answered.</param>
    /// <param name="progress">Gets a warning where the key that is seen first has to be trusted.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.HostKeyNotVerified"/>, or <see cref="FargateError.JournalUnavailable"/> where known_hosts
    /// cannot be written.
    /// </exception>
    public async Task VerifyAsync(
        FargateSession session, Task answer, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        if (!session.IsOwn || session.HostKey is { Source: HostKeySource.TaskLog })
        {
            return;
        }

        KnownHosts.MakeWritable(session);
        var seen = KnownHosts.Find(session);
        session.HostKey = seen is null ? null : new FargateHostKey(seen, HostKeySource.FirstContact);
        if (session.HostKeyVerification == HostKeyVerification.AcceptNew || session is
            { HostKeyVerification: HostKeyVerification.Auto, TrustsFirstKey: true })
        {
            return;
        }

        try
        {
            var (key, reason) = await ReadAsync(session, answer, cancellationToken);
            if (key is not null)
            {
                Pin(session, key, seen, progress);
            }
            else
            {
                DoWithout(session, reason, progress);
            }
        }
        catch (FargateException e) when (e.Error == FargateError.HostKeyNotVerified)
        {
            session.IsDistrusted = true;
            throw;
        }
    }

    private static void Pin(FargateSession session, PublicKey key, PublicKey? seen, IProgress<SessionEvent> progress)
    {
        if (seen is not null && seen != key)
        {
            throw HostKeyErrors.HostKeySeenDiffers(session, key.Fingerprint, seen.Fingerprint);
        }

        KnownHosts.Pin(session, key);
        session.HostKey = new FargateHostKey(key, HostKeySource.TaskLog);
        progress.Report(new Detail(session, $"{session}: host key {session.HostKey}."));
    }

    private static void DoWithout(FargateSession session, string reason, IProgress<SessionEvent> progress)
    {
        if (session.HostKeyVerification == HostKeyVerification.Strict)
        {
            throw HostKeyErrors.HostKeyNotInLog(session, reason);
        }

        session.TrustsFirstKey = true;
        progress.Report(new Caution(
            session,
            $"The host key of session {session} could not be verified: {reason} The key that is seen first will be trusted "
            + "for this session. -HostKeyVerification Strict refuses instead, AcceptNew does not ask the log."));
    }

    /// <returns>The key, or what AWS has said that makes the log useless.</returns>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.HostKeyNotVerified"/>: the log contradicts itself, or AWS could not be asked. The latter is what
    /// somebody on the path can bring about, and no reason to trust a key.
    /// </exception>
    private async Task<(PublicKey? Key, string Reason)> ReadAsync(
        FargateSession session, Task answer, CancellationToken cancellationToken)
    {
        if (session.Record is not { Log: { } log, ContainerName: { } containerName, LogTag: { } tag })
        {
            return (null, "its container has no log in CloudWatch Logs (awslogs), or its task definition may not be read.");
        }

        var stream = log.StreamOf(containerName, session.TaskId);
        // Opens the connection, so that the answer is not waited for twice.
        await LookAsync(stream, cancellationToken);
        await answer.WaitAsync(cancellationToken);
        var answeredAt = Stopwatch.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause < LongestPause ? pause * 2 : LongestPause)
        {
            // Only what is read now counts: the script's own line is written by the time the server answers.
            var isLate = Stopwatch.GetElapsedTime(answeredAt) >= Limit;
            var (messages, failure) = await LookAsync(stream, cancellationToken);
            if (HostKeyLines.Find(session, tag, messages) is { } key)
            {
                return (key, "");
            }

            switch (failure)
            {
                case null when isLate:
                    return (null, $"the log stream {stream.Name} of {stream.Group} had no host key {Limit.TotalSeconds:0} s after "
                        + "the server answered; images made for ecs-fargate-login print none.");
                case { Error: FargateError.AccessDenied }:
                    return (null, failure.Message);
                case not null when Stopwatch.GetElapsedTime(answeredAt) >= 2 * Limit || !MayPass(failure):
                    throw HostKeyErrors.HostKeyLogUnreadable(session, failure);
            }

            await Task.Delay(pause, cancellationToken);
        }
    }

    private static bool MayPass(FargateException failure) => failure.Error is
        FargateError.Throttled or FargateError.EndpointUnreachable or FargateError.ServiceFailed;

    private async Task<(IReadOnlyList<string> Messages, FargateException? Failure)> LookAsync(
        LogStreamName stream, CancellationToken cancellationToken)
    {
        await Pacer.TakeAsync(cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LookLimit);
        try
        {
            return (await cloud.GetLogEventsAsync(stream, fromStart: true, MostMessages, limit.Token), null);
        }
        catch (FargateException e)
        {
            return ([], e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            return ([], CloudErrors.NoAnswerInTime($"CloudWatch Logs in {stream.Region}", e));
        }
    }
}
