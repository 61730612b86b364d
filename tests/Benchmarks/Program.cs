using System.Runtime.InteropServices;
using Benchmarks;

IBenchmark[] all =
[
    new LoginBenchmark(), new StopBenchmark(), new WaitBenchmark(), new CommandBenchmark(), new CopyBenchmark(),
    new ImportBenchmark(), new SizeBenchmark(), new RoutesBenchmark(), new PeersBenchmark(), new CompletionBenchmark(),
];

// It takes a quarter of an hour, so that it runs only where it is named.
var sessions = SoakBenchmark.DefaultCount;
var isSoak = args is ["soak"] || (args is ["soak", var number] && int.TryParse(number, out sessions) && sessions > 0);
if (!isSoak && args.Except(all.Select(benchmark => benchmark.Name)).Any())
{
    var names = string.Join(" | ", all.Select(benchmark => benchmark.Name));
    Console.Error.WriteLine($"Usage: dotnet run --project tests/Benchmarks -c Release [-- {names} … | soak [SESSIONS]]");
    return 64;
}

IBenchmark[] chosen = isSoak
    ? [new SoakBenchmark(sessions)]
    : [.. all.Where(benchmark => args.Length == 0 || args.Contains(benchmark.Name))];

// Ctrl+C ends the run in good order: what it has started is ended and deleted.
using CancellationTokenSource stop = new();
using var registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
{
    context.Cancel = true;
    stop.Cancel();
});

try
{
    await Report.WriteHeadingAsync();
    var isWithinTargets = true;
    foreach (var benchmark in chosen)
    {
        await foreach (var measurement in benchmark.RunAsync(stop.Token))
        {
            Report.Write(measurement);
            isWithinTargets &= measurement.IsWithinLimit;
        }
    }

    return isWithinTargets ? 0 : 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}
