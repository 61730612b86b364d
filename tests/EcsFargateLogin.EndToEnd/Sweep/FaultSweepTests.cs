using System.Collections.Concurrent;
using System.Diagnostics;
using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Engine;
using PowerShellHost;
using Xunit.Abstractions;

namespace EcsFargateLogin.EndToEnd.Sweep;

/// <summary>After a fault in any call, a task has been stopped, or it is listed and can be stopped.</summary>
public sealed class FaultSweepTests(ITestOutputHelper output)
{
    [Fact]
    public Task No_fault_of_a_call_leaves_a_task_that_is_neither_stopped_nor_listed() => FaultSweep.RunAsync(FaultPoints.OfCalls, output);
}

/// <summary>The same, whatever goes wrong elsewhere. A class of its own, so that both sweeps run side by side.</summary>
public sealed class OtherFaultSweepTests(ITestOutputHelper output)
{
    [Fact]
    public Task No_fault_at_any_step_leaves_a_task_that_is_neither_stopped_nor_listed() => FaultSweep.RunAsync(FaultPoints.Others, output);
}

/// <summary>Runs fault points and checks what is left.</summary>
internal static class FaultSweep
{
    /// <summary>Most of a point is waiting: for retries, and for tasks to start and stop.</summary>
    private const int Concurrency = 16;

    /// <summary>Runs these points, and asserts that none leaves a task that is neither stopped nor listed.</summary>
    public static async Task RunAsync(IReadOnlyList<FaultPoint> points, ITestOutputHelper output)
    {
        ConcurrentBag<SweptSession> swept = [];
        try
        {
            await Parallel.ForEachAsync(
                points,
                new ParallelOptions { MaxDegreeOfParallelism = Concurrency },
                async (point, _) => await SweptSession.RunAsync(point, swept));
            var listed = await ListAndStopAsync(swept);
            var found = await Task.WhenAll(swept.Select(session => session.LeaksAsync(listed)));
            List<string> leaks = [.. found.SelectMany(each => each)];

            output.WriteLine($"{swept.Count} points, {listed.Count} listed afterwards, {leaks.Count} leaks");
            Assert.Empty(leaks);
            Assert.Equal(points.Count, swept.Count);
        }
        finally
        {
            await Task.WhenAll(swept.Select(session => session.DisposeAsync().AsTask()));
        }
    }

    /// <summary>
    /// Lists in a new process what is remembered of all of these accounts, and stops what has a task. Before that the same is listed
    /// as from another host, where this takes root, and nothing may come of that.
    /// </summary>
    /// <returns>The ids of the sessions that were listed.</returns>
    private static async Task<IReadOnlyCollection<string>> ListAndStopAsync(IReadOnlyCollection<SweptSession> swept)
    {
        await using var me = await Operator.StartAsync();
        var accounts = string.Join(',', swept.Select(session => $"@('{session.StateHome}', '{session.Fargate.EndpointUrl}')"));
        ProcessStartInfo Listing(string afterwards) => me.Process(
            $$"""
            foreach ($account in {{accounts}}) {
                $env:XDG_STATE_HOME, $endpoint = $account
                $sessions = @(Get-FargateSession -Mine -EndpointUrl $endpoint -WarningAction SilentlyContinue)
                $sessions.SessionId
                {{afterwards}}
            }
            """);
        if (Environment.IsPrivilegedProcess)
        {
            var place = Directory.CreateDirectory(Path.Combine(me.StateHome, "elsewhere")).FullName;
            var stops = swept.Sum(session => session.Stops);
            var elsewhere = await EngineProcess.RunAsync(OtherHost.Run(Listing(""), OperatorHome.StateHome, place));
            Assert.Equal("", elsewhere.Error);
            Assert.Equal(stops, swept.Sum(session => session.Stops));
        }

        var run = await EngineProcess.RunAsync(
            Listing("$sessions | Where-Object TaskArn | Stop-FargateSession -EndpointUrl $endpoint"));
        Assert.Equal("", run.Error);
        return run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
