using System.Diagnostics;
using System.Runtime.CompilerServices;
using LocalFargate;
using LocalFargate.Tasks;

namespace Benchmarks;

/// <summary>
/// Whole sessions on a Fargate whose tasks are RUNNING after 6.0 s, and whose log lines come as late as on AWS: by ssh alone as soon as
/// the port answers, which is the limit of what can be reached; by this module; and by the algorithm of ecs-fargate-login. From RunTask
/// to the first byte that the remote shell prints, and to the moment when the session is closed for whoever waits for it.
/// </summary>
internal sealed class PeersBenchmark : IBenchmark
{
    private const string Input = "echo here\nexit\n";
    private static readonly TimeSpan s_running = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);

    public string Name => "peers";

    public async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var bare = await MeasureAsync(UseSshAsync, runs: 5, cancellationToken);
        var ours = await MeasureAsync((workstation, stop) => RunAsync(workstation, "login.ps1", stop), runs: 5, cancellationToken);
        var peer = await MeasureAsync((workstation, stop) => RunAsync(workstation, "peer.ps1", stop), runs: 3, cancellationToken);

        yield return new Measurement("RunTask to the shell: ssh when the port answers", "s", [.. bare.Select(run => run.Shell)]);
        yield return new Measurement("RunTask to the shell: EcsFargateLogin", "s", [.. ours.Select(run => run.Shell)]);
        yield return new Measurement("RunTask to the shell: ecs-fargate-login", "s", [.. peer.Select(run => run.Shell)]);
        yield return new Measurement("RunTask to the end: ssh when the port answers", "s", [.. bare.Select(run => run.End)]);
        yield return new Measurement("RunTask to the end: EcsFargateLogin", "s", [.. ours.Select(run => run.End)])
        {
            MedianLimit = s_running.TotalSeconds + 0.5,
        };
        yield return new Measurement("RunTask to the end: ecs-fargate-login", "s", [.. peer.Select(run => run.End)]);
    }

    private static async Task<List<(double Shell, double End)>> MeasureAsync(
        Func<Workstation, CancellationToken, Task<(DateTimeOffset Shell, DateTimeOffset End)>> use, int runs, CancellationToken cancellationToken)
    {
        List<(double, double)> all = [];
        for (var i = 0; i < runs; i++)
        {
            LocalFargateOptions options = new() { Timeline = Timeline.StartingWithin(s_running), LogDelivery = LogDelivery.OfAwsLogs };
            await using var workstation = await Workstation.StartAsync(options, cancellationToken);
            var (shell, end) = await use(workstation, cancellationToken);
            var begun = workstation.Fargate.Tasks[0].Times.CreatedAt;
            all.Add(((shell - begun).TotalSeconds, (end - begun).TotalSeconds));
        }

        return all;
    }

    private static async Task<(DateTimeOffset Shell, DateTimeOffset End)> UseSshAsync(
        Workstation workstation, CancellationToken cancellationToken)
    {
        await using var script = workstation.Start("start.ps1", "1\n");
        var (address, _) = await workstation.WaitForAnswerAsync(cancellationToken);
        await using ScriptProcess ssh = new(await workstation.SshToAsync(address, cancellationToken), Input);
        var shell = TimeOf(await ssh.FirstByteAsync(cancellationToken));
        await ssh.WaitForExitAsync(cancellationToken);
        return (shell, DateTimeOffset.UtcNow);
    }

    /// <summary>Runs a script, which prints after its shell the time at which the session was closed.</summary>
    private static async Task<(DateTimeOffset Shell, DateTimeOffset End)> RunAsync(
        Workstation workstation, string name, CancellationToken cancellationToken)
    {
        await using var run = workstation.Start(name, Input);
        var shell = TimeOf(await run.FirstByteAsync(cancellationToken));
        return await run.WaitForExitAsync(s_limit, cancellationToken) == 0
            ? (shell, EndOf(workstation.Fargate, await run.Output))
            : throw new InvalidOperationException($"{name} failed: {await run.Errors}");
    }

    /// <summary>The module ends with StopTask; the peer waits for the task to end, and its script prints when it had.</summary>
    private static DateTimeOffset EndOf(LocalFargateServer fargate, string output) =>
        output.TrimEnd().Split('\n')[^1] is var line && DateTimeOffset.TryParse(line, out var printed)
            ? printed
            : fargate.Calls.First(call => call.Operation == "StopTask").Time;

    private static DateTimeOffset TimeOf(long timestamp) => DateTimeOffset.UtcNow - Stopwatch.GetElapsedTime(timestamp);
}
