using System.Runtime.CompilerServices;
using LocalFargate;

namespace Benchmarks;

/// <summary>Tab on names that this machine knows without asking AWS, in a PowerShell that has completed other commands before.</summary>
internal sealed class CompletionBenchmark : IBenchmark
{
    private const double LimitInMilliseconds = 50;
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    public string Name => "complete";

    public async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var workstation = await Workstation.StartAsync(new LocalFargateOptions(), cancellationToken);
        await using var run = workstation.Start("complete.ps1", "");
        foreach (var name in await run.TimesAsync(s_limit, cancellationToken))
        {
            yield return new Measurement($"Tab completes {name.Key}, the first time", "ms", [name.First()]) { MaximumLimit = LimitInMilliseconds };
            yield return new Measurement("  afterwards", "ms", [.. name.Skip(1)]) { MaximumLimit = LimitInMilliseconds };
        }
    }
}
