using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.Pipeline;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Pipeline;

/// <summary>The test's own thread is the pipeline's.</summary>
public sealed class PipelinePumpTests
{
    private readonly List<string> _shown = [];
    private readonly List<string> _dropped = [];

    [Fact]
    public void Output_and_events_come_in_their_order_on_the_pipeline_thread()
    {
        var thread = Environment.CurrentManagedThreadId;
        List<int> threads = [];

        Run(pump =>
        {
            for (var i = 0; i < 100; i++)
            {
                var text = $"line {i}";
                pump.Report(EventOf($"event {i}"));
                pump.Write(() =>
                {
                    threads.Add(Environment.CurrentManagedThreadId);
                    _shown.Add(text);
                });
            }

            return Task.CompletedTask;
        });

        Assert.Equal(Enumerable.Range(0, 100).SelectMany(i => new[] { $"event {i}", $"line {i}" }), _shown);
        Assert.All(threads, each => Assert.Equal(thread, each));
    }

    [Fact]
    public void Output_waits_for_room()
    {
        var (added, run) = (0, 0);
        List<int> ahead = [];

        Run(pump =>
        {
            for (var i = 0; i < 1000; i++)
            {
                pump.Write(() => ahead.Add(Volatile.Read(ref added) - run++));
                Interlocked.Increment(ref added);
            }

            return Task.CompletedTask;
        });

        Assert.Equal(1000, ahead.Count);
        Assert.All(ahead, each => Assert.InRange(each, 0, 2));
    }

    [Fact]
    public async Task Events_wait_for_nothing()
    {
        TaskCompletionSource reported = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using var pump = PumpOf((pump, _) =>
        {
            for (var i = 0; i < 1000; i++)
            {
                pump.Report(EventOf($"event {i}"));
            }

            reported.SetResult();
            return Task.CompletedTask;
        });

        // Nothing runs the pump yet.
        await reported.Task.WaitAsync(Eventually.Limit);

        Finish(pump);
        Assert.Equal(1000, _shown.Count);
    }

    [Fact]
    public void A_question_is_answered_on_the_pipeline_thread()
    {
        var answeredOn = 0;

        Run(async pump => answeredOn = await pump.AskAsync(() => Environment.CurrentManagedThreadId, CancellationToken.None));

        Assert.Equal(Environment.CurrentManagedThreadId, answeredOn);
    }

    [Fact]
    public void An_error_of_work_on_the_pipeline_thread_is_the_worker_s()
    {
        FargateException? seen = null;

        Run(async pump =>
        {
            try
            {
                await pump.RunAsync<bool>(() => throw GeneralErrors.Unexpected(new IOException("disk")));
            }
            catch (FargateException e)
            {
                seen = e;
            }
        });

        Assert.NotNull(seen);
    }

    [Fact]
    public void A_failing_call_cancels_the_work_and_waits_for_its_clean_up()
    {
        var isCleanedUp = false;
        using var pump = PumpOf(async (pump, cancellationToken) =>
        {
            pump.Report(EventOf("first"));
            pump.Write(() => throw new InvalidOperationException("a later command failed"));
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                pump.Report(EventOf("after"));
                isCleanedUp = true;
            }
        });

        var failure = Assert.Throws<InvalidOperationException>(() => Finish(pump));

        Assert.Equal("a later command failed", failure.Message);
        Assert.True(isCleanedUp);
        Assert.Equal(["first"], _shown);
        Assert.Equal(["after"], _dropped);
    }

    [Fact]
    public void Abandoned_work_is_cancelled_with_all_that_it_waits_for()
    {
        Task<bool>? question = null;
        var isOutputCancelled = false;
        using var pump = PumpOf((pump, _) =>
        {
            question = pump.RunAsync(() => true);
            try
            {
                while (true)
                {
                    pump.Write(() => { });
                }
            }
            catch (OperationCanceledException)
            {
                isOutputCancelled = true;
                throw;
            }
        });

        pump.Abandon();

        Assert.True(pump.HasEnded);
        Assert.True(isOutputCancelled);
        Assert.True(question!.IsCanceled);
    }

    [Fact]
    public void It_is_run_until_a_task_has_completed_and_goes_on_later()
    {
        TaskCompletionSource pause = new();
        TaskCompletionSource goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using var pump = PumpOf(async (pump, _) =>
        {
            pump.Report(EventOf("before"));
            pause.SetResult();
            await goOn.Task;
            pump.Report(EventOf("later"));
        });

        pump.Run(pause.Task, () => { }, CancellationToken.None);
        Assert.False(pump.HasEnded);
        Assert.Equal(["before"], _shown);

        goOn.SetResult();
        Finish(pump);
        Assert.Equal(["before", "later"], _shown);
    }

    private PipelinePump PumpOf(Func<PipelinePump, CancellationToken, Task> work) => new(
        work,
        happened => _shown.Add(((Detail)happened).Message),
        happened => _dropped.Add(((Detail)happened).Message),
        CancellationToken.None);

    private void Run(Func<PipelinePump, Task> work)
    {
        using var pump = PumpOf((pump, _) => work(pump));
        Finish(pump);
    }

    private static void Finish(PipelinePump pump)
    {
        pump.Run(until: null, () => { }, CancellationToken.None);
        pump.ThrowFailure();
    }

    private static Detail EventOf(string text) => new(SampleTask.Session(), text);
}
