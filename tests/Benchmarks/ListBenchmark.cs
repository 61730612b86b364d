using System.Runtime.CompilerServices;
using LocalFargate;

namespace Benchmarks;

/// <summary>Get-FargateSession on a machine with 10,000 sessions in its journal, each time with a fresh read of all of them.</summary>
internal sealed class ListBenchmark : IBenchmark
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(4);

    public string Name => "list";

    public async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var workstation = await Workstation.StartAsync(new LocalFargateOptions(), cancellationToken);
        await using var run = workstation.Start("list.ps1", "");
        var times = await run.TimesAsync(s_limit, cancellationToken);
        yield return new Measurement("Get-FargateSession of a region, 10,000 sessions in the journal", "s", [.. times["region"]]) { MaximumLimit = 1 };
        yield return new Measurement("  of one session by its id", "s", [.. times["one"]]) { MaximumLimit = 1 };
    }
}
