namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>Waits for what happens at its own time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Waits until something is so.</summary>
    /// <param name="condition">What is waited for.</param>
    /// <param name="state">How things stand, for the message when it never is.</param>
    public static async Task BecomesAsync(Func<bool> condition, Func<string> state)
    {
        using CancellationTokenSource limit = new(Limit);
        while (!condition())
        {
            await PauseAsync(limit, () => Task.FromResult(state()));
        }
    }

    /// <inheritdoc cref="BecomesAsync(Func{bool}, Func{string})"/>
    public static async Task BecomesAsync(Func<Task<bool>> condition, Func<Task<string>> state)
    {
        using CancellationTokenSource limit = new(Limit);
        while (!await condition())
        {
            await PauseAsync(limit, state);
        }
    }

    private static async Task PauseAsync(CancellationTokenSource limit, Func<Task<string>> state)
    {
        if (limit.IsCancellationRequested)
        {
            Assert.Fail($"It has not happened in {Limit.TotalSeconds:0} s. {await state()}");
        }

        await Task.Delay(20, CancellationToken.None);
    }
}
