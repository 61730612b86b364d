using System.Runtime.InteropServices;
using Benchmarks;

IBenchmark[] all =
[
    new LoginBenchmark(), new StopBenchmark(), new WaitBenchmark(), new CommandBenchmark(), new ImportBenchmark(), new SizeBenchmark(),
];
if (args.Except(all.Select(benchmark => benchmark.Name)).Any())
{
    var names = string.Join(" | ", all.Select(benchmark => benchmark.Name));
    Console.Error.WriteLine($"Usage: dotnet run --project tests/Benchmarks -c Release [-- {names} …]");
    return 64;
}

IBenchmark[] chosen = [.. all.Where(benchmark => args.Length == 0 || args.Contains(benchmark.Name))];

// Ctrl+C ends the run in good order: what it has started is ended and deleted.
using CancellationTokenSource stop = new();
using var registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
{
    context.Cancel = true;
    stop.Cancel();
});

try
{
    Report.WriteHeading();
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
