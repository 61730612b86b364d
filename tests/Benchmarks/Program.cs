using System.Runtime.InteropServices;
using Benchmarks;

IBenchmark[] all =
[
    new LoginBenchmark(), new StopBenchmark(), new WaitBenchmark(), new CommandBenchmark(), new CopyBenchmark(),
    new ImportBenchmark(), new SizeBenchmark(), new RoutesBenchmark(), new PeersBenchmark(), new CompletionBenchmark(),
    new ListBenchmark(),
];

// They take long, so that they run only where they are named.
IBenchmark? alone = args switch
{
    ["soak"] => new SoakBenchmark(SoakBenchmark.DefaultCount, SoakBenchmark.DefaultProcesses),
    ["soak", var number] when Number(number) is { } sessions => new SoakBenchmark(sessions, SoakBenchmark.DefaultProcesses),
    ["soak", var number, var more] when (Number(number), Number(more)) is ({ } sessions, { } processes) =>
        new SoakBenchmark(sessions, processes),
    ["growth"] => new GrowthBenchmark(GrowthBenchmark.DefaultMinutes),
    ["growth", var number] when Number(number) is { } minutes => new GrowthBenchmark(minutes),
    _ => null,
};
if (alone is null && args.Except(all.Select(benchmark => benchmark.Name)).Any())
{
    var names = string.Join(" | ", all.Select(benchmark => benchmark.Name));
    Console.Error.WriteLine(
        $"Usage: dotnet run --project tests/Benchmarks -c Release [-- {names} … | soak [SESSIONS [PROCESSES]] | growth [MINUTES]]");
    return 64;
}

static int? Number(string text) => int.TryParse(text, out var number) && number > 0 ? number : null;

IBenchmark[] chosen = alone is not null ? [alone] : [.. all.Where(benchmark => args.Length == 0 || args.Contains(benchmark.Name))];

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
