using System.Runtime.CompilerServices;
using LocalFargate;

namespace Benchmarks;

/// <summary>
/// 100 MB through Copy-FargateItem, there and back, beside the same through sftp, in turns in one PowerShell. Both log in
/// each time. What is compared is the share of sftp's speed; its inverse is shown, so that less is better.
/// </summary>
internal sealed class CopyBenchmark : IBenchmark
{
    private const double LongestShare = 1 / 0.9;
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    public string Name => "copy";

    public async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var workstation = await Workstation.StartAsync(new LocalFargateOptions(), cancellationToken);
        await using var run = workstation.Start("copy.ps1", "");
        var times = await run.TimesAsync(s_limit, cancellationToken);
        foreach (var (subject, ours, theirs) in new[] { ("to the task", "upload", "put"), ("from the task", "download", "get") })
        {
            var shares = times[ours].Zip(times[theirs], (one, other) => one / other);
            yield return new Measurement($"100 MB {subject}, Copy-FargateItem's time by sftp's", "×", [.. shares]) { MedianLimit = LongestShare };
            yield return new Measurement("  sftp's time", "s", [.. times[theirs]]);
        }
    }
}
