using System.Runtime.CompilerServices;
using LocalFargate;
using LocalFargate.Tasks;

namespace Benchmarks;

/// <summary>What AWS is asked while sessions are waited for together, until all of them are ready.</summary>
internal sealed class WaitBenchmark : IBenchmark
{
    private const int Many = 100;

    /// <summary>A start of this length, so that there are looks to count: one in 2 s.</summary>
    private static readonly TimeSpan s_start = TimeSpan.FromSeconds(20);

    public string Name => "wait";

    public async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var one = await CountCallsAsync(1, cancellationToken);
        yield return new Measurement("API calls while 1 session starts within 20 s", "calls", [one]);
        var many = await CountCallsAsync(Many, cancellationToken);
        yield return new Measurement($"API calls while {Many} sessions start within 20 s", "calls", [many])
        {
            // About the price of one: starting a hundred takes some looks longer.
            MaximumLimit = 2 * one,
        };
    }

    private static async Task<double> CountCallsAsync(int sessions, CancellationToken cancellationToken)
    {
        var options = new LocalFargateOptions { Timeline = Timeline.StartingWithin(s_start) };
        await using var workstation = await Workstation.StartAsync(options, cancellationToken);
        await using var run = workstation.Start("wait.ps1", $"{sessions}\n");
        var exitCode = await run.WaitForExitAsync(cancellationToken);
        if (exitCode != 0)
        {
            throw new InvalidOperationException($"Not all of {sessions} sessions became ready: {await run.Errors}");
        }

        return workstation.Fargate.Calls.Count(call =>
            call.Operation is "DescribeTasks" or "DescribeNetworkInterfaces");
    }
}
