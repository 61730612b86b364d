using System.Globalization;
using System.Runtime.CompilerServices;
using LocalFargate;

namespace Benchmarks;

/// <summary>Tab on names that this machine knows without asking AWS, in a PowerShell that has completed other commands before.</summary>
internal sealed class CompletionBenchmark : IBenchmark
{
    private const double LimitInMilliseconds = 50;

    public string Name => "complete";

    public async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var workstation = await Workstation.StartAsync(new LocalFargateOptions(), cancellationToken);
        await using var run = workstation.Start("complete.ps1", "");
        if (await run.WaitForExitAsync(cancellationToken) != 0)
        {
            throw new InvalidOperationException($"complete.ps1 failed: {await run.Errors}");
        }

        var times = (await run.Output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToLookup(
            words => words[0], words => double.Parse(words[1], CultureInfo.InvariantCulture));
        foreach (var name in times)
        {
            yield return new Measurement($"Tab completes {name.Key}, the first time", "ms", [name.First()]) { MaximumLimit = LimitInMilliseconds };
            yield return new Measurement("  afterwards", "ms", [.. name.Skip(1)]) { MaximumLimit = LimitInMilliseconds };
        }
    }
}
