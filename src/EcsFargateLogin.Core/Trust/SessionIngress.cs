using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Trust;

/// <summary>
/// Lets this machine's address in to sessions, and takes that back. A security group holds one rule for an address and a
/// port, so sessions share it: the first makes it, the last to end removes it. Which sessions of this machine need it the
/// journal knows. Machines behind one address share it as well: the rule's description names a session of each.
/// </summary>
internal sealed class SessionIngress(IFargateCloud cloud, SessionJournal journal)
{
    private const string DescriptionPrefix = "EcsFargateLogin session ";

    /// <summary>What EC2 takes as a description.</summary>
    private const int LongestDescription = 255;

    /// <summary>Other machines add and remove the rule, and write into its description, at the same time.</summary>
    private const int AttemptsToShare = 5;

    /// <summary>How long AWS may take to add a rule.</summary>
    private static readonly TimeSpan AuthorizeLimit = TimeSpan.FromSeconds(30);

    /// <summary>Cancelled when the user waits no longer for what is cleaned up.</summary>
    public CancellationToken GiveUp { get; init; }

    /// <summary>The rule that a session asks for.</summary>
    public static IngressRule RuleFor(string sessionId, string securityGroupId, string cidr, int port) =>
        new(securityGroupId, cidr, port, DescriptionOf([sessionId]));

    /// <summary>Lets the session's address in. The journal knows of it before AWS does.</summary>
    /// <exception cref="FargateException">It could not be let in; nothing is left of the session.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is left of the session.</exception>
    public async Task OpenAsync(
        FargateSession session, IngressRule rule, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        using var turn = await journal.TakeIngressTurnAsync(cancellationToken);
        if (OthersWith(rule, session.SessionId).Find(entry => journal.IsInUse(entry.SessionId)) is { } other)
        {
            Keep(session, other.Ingress);
            return;
        }

        Keep(session, rule);
        try
        {
            await AuthorizeAsync(session, rule, progress);
            cancellationToken.ThrowIfCancellationRequested();
        }
        catch (Exception e) when (e is FargateException or OperationCanceledException)
        {
            // Within the turn: whoever comes next must not count on a rule that is not there.
            await AbandonAsync(session, rule, e);
            throw;
        }
    }

    /// <summary>Takes back what a session was let in by, unless another session of this machine needs it.</summary>
    /// <param name="session">The session.</param>
    /// <param name="sessionId">Its id in the journal.</param>
    /// <param name="cancellationToken">Cuts it short; by default only its own limit does.</param>
    /// <returns>Null, or why the rule may still be there; the session and the journal then remember it.</returns>
    public async Task<FargateException?> CloseAsync(
        FargateSession session, string sessionId, CancellationToken cancellationToken = default)
    {
        if (session.Ingress is not { } rule)
        {
            return null;
        }

        using var cleanUp = CleanUpLimit.Begin(GiveUp);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cleanUp.Token, cancellationToken);
        try
        {
            using var turn = await journal.TakeIngressTurnAsync(limit.Token);
            if (OthersWith(rule, sessionId).Count == 0)
            {
                await RevokeAsync(rule, limit.Token);
            }

            // Within the turn: whoever comes next must not count on this session.
            session.Ingress = null;
            if (journal.Find(sessionId) is { } entry)
            {
                journal.Write(entry with { Ingress = null });
            }

            return null;
        }
        catch (FargateException e)
        {
            return IngressErrors.IngressNotRevoked(session, rule, e);
        }
        catch (OperationCanceledException e)
        {
            return IngressErrors.IngressNotRevoked(session, rule, CloudErrors.NoAnswerInTime("Amazon EC2", e));
        }
    }

    /// <summary>
    /// Adds the rule, or shares the one that lets in the same. Once asked for that is seen through: a call cut off would leave
    /// open whether there is one.
    /// </summary>
    private async Task AuthorizeAsync(FargateSession session, IngressRule rule, IProgress<SessionEvent> progress)
    {
        using var limit = CleanUpLimit.Begin(AuthorizeLimit, GiveUp);
        for (var attempt = 0; attempt < AttemptsToShare; attempt++)
        {
            if (await cloud.AuthorizeIngressAsync(rule, limit.Token))
            {
                progress.Report(new Detail(
                    session, $"{session}: {rule.Cidr} is let in to {rule.SecurityGroupId} on port {rule.Port}."));
                return;
            }

            if (await FindSameAsync(rule, limit.Token) is { } found
                && await ShareAsync(session, rule, found, progress, limit.Token))
            {
                return;
            }
        }

        throw IngressErrors.IngressContended(rule);
    }

    private async Task<IngressRule?> FindSameAsync(IngressRule rule, CancellationToken cancellationToken) =>
        (await cloud.DescribeIngressAsync(rule.SecurityGroupId, cancellationToken))
            .FirstOrDefault(rule.AdmitsSameAs);

    /// <summary>
    /// Uses a rule that is there. It may be this session's own, by a call whose answer was lost, or left over from one of this
    /// machine's sessions; or one of another machine's, where this session is added to its description; or somebody else's,
    /// which is left alone.
    /// </summary>
    /// <returns>False when it has changed meanwhile.</returns>
    private async Task<bool> ShareAsync(
        FargateSession session, IngressRule rule, IngressRule found, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        var ids = SessionsIn(found);
        var own = OthersWith(rule, session.SessionId).SelectMany(entry => SessionsIn(entry.Ingress!)).Append(session.SessionId);
        if (ids.Intersect(own).FirstOrDefault() is { } id)
        {
            Keep(session, rule with { Description = DescriptionOf([id]) });
            return true;
        }

        var shared = found with { Description = DescriptionOf([.. ids, session.SessionId]) };
        if (ids.Length == 0 || shared.Description!.Length > LongestDescription)
        {
            Keep(session, null);
            progress.Report(new Detail(
                session,
                $"{session}: {rule.Cidr} is let in to {rule.SecurityGroupId} already, by a rule that is not this session's "
                + $"('{found.Description}') and is left as it is."));
            return true;
        }

        try
        {
            await cloud.UpdateIngressDescriptionAsync(shared, cancellationToken);
        }
        catch (FargateException e) when (e.Error == FargateError.AccessDenied)
        {
            Keep(session, null);
            progress.Report(new Caution(session, IngressErrors.IngressNotShared(session, found, e)));
            return true;
        }

        // Another machine may have written at the same time, or have removed the rule.
        return await FindSameAsync(rule, cancellationToken) is { } written
            && SessionsIn(written).Contains(session.SessionId);
    }

    /// <summary>Takes back what may have come of a call that failed. Where that fails too, the journal remembers the rule.</summary>
    private async Task AbandonAsync(FargateSession session, IngressRule rule, Exception failure)
    {
        using var limit = CleanUpLimit.Begin(GiveUp);
        try
        {
            if (MayHaveAdded(failure))
            {
                await RevokeAsync(rule, limit.Token);
            }

            Keep(session, null);
        }
        catch (Exception e) when (e is FargateException or OperationCanceledException)
        {
            // Whoever closes the session tries again, and says so.
        }
    }

    /// <summary>AWS refused it, or the answer got lost: only in the second case may there be a rule.</summary>
    private static bool MayHaveAdded(Exception failure) => failure is not FargateException e
        || e.Error is FargateError.EndpointUnreachable or FargateError.ServiceFailed or FargateError.Throttled
            or FargateError.CredentialsExpired;

    /// <summary>
    /// Removes the rule, or takes this machine's session out of its description where other machines need it. A rule that was
    /// removed and made anew by somebody else lets in the same, and is theirs.
    /// </summary>
    private async Task RevokeAsync(IngressRule rule, CancellationToken cancellationToken)
    {
        var own = SessionsIn(rule);
        if (await FindSameAsync(rule, cancellationToken) is not { } found
            || !SessionsIn(found).Intersect(own).Any())
        {
            return;
        }

        string[] others = [.. SessionsIn(found).Except(own)];
        await (others.Length == 0
            ? cloud.RevokeIngressAsync(found, cancellationToken)
            : cloud.UpdateIngressDescriptionAsync(found with { Description = DescriptionOf(others) }, cancellationToken));
    }

    private static string DescriptionOf(IEnumerable<string> sessionIds) => DescriptionPrefix + string.Join(' ', sessionIds);

    /// <summary>The sessions that a rule's description names; none where it is not one of this module's.</summary>
    private static string[] SessionsIn(IngressRule rule) =>
        rule.Description is { } text && text.StartsWith(DescriptionPrefix, StringComparison.Ordinal)
        && text[DescriptionPrefix.Length..].Split(' ') is var ids && Array.TrueForAll(ids, SessionIds.IsValid) ? ids : [];

    private List<SessionRecord> OthersWith(IngressRule rule, string sessionId) =>
        [.. journal.ReadAll().Where(entry => entry.SessionId != sessionId && entry.Ingress?.AdmitsSameAs(rule) == true)];

    private void Keep(FargateSession session, IngressRule? rule)
    {
        session.Ingress = rule;
        journal.Write(session.Record);
    }
}
