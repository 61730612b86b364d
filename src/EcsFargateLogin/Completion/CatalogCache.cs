using System.Collections.Concurrent;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Completion;

/// <summary>
/// Asks AWS, and keeps the answers for a minute, so that a second Tab does not wait again. A question that takes
/// too long goes on in the background for a while, so that the next Tab finds its answer.
/// </summary>
internal static class CatalogCache
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    // Two seconds, less what PowerShell itself needs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.8);
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(20);

    private static readonly ConcurrentDictionary<CatalogQuestion, Answer> Answers = new();

    /// <summary>The answer, or nothing when there is none in time.</summary>
    internal static IReadOnlyList<Candidate> Ask(
        CatalogQuestion question, Func<CancellationToken, Task<IEnumerable<Candidate>>> ask)
    {
        foreach (var (old, _) in Answers.Where(entry => entry.Value.IsStale))
        {
            Answers.TryRemove(old, out _);
        }

        var answer = Answers.GetOrAdd(question, _ => new Answer(() => AskAsync(ask)));
        return answer.Candidates.Wait(Patience) ? answer.Candidates.Result : [];
    }

    private static async Task<IReadOnlyList<Candidate>> AskAsync(
        Func<CancellationToken, Task<IEnumerable<Candidate>>> ask)
    {
        using CancellationTokenSource limit = new(CallLimit);
        return [.. await ask(limit.Token)];
    }

    private sealed class Answer(Func<Task<IReadOnlyList<Candidate>>> ask)
    {
        private readonly long _asked = Environment.TickCount64;
        private readonly Lazy<Task<IReadOnlyList<Candidate>>> _candidates = new(() => Task.Run(ask));

        internal Task<IReadOnlyList<Candidate>> Candidates => _candidates.Value;

        /// <summary>A failure is not kept: the reason may be gone, such as a login that has expired.</summary>
        internal bool IsStale =>
            Candidates.IsFaulted || Candidates.IsCanceled || Environment.TickCount64 - _asked > Lifetime.TotalMilliseconds;
    }
}

/// <summary>A question to AWS and the account it goes to. Two questions that are equal have the same answer.</summary>
internal sealed record CatalogQuestion
{
    // The variables that choose the account or region where the settings leave that open; none of them is a secret.
    private static readonly string[] Variables =
    [
        "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_CONFIG_FILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_ECS", "AWS_ENDPOINT_URL_EC2",
    ];

    private readonly CloudSettings _settings;
    private readonly object? _credential;
    private readonly string _topic;
    private readonly string _surroundings = string.Join('\n', Variables.Select(Environment.GetEnvironmentVariable));

    /// <param name="settings">The settings with which the command would reach AWS.</param>
    /// <param name="topic">The resources that are asked for.</param>
    internal CatalogQuestion(CloudSettings settings, string topic)
    {
        // Wrapped anew for each command, credentials would never be equal.
        _settings = settings with { Credentials = null, RegionSource = "" };
        _credential = settings.Credentials?.Identity;
        _topic = topic;
    }
}
