using System.Collections.Concurrent;
using System.Diagnostics;

namespace EcsFargateLogin.EndToEnd.Chaos;

/// <summary>What runs have found.</summary>
/// <param name="Runs">The number of schedules or points.</param>
/// <param name="FaultsMet">The number of their faults that have happened.</param>
/// <param name="Violations">What speaks against an invariant, with what it came of.</param>
internal sealed record Findings(int Runs, int FaultsMet, IReadOnlyList<string> Violations)
{
    /// <summary>The number of invariants that were checked.</summary>
    public int Checks => Runs * Invariants.All.Count;
}

/// <summary>Runs points in lanes side by side.</summary>
internal static class ChaosRun
{
    /// <summary>The number of schedules that are tried to find a short one.</summary>
    private const int MaxTries = 15;

    /// <summary>Runs points of the path, until all have run or time is up.</summary>
    /// <param name="points">The points.</param>
    /// <param name="lanes">How many run side by side.</param>
    /// <param name="report">Says what happens.</param>
    /// <param name="cancellationToken">Starts no further one.</param>
    public static async Task<Findings> PathAsync(
        IEnumerable<PathPoint> points, int lanes, Action<string> report, CancellationToken cancellationToken)
    {
        ConcurrentQueue<string> violations = [];
        var (runs, met) = (0, 0);
        await InLanesAsync(points, lanes, async (point, lane) =>
        {
            var clock = Stopwatch.StartNew();
            var (found, hasHappened) = await point.RunAsync(lane);
            var number = Interlocked.Increment(ref runs);
            Interlocked.Add(ref met, hasHappened ? 1 : 0);
            report($"{number} {clock.Elapsed.TotalSeconds:0.0} s {(hasHappened ? "met" : "not met")}: {point}");
            foreach (var violation in found)
            {
                report($"VIOLATION {violation}");
                violations.Enqueue($"{point}: {violation}");
            }
        }, cancellationToken);
        return new Findings(runs, met, [.. violations]);
    }

    /// <summary>Runs the schedules of seeds, until all have run or time is up, and shortens those that fail.</summary>
    /// <inheritdoc cref="PathAsync"/>
    public static async Task<Findings> SchedulesAsync(
        IEnumerable<int> seeds, int lanes, Action<string> report, CancellationToken cancellationToken)
    {
        ConcurrentQueue<string> violations = [];
        var (runs, met) = (0, 0);
        await InLanesAsync(seeds, lanes, async (seed, lane) =>
        {
            var clock = Stopwatch.StartNew();
            var schedule = Schedule.Of(seed);
            var (found, faults) = await TryRunAsync(schedule, lane, report);
            Interlocked.Increment(ref runs);
            Interlocked.Add(ref met, faults);
            report($"seed {seed}: {schedule.Steps.Count} steps, {faults} faults met, {found.Count} violations, {clock.Elapsed.TotalSeconds:0.0} s");
            if (found.Count > 0)
            {
                report($"{schedule}\n{string.Join('\n', found.Select(violation => $"VIOLATION seed {seed}: {violation}"))}");
                var shortest = await ShortenAsync(schedule, found, lane);
                report($"The shortest schedule of seed {seed} that fails:{shortest}");
                violations.Enqueue($"seed {seed}: {string.Join("; ", found)}{shortest}");
            }
        }, cancellationToken);
        return new Findings(runs, met, [.. violations]);
    }

    /// <summary>Finds a shorter schedule that violates one of the same invariants, in a limited number of tries.</summary>
    private static async Task<Schedule> ShortenAsync(Schedule schedule, IReadOnlyList<string> violations, Lane lane)
    {
        var names = violations.Select(NameOf).ToHashSet();
        var tries = 0;
        for (var isShorter = true; isShorter;)
        {
            isShorter = false;
            foreach (var candidate in schedule.Shrink())
            {
                if (++tries > MaxTries)
                {
                    return schedule;
                }

                await lane.EndShellsAsync();
                if ((await TryRunAsync(candidate, lane, _ => { })).Violations.Any(violation => names.Contains(NameOf(violation))))
                {
                    (schedule, isShorter) = (candidate, true);
                    break;
                }
            }
        }

        return schedule;
    }

    /// <summary>Runs one; an exception is a violation too, so that a run goes on.</summary>
    private static async Task<(IReadOnlyList<string> Violations, int FaultsMet)> TryRunAsync(
        Schedule schedule, Lane lane, Action<string> report)
    {
        try
        {
            return await schedule.RunAsync(lane, report);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return ([$"the schedule itself can be run: {e}"], 0);
        }
    }

    private static string NameOf(string violation) => violation[..violation.IndexOf(':', StringComparison.Ordinal)];

    /// <summary>Runs each of them in the first lane that is free.</summary>
    public static async Task InLanesAsync<T>(
        IEnumerable<T> all, int lanes, Func<T, Lane, Task> run, CancellationToken cancellationToken)
    {
        using var each = all.GetEnumerator();
        Lock next = new();
        bool TryTake(out T taken)
        {
            lock (next)
            {
                var isThere = !cancellationToken.IsCancellationRequested && each.MoveNext();
                taken = isThere ? each.Current : default!;
                return isThere;
            }
        }

        await Task.WhenAll(Enumerable.Range(0, lanes).Select(async _ =>
        {
            await using var lane = await Lane.OpenAsync();
            while (TryTake(out var taken))
            {
                await run(taken, lane);
            }
        }));
    }
}
