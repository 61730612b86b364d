using System.Collections.Concurrent;
using EcsFargateLogin.EndToEnd.Cmdlets;
using PowerShellHost;
using Xunit.Abstractions;

namespace EcsFargateLogin.EndToEnd.Sweep;

/// <summary>Whatever goes wrong at whichever step: a task has been stopped, or it is listed and can be stopped.</summary>
public sealed class FaultSweepTests(ITestOutputHelper output)
{
    /// <summary>Most of a point is waiting: for retries, and for tasks to start and stop.</summary>
    private const int Concurrency = 16;

    [Fact]
    public async Task No_fault_at_any_step_leaves_a_task_that_is_neither_stopped_nor_listed()
    {
        ConcurrentBag<SweptSession> swept = [];
        try
        {
            await Parallel.ForEachAsync(
                FaultPoints.All,
                new ParallelOptions { MaxDegreeOfParallelism = Concurrency },
                async (point, _) => swept.Add(await SweptSession.RunAsync(point)));
            var listed = await ListAndStopAsync(swept);
            var found = await Task.WhenAll(swept.Select(session => session.LeaksAsync(listed)));
            List<string> leaks = [.. found.SelectMany(each => each)];

            output.WriteLine($"{swept.Count} points, {listed.Count} listed afterwards, {leaks.Count} leaks");
            Assert.Empty(leaks);
            Assert.Equal(FaultPoints.All.Count, swept.Count);
        }
        finally
        {
            await Task.WhenAll(swept.Select(session => session.DisposeAsync().AsTask()));
        }
    }

    /// <summary>Lists in a new process what is remembered of all of these accounts, and stops what has a task.</summary>
    /// <returns>The ids of the sessions that were listed.</returns>
    private static async Task<IReadOnlyCollection<string>> ListAndStopAsync(IEnumerable<SweptSession> swept)
    {
        await using var me = await Operator.StartAsync();
        var endpoints = string.Join(',', swept.Select(session => $"'{session.Fargate.EndpointUrl}'"));
        var start = me.Process(
            $$"""
            foreach ($endpoint in {{endpoints}}) {
                $sessions = @(Get-FargateSession -Mine -EndpointUrl $endpoint)
                $sessions.SessionId
                $sessions | Where-Object TaskArn | Stop-FargateSession -EndpointUrl $endpoint
            }
            """);
        start.Environment["XDG_STATE_HOME"] = OperatorHome.StateHome;
        var run = await EngineProcess.RunAsync(start);
        Assert.Equal("", run.Error);
        return run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
