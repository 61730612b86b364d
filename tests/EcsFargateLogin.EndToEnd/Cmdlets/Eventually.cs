using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>Waits for what happens at its own time.</summary>
internal static class Eventually
{
    /// <summary>The same as for a process.</summary>
    public static readonly TimeSpan DefaultLimit = EngineProcess.DefaultLimit;

    /// <summary>Waits until something is so.</summary>
    /// <param name="condition">What is waited for.</param>
    /// <param name="state">How things stand, for the message when it never is.</param>
    /// <param name="limit">How long it may take; <see cref="DefaultLimit"/> where not given.</param>
    public static Task BecomesAsync(Func<bool> condition, Func<string> state, TimeSpan? limit = null) =>
        BecomesAsync(() => Task.FromResult(condition()), () => Task.FromResult(state()), limit);

    /// <inheritdoc cref="BecomesAsync(Func{bool}, Func{string}, TimeSpan?)"/>
    public static async Task BecomesAsync(Func<Task<bool>> condition, Func<Task<string>> state, TimeSpan? limit = null)
    {
        var duration = limit ?? DefaultLimit;
        using CancellationTokenSource end = new(duration);
        while (!await condition())
        {
            if (end.IsCancellationRequested)
            {
                Assert.Fail($"It has not happened in {duration.TotalSeconds:0} s. {await state()}");
            }

            await Task.Delay(20, CancellationToken.None);
        }
    }
}
