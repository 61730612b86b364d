using System.Globalization;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Sessions;

/// <summary>Finds the sessions that a PowerShell which is gone has left running, to remind of them.</summary>
internal static class EarlierSessions
{
    private const int MostIds = 5;

    /// <summary>A reminder is good to have, but no start waits long for it.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private static int _looks;

    /// <summary>The first call in a process finds them; all later ones find none, so that nobody is reminded twice.</summary>
    public static async Task<IReadOnlyList<FargateSession>> FindOnceAsync(
        IFargateCloud cloud, Journal journal, CancellationToken cancellationToken) =>
        Interlocked.Increment(ref _looks) == 1
            ? await FindAsync(cloud, journal, cancellationToken).ConfigureAwait(false)
            : [];

    /// <summary>
    /// Those of this connection of which ECS says that they run. Without entries that are left over, AWS is not asked.
    /// </summary>
    public static async Task<IReadOnlyList<FargateSession>> FindAsync(
        IFargateCloud cloud, Journal journal, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            journal.Sweep();
            JournalEntry[] entries =
            [
                .. journal.ReadAll().Where(entry => IsReachedBy(cloud.Connection, entry)
                    && journal.OwnerOf(entry.SessionId) == SessionOwner.Orphaned),
            ];
            var found = await new SessionFinder(cloud, journal)
                .FindAsync(new SessionQuery(entries), limit.Token)
                .ConfigureAwait(false);
            return [.. found.Sessions.Where(IsRunning)];
        }
        catch (Exception e) when (e is FargateException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return [];
        }
    }

    /// <summary>The words of the reminder.</summary>
    public static string WarningOf(IReadOnlyList<FargateSession> sessions)
    {
        var ids = string.Join(", ", sessions.Take(MostIds).Select(session => session.SessionId));
        var more = sessions.Count > MostIds ? ", …" : "";
        var (what, them) = sessions.Count == 1 ? ("1 of your sessions still runs", "it") : ($"{CountOf(sessions)} of your sessions still run", "them");
        return $"{what}, and the PowerShell that started {them} is gone ({ids}{more}): "
            + $"Get-FargateSession -Mine -Orphaned lists {them}, Stop-FargateSession stops {them}.";
    }

    private static string CountOf(IReadOnlyList<FargateSession> sessions) =>
        sessions.Count.ToString(CultureInfo.InvariantCulture);

    private static bool IsRunning(FargateSession session) =>
        session.Status != TaskStatuses.Unknown && !TaskStatuses.IsEnding(session.Status);

    private static bool IsReachedBy(CloudConnection connection, JournalEntry entry) =>
        (entry.ProfileName, entry.Region, entry.EndpointUrl)
        == (connection.ProfileName, connection.Region, connection.EndpointUrl);
}
