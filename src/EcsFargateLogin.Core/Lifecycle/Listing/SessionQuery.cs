using EcsFargateLogin.Model;

namespace EcsFargateLogin.Lifecycle.Listing;

/// <summary>A query for sessions of one connection.</summary>
/// <param name="Entries">What the journal remembers of them.</param>
internal sealed record SessionQuery(IReadOnlyList<SessionRecord> Entries)
{
    /// <summary>The clusters in which also tasks are looked for that the journal does not know; none for none of them.</summary>
    public IReadOnlyCollection<string> Clusters { get; init; } = [];

    /// <summary>A cluster that nobody has named: that it is not there, or not for these credentials, is no error.</summary>
    public string? UnnamedCluster { get; init; }

    /// <summary>The ids of those that are wanted of them; null for all.</summary>
    public IReadOnlyCollection<string>? Ids { get; init; }
}

/// <summary>The sessions that were found.</summary>
/// <param name="Sessions">They themselves. The status of those that AWS could not be asked about is UNKNOWN.</param>
/// <param name="Errors">Why AWS could not be asked.</param>
internal sealed record FoundSessions(IReadOnlyList<FargateSession> Sessions, IReadOnlyList<FargateException> Errors);
