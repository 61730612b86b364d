using EcsFargateLogin.EndToEnd.Cmdlets;

namespace EcsFargateLogin.EndToEnd.LocalFargateTests;

/// <summary>Waits for things that come in their own time.</summary>
internal static class Wait
{
    private static readonly TimeSpan Limit = Eventually.DefaultLimit;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    public static async Task<T> ForAsync<T>(Func<Task<T?>> query, string what)
        where T : class
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            if (await query() is { } found)
            {
                return found;
            }

            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"Waited {Limit.TotalSeconds} s for {what}, in vain.");
            }

            await Task.Delay(Interval);
        }
    }

    public static Task UntilAsync(Func<bool> condition, string what) =>
        ForAsync(() => Task.FromResult(condition() ? what : null), what);
}
