using System.Globalization;
using System.Runtime.CompilerServices;
using LocalFargate;
using LocalFargate.Faults;
using LocalFargate.Tasks;

namespace Benchmarks;

/// <summary>
/// Many sessions started, entered by a command and stopped, one after the other in each of some PowerShell processes with one journal, by
/// real ssh in real containers, while 5 % of all AWS calls fail. Nothing may run unseen afterwards, nothing may be left, and every exit
/// code must be the command's own.
/// </summary>
/// <param name="count">How many sessions.</param>
/// <param name="processes">How many processes.</param>
internal sealed class SoakBenchmark(int count, int processes) : IBenchmark
{
    public const int DefaultCount = 1000;

    public const int DefaultProcesses = 20;

    private static readonly TimeSpan s_limit = TimeSpan.FromHours(12);

    public string Name => "soak";

    public async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var options = new LocalFargateOptions
        {
            Timeline = Timeline.StartingWithin(TimeSpan.FromSeconds(1)), StopTimeout = TimeSpan.FromSeconds(1),
        };
        await using var workstation = await Workstation.StartAsync(options, cancellationToken);
        workstation.Fargate.Faults.Replace(
        [
            new Throttling { Probability = 0.025 },
            new ServerError { Probability = 0.015 },
            new LostReply { Probability = 0.01 },
        ]);
        var begin = DateTimeOffset.UtcNow;
        var entered = await EnterAsync(workstation, cancellationToken);
        var time = DateTimeOffset.UtcNow - begin;
        var failed = workstation.Fargate.Faults.All.Sum(fault => fault.Uses);
        var calls = workstation.Fargate.Calls.Count;
        workstation.Fargate.Faults.Clear();

        // What a PowerShell of the next day sees and stops.
        var listed = (await RunAsync(workstation, "left.ps1", "", cancellationToken)).Split('\n').Select(line => line.Trim());
        var unseen = workstation.Fargate.Tasks.Count(task => task.StopCode is null && !listed.Contains(task.StartedBy));

        yield return Count("tasks that run and are not listed (leaked)", unseen) with { MaximumLimit = 0 };
        yield return Count("sessions with a wrong exit code", entered.Count(each => each.ExitCode != each.Expected)) with
        {
            MaximumLimit = 0,
        };
        yield return Count("keys left", workstation.CountKeys()) with { MaximumLimit = 0 };
        yield return Count("folders of sessions left", workstation.CountSessions()) with { MaximumLimit = 0 };
        yield return Count("ssh processes left", workstation.CountSshProcesses()) with { MaximumLimit = 0 };
        yield return Count("sessions entered", entered.Count);
        yield return Count("tasks listed at the end, and stopped then", listed.Count(line => line.Length > 0));
        yield return Count("starts that ended with an error and were repeated", entered.Sum(each => each.Tries - 1));
        yield return Count("AWS calls", calls);
        yield return Count("AWS calls that failed", failed);
        yield return new Measurement($"the time of {count} sessions from {processes} processes", "min", [time.TotalMinutes]);
    }

    private async Task<IReadOnlyList<Entered>> EnterAsync(Workstation workstation, CancellationToken cancellationToken)
    {
        var workers = Math.Min(processes, count);
        var outputs = await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => RunAsync(
            workstation,
            "soak.ps1",
            string.Create(CultureInfo.InvariantCulture, $"{(count + worker) / workers}\n"),
            cancellationToken)));
        return [.. outputs.SelectMany(output => output.Split('\n', StringSplitOptions.RemoveEmptyEntries)).Select(Entered.Parse)];
    }

    private static async Task<string> RunAsync(
        Workstation workstation, string script, string input, CancellationToken cancellationToken)
    {
        await using var run = workstation.Start(script, input);
        return await run.WaitForExitAsync(s_limit, cancellationToken) == 0
            ? await run.Output
            : throw new InvalidOperationException($"{script} failed: {await run.Errors}");
    }

    private static Measurement Count(string subject, int value) => new(subject, "", [value]);

    /// <summary>A session, as soak.ps1 tells it.</summary>
    private sealed record Entered(int Expected, int ExitCode, int Tries)
    {
        public static Entered Parse(string line)
        {
            var words = line.Trim().Split(' ');
            return new Entered(Number(words[0]), Number(words[1]), Number(words[2]));
        }

        private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }
}
