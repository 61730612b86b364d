using System.Globalization;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Lifecycle.Listing;

/// <summary>Finds the sessions that a PowerShell which is gone has left running, to remind of them.</summary>
internal static class EarlierSessions
{
    private const int MostIds = 5;

    /// <summary>A reminder is good to have, but no start waits long for it.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private static int _looks;

    /// <summary>The first call in a process finds them; all later ones find none, so that nobody is reminded twice.</summary>
    public static async Task<IReadOnlyList<FargateSession>> FindOnceAsync(
        IFargateCloud cloud, SessionJournal journal, CancellationToken cancellationToken) =>
        Interlocked.Increment(ref _looks) == 1
            ? await FindAsync(cloud, journal, cancellationToken)
            : [];

    /// <summary>
    /// Those of this connection that run or, where AWS does not say so in time, may run. Without entries that are left
    /// over, AWS is not asked.
    /// </summary>
    public static async Task<IReadOnlyList<FargateSession>> FindAsync(
        IFargateCloud cloud, SessionJournal journal, CancellationToken cancellationToken)
    {
        var entries = LeftOver(cloud.Connection.Aws, journal);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            var found = await new SessionFinder(cloud, journal)
                .FindAsync(new SessionQuery(entries), limit.Token);
            return [.. found.Sessions.Where(session => !TaskStatuses.IsEnding(session.Status))];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return [.. entries.Select(entry => SessionFinder.UnknownOf(journal, entry))];
        }
    }

    /// <summary>The words of the reminder.</summary>
    public static string WarningOf(IReadOnlyList<FargateSession> sessions)
    {
        var ids = string.Join(", ", sessions.Take(MostIds).Select(session => session.SessionId));
        var more = sessions.Count > MostIds ? ", …" : "";
        var count = sessions.Count.ToString(CultureInfo.InvariantCulture);
        var (run, them) = sessions.Count == 1 ? ("runs", "it") : ("run", "them");
        var stillRun = sessions.All(session => session.Status != TaskStatuses.Unknown) ? $"still {run}" : "may still run";
        return $"{count} of your sessions {stillRun}, and the PowerShell that had charge of {them} is gone ({ids}{more}): "
            + $"Get-FargateSession -Mine -Orphaned lists {them}, Stop-FargateSession stops {them}.";
    }

    /// <summary>The journal's entries that nobody uses. Without a readable journal there are none.</summary>
    private static SessionRecord[] LeftOver(AwsConnection connection, SessionJournal journal)
    {
        try
        {
            journal.Sweep();
            return
            [
                .. journal.ReadAll().Where(entry =>
                    entry.Connection == connection && journal.OwnerOf(entry.SessionId) == SessionOwner.Orphaned),
            ];
        }
        catch (FargateException)
        {
            return [];
        }
    }
}
