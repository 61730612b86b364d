using System.Diagnostics;
using System.Runtime.CompilerServices;
using LocalFargate;
using LocalFargate.Tasks;

namespace Benchmarks;

/// <summary>
/// From the moment the task's port answers (its banner, polled every 10 ms) to the first byte that the remote shell
/// prints, as it comes out of ssh's standard output. Each run is a PowerShell process and a task of its own. The starts
/// are spread evenly over five seconds, so that no phase of the wait is favoured. Log lines come as late as on AWS.
/// </summary>
internal sealed class LoginBenchmark : IBenchmark
{
    private const int Runs = 15;
    private const int SshRuns = 7;
    private const string Input = "echo here\nexit\n";
    private static readonly TimeSpan s_shortestStart = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_spread = TimeSpan.FromSeconds(5);

    public string Name => "login";

    public async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var ours = await MeasureAsync(cancellationToken);
        yield return new Measurement("port answers to first byte of the shell", "s", ours) { MedianLimit = 0.35 };
        Measurement bare = new("  the same by ssh alone, with a known key", "s", await MeasureSshAsync(cancellationToken));
        yield return bare;
        double[] above = [.. ours.Select(value => value - bare.Median)];
        yield return new Measurement("  the first above the second", "s", above) { MedianLimit = 0.1 };
    }

    private static async Task<List<double>> MeasureAsync(CancellationToken cancellationToken)
    {
        var values = new List<double>();
        for (var i = 0; i < Runs; i++)
        {
            var start = s_shortestStart + (s_spread * ((i + Random.Shared.NextDouble()) / Runs));
            values.Add(await LogInAsync(start, cancellationToken));
        }

        return values;
    }

    private static async Task<double> LogInAsync(TimeSpan start, CancellationToken cancellationToken)
    {
        await using var workstation = await StartAsync(start, cancellationToken);
        await using var run = workstation.Start("login.ps1", Input);
        var answer = await workstation.WaitForAnswerAsync(cancellationToken);
        var firstByte = await run.FirstByteAsync(cancellationToken);
        var exitCode = await run.WaitForExitAsync(cancellationToken);
        return exitCode == 0
            ? Stopwatch.GetElapsedTime(answer.At, firstByte).TotalSeconds
            : throw new InvalidOperationException($"login.ps1 ended with {exitCode}.");
    }

    /// <summary>Measures the limit of what can be reached: ssh, which knows the key of a server that answers.</summary>
    private static async Task<List<double>> MeasureSshAsync(CancellationToken cancellationToken)
    {
        var values = new List<double>();
        for (var i = 0; i < SshRuns; i++)
        {
            await using var workstation = await StartAsync(s_shortestStart, cancellationToken);
            await using var script = workstation.Start("start.ps1", "1\n");
            var (address, _) = await workstation.WaitForAnswerAsync(cancellationToken);
            await script.WaitForExitAsync(cancellationToken);
            var start = await workstation.SshToAsync(address, cancellationToken);
            var begun = Stopwatch.GetTimestamp();
            await using ScriptProcess ssh = new(start, Input);
            values.Add(Stopwatch.GetElapsedTime(begun, await ssh.FirstByteAsync(cancellationToken)).TotalSeconds);
            await ssh.WaitForExitAsync(cancellationToken);
        }

        return values;
    }

    private static Task<Workstation> StartAsync(TimeSpan start, CancellationToken cancellationToken) => Workstation.StartAsync(
        new LocalFargateOptions { Timeline = Timeline.StartingWithin(start), LogDelivery = LogDelivery.OfAwsLogs }, cancellationToken);
}
