using System.Runtime.CompilerServices;
using System.Text.Json;
using LocalFargate;

namespace Benchmarks;

/// <summary>
/// Invoke-FargateCommand beside plain ssh, both over the session's open connection, a second shell beside ssh that logs in, and
/// commands on many sessions at once.
/// </summary>
internal sealed class CommandBenchmark : IBenchmark
{
    public string Name => "command";

    public async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var workstation = await Workstation.StartAsync(new LocalFargateOptions(), cancellationToken);
        await using var run = workstation.Start("command.ps1", "");
        if (await run.WaitForExitAsync(TimeSpan.FromMinutes(10), cancellationToken) != 0)
        {
            throw new InvalidOperationException($"command.ps1 failed: {await run.Errors}");
        }

        var result = JsonSerializer.Deserialize<Result>(await run.Output, JsonSerializerOptions.Web)!;
        yield return new Measurement("second command on a session, above ssh with an open master", "s", result.Second)
        {
            MedianLimit = 0.1,
        };
        yield return new Measurement("1,000,000 lines of 100 bytes, in times of ssh … | Out-Null", "times", result.Lines)
        {
            MedianLimit = 0.5,
        };
        yield return new Measurement("  as many lines of a cmdlet that does nothing but write them", "times", result.SameLines);
        yield return new Measurement("  memory that five million lines add", "MB", [result.Grown]) { MaximumLimit = 64 };
        yield return new Measurement("second Enter-FargateShell on a session, above ssh alone", "s", result.Entered) { MedianLimit = 0.2 };
        yield return new Measurement("a command of 1 s on 32 new sessions, all at once", "s", [result.Batch]);
        yield return new Measurement("  on 64, 32 at once", "s", [result.Both]) { MaximumLimit = 3 * result.Batch };
    }

    private sealed record Result(
        double[] Second, double[] Lines, double[] SameLines, double[] Entered, double Grown, double Batch, double Both);
}
