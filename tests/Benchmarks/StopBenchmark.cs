using System.Runtime.CompilerServices;
using LocalFargate;
using LocalFargate.Faults;
using LocalFargate.Tasks;

namespace Benchmarks;

/// <summary>
/// From Ctrl+C (SIGINT to the PowerShell process) to the arrival of StopTask, at random moments of three phases of a
/// start.
/// </summary>
internal sealed class StopBenchmark : IBenchmark
{
    private const int Runs = 5;

    /// <summary>
    /// How long RunTask's answer takes. Whoever stops must wait for it: it says which task there is to stop.
    /// </summary>
    private static readonly TimeSpan s_answer = TimeSpan.FromSeconds(0.5);

    private static readonly TimeSpan s_lookPeriod = TimeSpan.FromSeconds(2);

    private static readonly Phase[] s_phases =
    [
        new Phase("RunTask in flight (its answer takes 0.5 s)", s_answer, fargate => Called(fargate, "RunTask"))
        {
            Fault = () => new DelayedReply { Operation = "RunTask", Delay = s_answer },
        },
        new Phase("waiting for RUNNING", s_lookPeriod, fargate => Called(fargate, "DescribeTasks"))
        {
            Timeline = new Timeline { Pending = TimeSpan.FromMinutes(1) },
        },
        new Phase("waiting for the SSH banner", s_lookPeriod, KnocksAtRunningTask) { Fault = () => new SshSilent() },
    ];

    public string Name => "stop";

    public async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var phase in s_phases)
        {
            var values = new List<double>();
            for (var i = 0; i < Runs; i++)
            {
                values.Add(await StopAsync(phase, cancellationToken));
            }

            yield return new Measurement($"Ctrl+C to StopTask, {phase.Name}", "s", values) { MaximumLimit = 1 };
        }
    }

    private static async Task<double> StopAsync(Phase phase, CancellationToken cancellationToken)
    {
        var options = new LocalFargateOptions { Timeline = phase.Timeline };
        await using var workstation = await Workstation.StartAsync(options, cancellationToken);
        workstation.Fargate.Faults.Replace(phase.Fault is { } fault ? [fault()] : []);
        await using var run = workstation.Start("login.ps1", "");
        await workstation.WaitForAsync(fargate => phase.HasBegun(fargate) ? fargate : null, cancellationToken);
        await Task.Delay(phase.Duration * Random.Shared.NextDouble(), cancellationToken);

        var pressed = DateTimeOffset.UtcNow;
        run.Interrupt();
        var stopTask = await workstation.WaitForAsync(
            fargate => fargate.Calls.FirstOrDefault(call => call.Operation == "StopTask"), cancellationToken);
        await run.WaitForExitAsync(cancellationToken);
        return stopTask.Time > pressed
            ? (stopTask.Time - pressed).TotalSeconds
            : throw new InvalidOperationException($"The session ended by itself before Ctrl+C: {phase.Name}");
    }

    private static bool Called(LocalFargateServer fargate, string operation) =>
        fargate.Calls.Any(call => call.Operation == operation);

    /// <summary>Whether the task runs and the module has its address, and so waits for the banner alone.</summary>
    private static bool KnocksAtRunningTask(LocalFargateServer fargate) =>
        fargate.Tasks is [{ Phase: TaskPhase.Running }] && Called(fargate, "DescribeNetworkInterfaces");

    /// <summary>A part of a session's start.</summary>
    /// <param name="Name">What is waited for in it.</param>
    /// <param name="Duration">The key is pressed at a random moment of this long.</param>
    /// <param name="HasBegun">Whether it has begun.</param>
    private sealed record Phase(string Name, TimeSpan Duration, Func<LocalFargateServer, bool> HasBegun)
    {
        public Timeline Timeline { get; init; } = Timeline.Instant;

        /// <summary>The fault that makes the phase last; null where the timeline does.</summary>
        public Func<Fault>? Fault { get; init; }
    }
}
