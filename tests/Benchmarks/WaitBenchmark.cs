using System.Globalization;
using System.Runtime.CompilerServices;
using LocalFargate;
using LocalFargate.Tasks;

namespace Benchmarks;

/// <summary>
/// What many sessions cost that one PowerShell process waits for at once. Their tasks have no processes here, and what
/// answers on their SSH port says an SSH server's first line alone: this machine would not bear hundreds of real ones,
/// and the process that waits does not see the difference.
/// </summary>
internal sealed class WaitBenchmark : IBenchmark
{
    private static readonly int[] s_counts = [1, 10, 100, 500];

    /// <summary>The number of sessions from which the garbage collector's rest is small against their own memory.</summary>
    private const int Many = 100;

    /// <summary>
    /// Has .NET collect garbage each time that 4 MB were allocated, and not only after hundreds: what is measured is what
    /// sessions take, not how much memory the machine has.
    /// </summary>
    private static readonly (string, string) s_collectsEarly = ("DOTNET_GCgen0size", "0x400000");

    public string Name => "wait";

    public async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Wait? one = null;
        foreach (var count in s_counts)
        {
            var wait = await WaitAsync(count, cancellationToken);
            one ??= wait;
            var what = count == 1 ? "1 session" : $"{count} sessions";
            yield return new Measurement($"DescribeTasks a poll, {what}", "calls", [wait.CallsAPoll("DescribeTasks")])
            {
                MaximumLimit = Math.Ceiling(count / 100.0),
            };
            yield return new Measurement(
                $"DescribeNetworkInterfaces in all, {what}", "calls", [wait.Count("DescribeNetworkInterfaces")]);
            yield return new Measurement($"port answers (its banner alone) to emitted, {what}", "s", wait.Delays)
            {
                MaximumLimit = 2.5,
            };
            yield return new Measurement($"CPU time of the process while it waits, {what}", "s", [wait.Cpu.TotalSeconds]);
            yield return new Measurement($"its peak memory, collecting garbage each 4 MB, {what}", "MB", [wait.PeakMemory / 1e6]);
            if (count >= Many)
            {
                var each = (wait.PeakMemory - one.PeakMemory) / 1e3 / (count - 1);
                yield return new Measurement($"that above 1 session's, a session, {what}", "KB", [each]) { MaximumLimit = 100 };
            }
        }
    }

    private static async Task<Wait> WaitAsync(int count, CancellationToken cancellationToken)
    {
        // Long enough for all of them to be started before the first is ready.
        var start = TimeSpan.FromSeconds(40 + (count * 0.2));
        var options = new LocalFargateOptions { Timeline = Timeline.StartingWithin(start), RunsContainers = false };
        await using var workstation = await Workstation.StartAsync(options, cancellationToken);
        await RunAsync(workstation, "start.ps1", count, cancellationToken);
        var begin = DateTimeOffset.UtcNow;
        if (workstation.Fargate.Tasks.Any(task => task.PulledAt is not null))
        {
            throw new InvalidOperationException($"Starting {count} sessions took longer than the first of them.");
        }

        var output = await RunAsync(workstation, "wait.ps1", count, cancellationToken);
        return Wait.Read(output, workstation.Fargate, begin);
    }

    private static async Task<string> RunAsync(
        Workstation workstation, string script, int count, CancellationToken cancellationToken)
    {
        await using var run = workstation.Start(script, $"{count}\n", s_collectsEarly);
        return await run.WaitForExitAsync(TimeSpan.FromMinutes(5), cancellationToken) == 0
            ? await run.Output
            : throw new InvalidOperationException($"{script} failed with {count} sessions: {await run.Errors}");
    }

    /// <summary>A wait, as the process that waited tells it and as the account saw it.</summary>
    private sealed record Wait
    {
        /// <summary>The time from the first banner on each session's port until the session was emitted, in seconds.</summary>
        public required IReadOnlyList<double> Delays { get; init; }

        public required TimeSpan Cpu { get; init; }

        /// <summary>The largest memory of the process, in bytes.</summary>
        public required long PeakMemory { get; init; }

        /// <summary>The calls of the process, in order.</summary>
        public required IReadOnlyList<ReceivedCall> Calls { get; init; }

        /// <summary>The task of the session that was emitted last: every poll asked for it once.</summary>
        public required string LastTask { get; init; }

        /// <summary>Reads what wait.ps1 prints.</summary>
        public static Wait Read(string output, LocalFargateServer fargate, DateTimeOffset begin)
        {
            var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(' ').Select(word => word.Trim()).ToArray()).ToList();
            var tasks = fargate.Tasks.ToDictionary(task => task.Arn);
            var emitted = lines[..^1].ConvertAll(words => (Task: tasks[words[0]], Time: Time(words[1])));
            return new Wait
            {
                Delays = emitted.ConvertAll(each => (each.Time - each.Task.PulledAt!.Value).TotalSeconds),
                Cpu = TimeSpan.FromMilliseconds(double.Parse(lines[^1][0], CultureInfo.InvariantCulture)),
                PeakMemory = long.Parse(lines[^1][1], CultureInfo.InvariantCulture),
                Calls = [.. fargate.Calls.Where(call => call.Time >= begin)],
                LastTask = emitted[^1].Task.Arn,
            };
        }

        public int Count(string operation) => Calls.Count(call => call.Operation == operation);

        public double CallsAPoll(string operation) => (double)Count(operation) / Calls.Count(call =>
            call.Operation == "DescribeTasks" && call.Parameters["tasks"]!.AsArray().Any(arn => (string?)arn == LastTask));

        private static DateTimeOffset Time(string milliseconds) =>
            DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(milliseconds, CultureInfo.InvariantCulture));
    }
}
