using System.Globalization;
using System.Runtime.CompilerServices;
using LocalFargate;
using LocalFargate.Tasks;

namespace Benchmarks;

/// <summary>
/// One PowerShell with 64 tunnels, in which 200 commands run at the same time, again and again. What it takes must not grow: the median of
/// the last third of the rounds is compared with that of the first.
/// </summary>
/// <param name="minutes">How long.</param>
internal sealed class GrowthBenchmark(double minutes) : IBenchmark
{
    public const double DefaultMinutes = 60;

    private static readonly TimeSpan s_startLimit = TimeSpan.FromMinutes(15);

    public string Name => "growth";

    public async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        LocalFargateOptions options = new()
        {
            Timeline = Timeline.StartingWithin(TimeSpan.FromSeconds(1)), StopTimeout = TimeSpan.FromSeconds(1),
        };
        await using var workstation = await Workstation.StartAsync(options, cancellationToken);
        await using var run = workstation.Start("growth.ps1", string.Create(CultureInfo.InvariantCulture, $"{minutes}\n"));
        var rounds = await run.TimesAsync(s_startLimit + TimeSpan.FromMinutes(minutes), cancellationToken);
        yield return new Measurement("rounds of 200 commands at once, beside 64 tunnels", "", [rounds["files"].Count()]);
        foreach (var (name, unit, limit) in new[] { ("threads", "", 8d), ("files", "", 0d), ("memory", "MB", 32d) })
        {
            double[] values = [.. rounds[name]];
            var third = Math.Max(1, values.Length / 3);
            Measurement first = new($"  {name} in the first third", unit, values[..third]);
            yield return first;
            Measurement last = new("  in the last", unit, values[^third..]);
            yield return last;
            yield return new Measurement("  growth", unit, [Math.Max(0, last.Median - first.Median)]) { MaximumLimit = limit };
        }
    }
}
