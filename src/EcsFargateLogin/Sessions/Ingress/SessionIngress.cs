using EcsFargateLogin.Cloud;
using EcsFargateLogin.Sessions.Journals;

namespace EcsFargateLogin.Sessions.Ingress;

/// <summary>
/// Lets this machine's address in to sessions, and takes that back. A security group holds one rule for an address and a
/// port, so sessions of this machine share it: the first makes it, the last to end removes it.
/// </summary>
internal sealed class SessionIngress(IFargateCloud cloud, Journal journal)
{
    private const string Mark = "EcsFargateLogin session ";

    /// <summary>How long AWS may take to add a rule.</summary>
    private static readonly TimeSpan AuthorizeLimit = TimeSpan.FromSeconds(30);

    /// <summary>Cancelled when the user waits no longer for what is cleaned up.</summary>
    public CancellationToken GiveUp { get; init; }

    /// <summary>The rule that a session asks for.</summary>
    public static IngressRule RuleFor(string sessionId, string securityGroupId, string cidr, int port) =>
        new(securityGroupId, cidr, port, $"{Mark}{sessionId}");

    /// <summary>Lets the session's address in. The journal knows of it before AWS does.</summary>
    /// <exception cref="FargateException">It could not be let in; nothing is left of the session.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is left of the session.</exception>
    public async Task OpenAsync(
        FargateSession session, IngressRule rule, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        using var turn = await journal.TakeIngressTurnAsync(cancellationToken).ConfigureAwait(false);
        if (OthersWith(rule, session.SessionId).Find(entry => journal.OwnerOf(entry.SessionId) != SessionOwner.Orphaned) is { } other)
        {
            Keep(session, other.Ingress);
            return;
        }

        Keep(session, rule);
        try
        {
            await AuthorizeAsync(session, rule, progress).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
        catch (Exception e) when (e is FargateException or OperationCanceledException)
        {
            // Within the turn: whoever comes next must not count on a rule that is not there.
            await AbandonAsync(session, rule, e).ConfigureAwait(false);
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
            using var turn = await journal.TakeIngressTurnAsync(limit.Token).ConfigureAwait(false);
            if (OthersWith(rule, sessionId).Count == 0)
            {
                await RevokeAsync(rule, limit.Token).ConfigureAwait(false);
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
            return FargateErrors.IngressNotRevoked(session, rule, e);
        }
        catch (OperationCanceledException e)
        {
            return FargateErrors.IngressNotRevoked(session, rule, FargateErrors.NoAnswerInTime("Amazon EC2", e));
        }
    }

    /// <summary>
    /// Adds the rule. Once asked for that is seen through: a call cut off would leave open whether there is one. Where a
    /// rule lets in the same already, it may be this session's own, by a call whose answer was lost, or be left over from
    /// one of this machine's sessions; somebody else's is left alone.
    /// </summary>
    private async Task AuthorizeAsync(FargateSession session, IngressRule rule, IProgress<SessionEvent> progress)
    {
        using var limit = CleanUpLimit.Begin(AuthorizeLimit, GiveUp);
        if (await cloud.AuthorizeIngressAsync(rule, limit.Token).ConfigureAwait(false))
        {
            progress.Report(new Detail(
                session, $"{session}: {rule.Cidr} is let in to {rule.SecurityGroupId} on port {rule.Port}."));
            return;
        }

        var found = (await cloud.DescribeIngressAsync(rule.SecurityGroupId, limit.Token).ConfigureAwait(false))
            .FirstOrDefault(rule.LetsInAs);
        var leftOver = OthersWith(rule, session.SessionId).Select(entry => entry.Ingress!.Description);
        if (found is not null && leftOver.Append(rule.Description).Contains(found.Description))
        {
            Keep(session, found);
            return;
        }

        Keep(session, null);
        progress.Report(new Detail(
            session,
            $"{session}: {rule.Cidr} is let in to {rule.SecurityGroupId} already, by a rule that is not this session's "
            + $"('{found?.Description}') and is left as it is."));
    }

    /// <summary>Takes back what may have come of a call that failed. Where that fails too, the journal remembers the rule.</summary>
    private async Task AbandonAsync(FargateSession session, IngressRule rule, Exception failure)
    {
        using var limit = CleanUpLimit.Begin(GiveUp);
        try
        {
            if (MayHaveAdded(failure))
            {
                await RevokeAsync(rule, limit.Token).ConfigureAwait(false);
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

    private async Task RevokeAsync(IngressRule rule, CancellationToken cancellationToken)
    {
        var rules = await cloud.DescribeIngressAsync(rule.SecurityGroupId, cancellationToken).ConfigureAwait(false);
        // A rule that was removed and made anew by somebody else lets in the same, and is theirs.
        foreach (var own in rules.Where(each => each.Description == rule.Description))
        {
            await cloud.RevokeIngressAsync(own, cancellationToken).ConfigureAwait(false);
        }
    }

    private List<JournalEntry> OthersWith(IngressRule rule, string sessionId) =>
        [.. journal.ReadAll().Where(entry => entry.SessionId != sessionId && entry.Ingress?.LetsInAs(rule) == true)];

    private void Keep(FargateSession session, IngressRule? rule)
    {
        session.Ingress = rule;
        session.Plan!.NoteIngress(rule);
        journal.Write(session.Plan.Entry);
    }
}
