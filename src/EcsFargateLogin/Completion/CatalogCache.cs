using System.Collections.Concurrent;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Completion;

/// <summary>
/// Queries AWS, and caches the replies for a minute, so that a second Tab does not wait again. A query that takes too long
/// continues in the background for a while, so that the next Tab finds its reply.
/// </summary>
internal static class CatalogCache
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    // Two seconds, less the time that PowerShell itself needs.
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(1.8);
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(20);

    private static readonly ConcurrentDictionary<CatalogQuery, Reply> Replies = new();

    /// <summary>The reply; empty when there is none in time.</summary>
    internal static IReadOnlyList<Candidate> Ask(
        CatalogQuery query, Func<CancellationToken, Task<IEnumerable<Candidate>>> ask)
    {
        foreach (var (old, _) in Replies.Where(entry => entry.Value.IsStale))
        {
            Replies.TryRemove(old, out _);
        }

        var reply = Replies.GetOrAdd(query, _ => new Reply(() => AskAsync(ask)));
        return reply.Candidates.Wait(WaitLimit) ? reply.Candidates.Result : [];
    }

    private static async Task<IReadOnlyList<Candidate>> AskAsync(
        Func<CancellationToken, Task<IEnumerable<Candidate>>> ask)
    {
        using CancellationTokenSource limit = new(CallLimit);
        return [.. await ask(limit.Token)];
    }

    private sealed class Reply(Func<Task<IReadOnlyList<Candidate>>> ask)
    {
        private readonly long _asked = Environment.TickCount64;
        private readonly Lazy<Task<IReadOnlyList<Candidate>>> _candidates = new(() => Task.Run(ask));

        internal Task<IReadOnlyList<Candidate>> Candidates => _candidates.Value;

        /// <summary>A failure is not cached: the reason may be gone, such as a login that has expired.</summary>
        internal bool IsStale =>
            Candidates.IsFaulted || Candidates.IsCanceled || Environment.TickCount64 - _asked > Lifetime.TotalMilliseconds;
    }
}

/// <summary>A query to AWS, with the account that it goes to. Equal queries have the same reply.</summary>
internal sealed record CatalogQuery
{
    // The variables that choose the account or region where the settings leave that open; none of them is a secret.
    private static readonly string[] Variables =
    [
        "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_REGION", "AWS_DEFAULT_REGION",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_CONFIG_FILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_ECS", "AWS_ENDPOINT_URL_EC2",
    ];

    private readonly CloudSettings _settings;
    private readonly object? _credential;
    private readonly string _topic;
    private readonly string _surroundings = string.Join('\n', Variables.Select(Environment.GetEnvironmentVariable));

    /// <param name="settings">The settings with which the command would reach AWS.</param>
    /// <param name="topic">The resources that are asked for.</param>
    internal CatalogQuery(CloudSettings settings, string topic)
    {
        // Each command wraps the credentials in a new object, so their identity is compared.
        _settings = settings with { Credentials = null, RegionSource = "" };
        _credential = settings.Credentials?.Identity;
        _topic = topic;
    }
}
