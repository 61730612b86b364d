using System.Globalization;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Lifecycle.Listing;

/// <summary>Finds running sessions that an ended PowerShell has left behind, for a reminder.</summary>
internal static class EarlierSessions
{
    private const int MostIds = 5;

    /// <summary>The time limit, so that a start does not wait long for the reminder.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private static int _calls;

    /// <summary>
    /// Finds the sessions in the first call of a process. Later calls return none, so that the user is reminded only once.
    /// </summary>
    public static async Task<IReadOnlyList<FargateSession>> FindOnceAsync(
        IFargateCloud cloud, SessionJournal journal, CancellationToken cancellationToken) =>
        Interlocked.Increment(ref _calls) == 1
            ? await FindAsync(cloud, journal, cancellationToken)
            : [];

    /// <summary>
    /// Finds the sessions of this connection that run, or may run where AWS does not answer in time. Without orphaned entries AWS
    /// is not asked.
    /// </summary>
    public static async Task<IReadOnlyList<FargateSession>> FindAsync(
        IFargateCloud cloud, SessionJournal journal, CancellationToken cancellationToken)
    {
        var entries = LeftOver(cloud.Connection.Aws, journal);
        using var limit = TimeLimit.Begin(Limit, cancellationToken);
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

    /// <summary>Returns the text of the reminder.</summary>
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

    /// <summary>Returns the orphaned entries of the journal; none where it cannot be read.</summary>
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
