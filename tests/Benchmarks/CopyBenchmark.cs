using System.Runtime.CompilerServices;
using LocalFargate;

namespace Benchmarks;

/// <summary>
/// Copy-FargateItem over a session's open connection, there and back, in turns with OpenSSH's programs in one PowerShell: 100 MB and an
/// empty file beside sftp over the same connection, and 10,000 files of 1,000 bytes beside scp -r, which logs in. What is compared is the
/// time in each turn, so that less is better.
/// </summary>
internal sealed class CopyBenchmark : IBenchmark
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(8);

    public string Name => "copy";

    public async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var workstation = await Workstation.StartAsync(new LocalFargateOptions(), cancellationToken);
        await using var run = workstation.Start("copy.ps1", "");
        var times = await run.TimesAsync(s_limit, cancellationToken);
        foreach (var (direction, ours, theirs) in new[] { ("to", "upload", "put"), ("from", "download", "get") })
        {
            Measurement Share(string subject, string one, string other) =>
                new(subject, "×", [.. times[one].Zip(times[other], (our, their) => our / their)]);

            yield return Share($"100 MB {direction} the task, in times of sftp over the open connection", ours, theirs) with
            {
                MedianLimit = 1.05,
            };
            yield return new Measurement("  sftp's time", "s", [.. times[theirs]]);
            yield return Share("  in times of sftp that logs in", ours, $"login-{theirs}") with { MedianLimit = 1.05 };
            yield return new Measurement("  an empty file: the fixed cost", "s", [.. times[$"fixed-{direction}"]]) { MedianLimit = 0.1 };
            yield return Share($"10,000 small files {direction} the task, in times of scp -r", $"{ours}-many", $"{theirs}-many") with
            {
                MedianLimit = 1 / 1.5,
            };
            yield return new Measurement("  scp's time", "s", [.. times[$"{theirs}-many"]]);
        }
    }
}
