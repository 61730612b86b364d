using System.Globalization;
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
        var exitCode = await run.WaitForExitAsync(s_limit, cancellationToken);
        var lines = (await run.Output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (exitCode != 0)
        {
            throw new InvalidOperationException($"copy.ps1 ended with {exitCode}: {await run.Errors}");
        }

        var times = lines.Select(line => line.Split(' ')).ToLookup(
            words => words[0], words => double.Parse(words[1], CultureInfo.InvariantCulture));
        foreach (var (subject, ours, theirs) in new[] { ("to the task", "upload", "put"), ("from the task", "download", "get") })
        {
            var shares = times[ours].Zip(times[theirs], (one, other) => one / other);
            yield return new Measurement($"100 MB {subject}, Copy-FargateItem's time by sftp's", "×", [.. shares]) { MedianLimit = LongestShare };
            yield return new Measurement("  sftp's time", "s", [.. times[theirs]]);
        }
    }
}
