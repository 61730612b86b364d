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
            if (limit.IsCancellationRequested)
            {
                Assert.Fail($"It has not happened in {Limit.TotalSeconds:0} s. {state()}");
            }

            await Task.Delay(20, CancellationToken.None);
        }
    }
}
