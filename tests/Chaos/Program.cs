using System.Globalization;
using System.Runtime.InteropServices;
using EcsFargateLogin.EndToEnd.Chaos;

const string Usage =
    "Usage: dotnet run --project tests/Chaos -c Release -- [--path] [--seed N] [--minutes M | --count C] [--lanes L]";

var numbers = new Dictionary<string, int>();
var isPath = false;
for (var i = 0; i < args.Length; i++)
{
    if (args[i] == "--path")
    {
        isPath = true;
    }
    else if (args[i] is "--seed" or "--minutes" or "--lanes" or "--count" && i + 1 < args.Length
        && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
    {
        numbers[args[i++]] = number;
    }
    else
    {
        Console.Error.WriteLine(Usage);
        return 64;
    }
}

// A seed alone is run once; with a time, it is the first of many.
var seed = numbers.TryGetValue("--seed", out var given) ? given : Random.Shared.Next(1_000_000, int.MaxValue / 2);
var isTimed = numbers.TryGetValue("--minutes", out var minutes);
var count = numbers.TryGetValue("--count", out var wanted) ? wanted : isTimed ? int.MaxValue - seed : isPath ? 20 : 1;

// Ctrl+C ends the run after the schedules that run: what they have started is ended and deleted.
using CancellationTokenSource stop = new();
using var registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
{
    context.Cancel = true;
    stop.Cancel();
});
if (isTimed)
{
    stop.CancelAfter(TimeSpan.FromMinutes(minutes));
}

var lanes = numbers.GetValueOrDefault("--lanes", 2);
var found = isPath
    ? await ChaosRun.PathAsync(PathPoint.From(seed, count), lanes, Console.WriteLine, stop.Token)
    : await ChaosRun.SchedulesAsync(Enumerable.Range(seed, count), lanes, Console.WriteLine, stop.Token);
Console.WriteLine(
    $"{found.Runs} {(isPath ? "points" : "schedules")} from seed {seed}, {found.FaultsMet} faults met, {found.Checks} invariants checked, "
    + $"{found.Violations.Count} with violations");
return found.Violations.Count == 0 ? 0 : 1;
