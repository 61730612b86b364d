using System.Diagnostics;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Tests.Foundation;

public sealed class TokenBucketTests
{
    [Fact]
    public void A_burst_is_let_through_at_once_and_no_more()
    {
        TokenBucket bucket = new(burst: 3, perSecond: 1, TimeProvider.System);

        var granted = Enumerable.Range(0, 4).Select(_ => bucket.TakeAsync(CancellationToken.None).IsCompleted).ToList();

        Assert.Equal([true, true, true, false], granted);
    }

    [Fact]
    public async Task After_the_burst_calls_are_let_through_at_the_pace()
    {
        TokenBucket bucket = new(burst: 2, perSecond: 20, TimeProvider.System);
        var watch = Stopwatch.StartNew();

        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => bucket.TakeAsync(CancellationToken.None)));

        // Ten calls beyond the burst at 20 a second.
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(0.45), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_cancelled_call_waits_no_longer()
    {
        TokenBucket bucket = new(burst: 1, perSecond: 0.001, TimeProvider.System);
        await bucket.TakeAsync(CancellationToken.None);
        using CancellationTokenSource cancellation = new();

        var waiting = bucket.TakeAsync(cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}
