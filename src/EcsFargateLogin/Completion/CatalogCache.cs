using System.Collections.Concurrent;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Completion;

/// <summary>
/// Asks AWS, and keeps the answers for a minute: whoever presses Tab twice does not wait twice. A question that takes
/// too long goes on in the background for a while, so that the next Tab finds its answer.
/// </summary>
internal static class CatalogCache
{
    private static readonly TimeSpan s_lifetime = TimeSpan.FromMinutes(1);

    // Two seconds, less what PowerShell itself needs.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1.8);
    private static readonly TimeSpan s_callLimit = TimeSpan.FromSeconds(20);

    private static readonly ConcurrentDictionary<CatalogQuestion, Answer> s_answers = new();

    /// <summary>The answer, or nothing when there is none in time.</summary>
    internal static IReadOnlyList<Candidate> Ask(
        CatalogQuestion question, Func<IFargateCatalog, CancellationToken, Task<IEnumerable<Candidate>>> ask)
    {
        foreach (var (old, _) in s_answers.Where(entry => entry.Value.IsStale))
        {
            s_answers.TryRemove(old, out _);
        }

        var answer = s_answers.GetOrAdd(question, _ => new Answer(() => FetchAsync(question.Settings, ask)));
        return answer.Candidates.Wait(s_patience) ? answer.Candidates.Result : [];
    }

    private static async Task<IReadOnlyList<Candidate>> FetchAsync(
        CloudSettings settings, Func<IFargateCatalog, CancellationToken, Task<IEnumerable<Candidate>>> ask)
    {
        using CancellationTokenSource limit = new(s_callLimit);
        using var catalog = await FargateCloud.Connector.OpenCatalogAsync(settings, limit.Token);
        return [.. await ask(catalog, limit.Token)];
    }

    private sealed class Answer(Func<Task<IReadOnlyList<Candidate>>> fetch)
    {
        private readonly long _asked = Environment.TickCount64;
        private readonly Lazy<Task<IReadOnlyList<Candidate>>> _candidates = new(() => Task.Run(fetch));

        internal Task<IReadOnlyList<Candidate>> Candidates => _candidates.Value;

        /// <summary>A failure is not kept: the reason may be gone, such as a login that has expired.</summary>
        internal bool IsStale =>
            Candidates.IsFaulted || Candidates.IsCanceled || Environment.TickCount64 - _asked > s_lifetime.TotalMilliseconds;
    }
}
