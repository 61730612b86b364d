using System.Diagnostics;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Trust;

/// <summary>
/// Verifies a session's host key and pins it in the session's known_hosts. The server proves it, or else the container's log in
/// CloudWatch Logs has it, which nobody on the network path can change.
/// </summary>
internal sealed class HostKeyReader(IFargateCloud cloud)
{
    /// <summary>
    /// The number of messages to read. The script logs its key early; only messages of the image's own start-up precede it.
    /// </summary>
    private const int MostMessages = 1000;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The time after the server's answer until the line is in the log. A log that cannot be read by then is retried for the same
    /// time again.
    /// </summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time limit of one read, so that dropped packets do not block the wait.</summary>
    public TimeSpan ReadLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The pause between the first reads. It doubles up to a second.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The pace of reads for all sessions.</summary>
    public TokenBucket Pacer { get; init; } = TokenBucket.OfLogReads;

    /// <summary>Verifies the session's host key, as its <see cref="HostKeyVerification"/> requires.</summary>
    /// <param name="session">The session.</param>
    /// <param name="answer">Completes with the answer of a server; null where none was asked.</param>
    /// <param name="progress">Receives a warning where the first key has to be trusted.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.HostKeyNotVerified"/>, or <see cref="FargateError.JournalUnavailable"/> where known_hosts
    /// cannot be written.
    /// </exception>
    public async Task VerifyAsync(
        FargateSession session, Task<ServerAnswer?> answer, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        if (!session.IsOwn || session.HostKey is { IsVerified: true })
        {
            return;
        }

        KnownHosts.MakeWritable(session);
        var seen = KnownHosts.Find(session);
        session.HostKey = seen is null ? null : new FargateHostKey(seen, HostKeySource.FirstContact);
        try
        {
            // The script logs its line before the server answers.
            if (await answer.WaitAsync(cancellationToken) is { } server && HostProof.ProvenKey(session, server) is { } proven)
            {
                Pin(session, proven, HostKeySource.Proof, seen, progress);
            }
            else if (session.HostKeyVerification == HostKeyVerification.AcceptNew || session is
                { HostKeyVerification: HostKeyVerification.Auto, TrustsFirstKey: true })
            {
                return;
            }
            else
            {
                var (logged, reason) = await ReadAsync(session, cancellationToken);
                if (logged is not null)
                {
                    Pin(session, logged, HostKeySource.TaskLog, seen, progress);
                }
                else
                {
                    TrustFirstKey(session, reason, progress);
                }
            }
        }
        catch (FargateException e) when (e.Error == FargateError.HostKeyNotVerified)
        {
            session.IsDistrusted = true;
            throw;
        }
    }

    private static void Pin(
        FargateSession session, PublicKey key, HostKeySource source, PublicKey? seen, IProgress<SessionEvent> progress)
    {
        FargateHostKey verified = new(key, source);
        if (seen is not null && seen != key)
        {
            throw HostKeyErrors.HostKeySeenDiffers(session, verified, seen.Fingerprint);
        }

        KnownHosts.Pin(session, key);
        session.HostKey = verified;
        progress.Report(new Detail(session, $"{session}: host key {session.HostKey}."));
    }

    private static void TrustFirstKey(FargateSession session, string reason, IProgress<SessionEvent> progress)
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

    /// <returns>The key, or the reason by AWS why the log cannot have it.</returns>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.HostKeyNotVerified"/>: the log contradicts itself, or AWS could not be asked. An attacker on the
    /// network path can cause the latter, so no key is trusted then.
    /// </exception>
    private async Task<(PublicKey? Key, string Reason)> ReadAsync(FargateSession session, CancellationToken cancellationToken)
    {
        if (session.Record is not { Log: { } log, ContainerName: { } containerName, LogTag: { } tag })
        {
            return (null, "its container has no log in CloudWatch Logs (awslogs), or its task definition may not be read.");
        }

        var stream = log.StreamOf(containerName, session.TaskId);
        var answeredAt = Stopwatch.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause < LongestPause ? pause * 2 : LongestPause)
        {
            var isLate = Stopwatch.GetElapsedTime(answeredAt) >= Limit;
            var (messages, failure) = await ReadLogAsync(stream, cancellationToken);
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
                case not null when Stopwatch.GetElapsedTime(answeredAt) >= 2 * Limit || !IsTransient(failure):
                    throw HostKeyErrors.HostKeyLogUnreadable(session, failure);
            }

            await Task.Delay(pause, cancellationToken);
        }
    }

    private static bool IsTransient(FargateException failure) => failure.Error is
        FargateError.Throttled or FargateError.EndpointUnreachable or FargateError.ServiceFailed;

    private async Task<(IReadOnlyList<string> Messages, FargateException? Failure)> ReadLogAsync(
        LogStreamName stream, CancellationToken cancellationToken)
    {
        await Pacer.TakeAsync(cancellationToken);
        using var limit = TimeLimit.Begin(ReadLimit, cancellationToken);
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
            return ([], CloudErrors.NoReplyInTime($"CloudWatch Logs in {stream.Region}", e));
        }
    }
}

/// <summary>
/// Finds the host key in a container's log. start-sshd.sh ends its start line and its host-key line with the session's tag. Lines
/// without the tag are ignored, because other programs may print such lines. If more lines have the tag than the script writes,
/// none is trusted.
/// </summary>
internal static class HostKeyLines
{
    private const string StartLine = "ecs-fargate-login start ";

    /// <summary>Finds the host key of a session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="tag">The tag that its lines end with.</param>
    /// <param name="messages">The messages of the log, from its beginning.</param>
    /// <returns>The key, or null while its line is missing.</returns>
    /// <exception cref="FargateException"><see cref="FargateError.HostKeyNotVerified"/>: the log contradicts itself.</exception>
    public static PublicKey? Find(FargateSession session, string tag, IEnumerable<string> messages)
    {
        // A log driver may combine several lines in one message.
        string[] tagged =
        [
            .. messages.SelectMany(message => message.Split('\n')).Select(line => line.TrimEnd())
                .Where(line => line.EndsWith($" {tag}", StringComparison.Ordinal)),
        ];
        string[] starts = [.. tagged.Where(line => line.StartsWith(StartLine, StringComparison.Ordinal))];
        string[] keys = [.. tagged.Where(line => line.StartsWith(ContainerContract.HostKeyLine, StringComparison.Ordinal))];
        if (starts.Length > 1 || keys.Length > 1)
        {
            throw HostKeyErrors.HostKeyContradicted(session, starts.Length, keys.Length);
        }

        if (keys.Length == 0)
        {
            return null;
        }

        if (starts.Length == 0 || Array.IndexOf(tagged, starts[0]) > Array.IndexOf(tagged, keys[0]))
        {
            throw HostKeyErrors.HostKeyWithoutStart(session);
        }

        // The blank before the tag may be the one after the line's prefix.
        return PublicKey.TryParse(keys[0][(ContainerContract.HostKeyLine.Length - 1)..^(tag.Length + 1)])
            ?? throw HostKeyErrors.HostKeyUnreadable(session);
    }
}
