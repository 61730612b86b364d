using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;

namespace EcsFargateLogin.EndToEnd.Chaos;

/// <summary>What users do one after the other, or at the same time, and what goes wrong.</summary>
/// <param name="Steps">The steps.</param>
internal sealed record Schedule(IReadOnlyList<Step> Steps)
{
    /// <summary>FsCheck's size, which these generators do not depend on.</summary>
    private const int Size = 50;

    private static readonly Gen<Act> SomeAct = Gen.Frequency(
        (2, Gen.Elements(Acts.Starts.AsEnumerable())), (3, Gen.Elements(Acts.Others.AsEnumerable())));

    private static readonly Gen<Step> SomeStep =
        from user in Gen.Choose(0, Lane.Users - 1)
        from act in SomeAct
        from trouble in Gen.Frequency((1, Gen.Constant<Trouble?>(null)), (2, Troubles.Gen))
        from overlaps in Gen.Elements(false, false, true)
        select new Step(user, act, trouble, overlaps);

    /// <summary>The first step starts a session: without one, hardly anything can go wrong.</summary>
    private static readonly Gen<Schedule> SomeSchedule =
        from first in SomeStep
        from start in Gen.Elements(Acts.Starts.AsEnumerable())
        from count in Gen.Choose(1, 6)
        from rest in SomeStep.ListOf(count)
        select new Schedule([first with { Act = start }, .. rest]);

    /// <summary>Makes schedules, and those that are shorter than a given one.</summary>
    private static readonly Arbitrary<Schedule> Arbitrary = Arb.From(SomeSchedule, Shorter);

    /// <summary>The schedule of a seed.</summary>
    public static Schedule Of(int seed) => Arbitrary.Generator.Sample(1, new Rnd((ulong)seed), Size)[0];

    /// <summary>Schedules that have less in them, those with the least first.</summary>
    public IEnumerable<Schedule> Shrink() => Arbitrary.Shrinker(this);

    /// <summary>Runs it, and says what speaks against the invariants.</summary>
    /// <param name="lane">Where it runs.</param>
    /// <param name="report">Is told how long each step took.</param>
    public async Task<(IReadOnlyList<string> Violations, int FaultsMet)> RunAsync(Lane lane, Action<string> report)
    {
        await using var world = await World.OpenAsync(lane);
        var met = 0;
        var busy = new Task[Lane.Users];
        Array.Fill(busy, Task.CompletedTask);
        foreach (var step in Steps)
        {
            await busy[step.User];
            busy[step.User] = RunAsync(step);
            if (!step.Overlaps)
            {
                await busy[step.User];
            }
        }

        await Task.WhenAll(busy);
        met += world.Fargate.Faults.All.Count(fault => fault.Uses > 0);
        return (Invariants.Violations(await world.CloseAsync()), met);

        async Task RunAsync(Step step)
        {
            var clock = Stopwatch.StartNew();
            Task ActAsync() => world.RunAsync(step.User, step.Act.Script, step.Act.Use);
            if (step.Trouble is null)
            {
                await ActAsync();
            }
            else if (await step.Trouble.DuringAsync(world, step.User, ActAsync))
            {
                Interlocked.Increment(ref met);
            }

            report($"    {clock.Elapsed.TotalSeconds:0.0} s {step}");
        }
    }

    public override string ToString() => string.Concat(Steps.Select(step => $"\n    {step}"));

    private static IEnumerable<Schedule> Shorter(Schedule schedule)
    {
        for (var i = 0; i < schedule.Steps.Count && schedule.Steps.Count > 1; i++)
        {
            yield return new Schedule([.. schedule.Steps.Where((_, index) => index != i)]);
        }

        for (var i = 0; i < schedule.Steps.Count; i++)
        {
            foreach (var simpler in Simpler(schedule.Steps[i]))
            {
                yield return new Schedule([.. schedule.Steps.Select((step, index) => index == i ? simpler : step)]);
            }
        }
    }

    private static IEnumerable<Step> Simpler(Step step)
    {
        if (step.Trouble is not null)
        {
            yield return step with { Trouble = null };
        }

        if (step.Overlaps)
        {
            yield return step with { Overlaps = false };
        }

        if (step.User > 0)
        {
            yield return step with { User = 0 };
        }
    }
}
