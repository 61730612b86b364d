using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Trust;

/// <summary>
/// Adds and removes the rules that admit this machine's address to sessions. A security group can hold only one rule for an
/// address and a port, so sessions share it: the first one adds it, and the last one to end removes it. The journal knows which
/// sessions of this machine need it. Machines behind one address share it as well: the rule's description names a session of
/// each.
/// </summary>
internal sealed class SessionIngress(IFargateCloud cloud, SessionJournal journal)
{
    private const string DescriptionPrefix = "EcsFargateLogin session ";

    /// <summary>The maximum length of a description in EC2.</summary>
    private const int LongestDescription = 255;

    /// <summary>The number of attempts, because other machines add, remove and edit the rule at the same time.</summary>
    private const int AttemptsToShare = 5;

    /// <summary>The time limit for adding a rule.</summary>
    private static readonly TimeSpan AuthorizeLimit = TimeSpan.FromSeconds(30);

    /// <summary>Cancelled when the user stops waiting for the clean-up.</summary>
    public CancellationToken GiveUp { get; init; }

    /// <summary>Returns the rule for a session.</summary>
    public static IngressRule RuleFor(string sessionId, string securityGroupId, string cidr, int port) =>
        new(securityGroupId, cidr, port, DescriptionOf([sessionId]));

    /// <summary>Adds the session's rule. The journal records it before AWS does.</summary>
    /// <exception cref="FargateException">The rule was not added; nothing of it is left.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing of the rule is left.</exception>
    public async Task OpenAsync(
        FargateSession session, IngressRule rule, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        using var ingressLock = await journal.LockIngressAsync(cancellationToken);
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
            // Still under the lock, so that the next session does not rely on a rule that is missing.
            await AbandonAsync(session, rule, e);
            throw;
        }
    }

    /// <summary>
    /// Removes a session's rule, unless another session of this machine needs it. The rule of a session with an entry that cannot
    /// be read is searched for in all security groups of the region.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="sessionId">Its id in the journal.</param>
    /// <param name="cancellationToken">Cancels it; by default only its own limit does.</param>
    /// <returns>Null, or the reason why the rule may still exist; the session and the journal then keep it.</returns>
    public async Task<FargateException?> CloseAsync(
        FargateSession session, string sessionId, CancellationToken cancellationToken = default)
    {
        if (session is { Ingress: null, IsDamaged: false })
        {
            return null;
        }

        using var cleanUp = TimeLimit.BeginCleanUp(GiveUp);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cleanUp.Token, cancellationToken);
        try
        {
            using var ingressLock = await journal.LockIngressAsync(limit.Token);
            session.Ingress ??= await FindNamingAsync(sessionId, limit.Token);
            if (session.Ingress is { } rule)
            {
                await (OthersWith(rule, sessionId) is [var other, ..]
                    ? HandOverAsync(rule, sessionId, other.SessionId, limit.Token)
                    : RevokeAsync(rule, sessionId, limit.Token));
            }

            // Still under the lock, so that the next session does not rely on this one's rule.
            session.Ingress = null;
            if (journal.Find(sessionId) is { } entry)
            {
                journal.Write(entry with { Ingress = null });
            }

            return null;
        }
        catch (FargateException e)
        {
            return IngressErrors.IngressNotRevoked(session, e);
        }
        catch (OperationCanceledException e)
        {
            return IngressErrors.IngressNotRevoked(session, CloudErrors.NoReplyInTime("Amazon EC2", e));
        }
    }

    /// <summary>
    /// Adds the rule, or shares an existing one that admits the same traffic. The call is not cancelled once it is sent, because
    /// its effect would be unknown.
    /// </summary>
    private async Task AuthorizeAsync(FargateSession session, IngressRule rule, IProgress<SessionEvent> progress)
    {
        using var limit = TimeLimit.Begin(AuthorizeLimit, GiveUp);
        for (var attempt = 0; attempt < AttemptsToShare; attempt++)
        {
            if (await cloud.AuthorizeIngressAsync(rule, limit.Token))
            {
                progress.Report(new Detail(
                    session, $"{session}: {rule.SecurityGroupId} admits {rule.Cidr} on port {rule.Port}."));
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

    /// <summary>Finds the rule that names a session. Who may not read security groups cannot have added one.</summary>
    private async Task<IngressRule?> FindNamingAsync(string sessionId, CancellationToken cancellationToken)
    {
        try
        {
            return (await cloud.DescribeIngressAsync(securityGroupId: null, cancellationToken))
                .FirstOrDefault(rule => SessionsIn(rule).Contains(sessionId));
        }
        catch (FargateException e) when (e.Error == FargateError.AccessDenied)
        {
            return null;
        }
    }

    /// <summary>
    /// Shares an existing rule. It may be this session's own, from a call that got no reply, or left by an earlier session of
    /// this machine; or that of another machine, where this session is added to its description; or a rule of somebody else,
    /// which is not changed.
    /// </summary>
    /// <returns>False when the rule has changed meanwhile.</returns>
    private async Task<bool> ShareAsync(
        FargateSession session, IngressRule rule, IngressRule found, IProgress<SessionEvent> progress,
        CancellationToken cancellationToken)
    {
        var ids = SessionsIn(found);
        var own = OthersWith(rule, session.SessionId)
            .SelectMany(entry => SessionsIn(entry.Ingress!).Append(entry.SessionId))
            .Append(session.SessionId);
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
                $"{session}: {rule.SecurityGroupId} admits {rule.Cidr} already, by a rule that is not this session's "
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

        // Another machine may have changed the description at the same time, or removed the rule.
        return await FindSameAsync(rule, cancellationToken) is { } written
            && SessionsIn(written).Contains(session.SessionId);
    }

    /// <summary>Removes the rule that a failed call may have added. Where that fails too, the journal keeps the rule.</summary>
    private async Task AbandonAsync(FargateSession session, IngressRule rule, Exception failure)
    {
        using var limit = TimeLimit.BeginCleanUp(GiveUp);
        try
        {
            if (MayHaveAdded(failure))
            {
                await RevokeAsync(rule, session.SessionId, limit.Token);
            }

            Keep(session, null);
        }
        catch (Exception e) when (e is FargateException or OperationCanceledException)
        {
            // Closing the session tries again, and reports a failure.
        }
    }

    /// <summary>Whether the reply was lost, so that the rule may exist; false where AWS refused the call.</summary>
    private static bool MayHaveAdded(Exception failure) => failure is not FargateException e
        || e.Error is FargateError.EndpointUnreachable or FargateError.ServiceFailed or FargateError.Throttled
            or FargateError.CredentialsExpired;

    /// <summary>
    /// Removes the rule, or removes this machine's session from its description where other machines need it. A rule that was
    /// removed and added again by somebody else admits the same traffic, and is left alone.
    /// </summary>
    private async Task RevokeAsync(IngressRule rule, string sessionId, CancellationToken cancellationToken)
    {
        string[] own = [.. SessionsIn(rule), sessionId];
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

    /// <summary>
    /// Lets the rule name another session of this machine in place of one that ends, so that it can be found by the other one's id
    /// should that one's entry be lost.
    /// </summary>
    private async Task HandOverAsync(IngressRule rule, string sessionId, string otherId, CancellationToken cancellationToken)
    {
        try
        {
            if (await FindSameAsync(rule, cancellationToken) is { } found && SessionsIn(found) is var ids && ids.Contains(sessionId))
            {
                var named = ids.Select(id => id == sessionId ? otherId : id).Distinct();
                await cloud.UpdateIngressDescriptionAsync(found with { Description = DescriptionOf(named) }, cancellationToken);
            }
        }
        catch (Exception e) when (e is FargateException or OperationCanceledException)
        {
            // The other one's entry has the rule as it is.
        }
    }

    private static string DescriptionOf(IEnumerable<string> sessionIds) => DescriptionPrefix + string.Join(' ', sessionIds);

    /// <summary>Returns the sessions that a rule's description names; none where the rule is not this module's.</summary>
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
