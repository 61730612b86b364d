namespace EcsFargateLogin.Tests.Support;

/// <summary>Waits for what comes without notice.</summary>
internal static class Eventually
{
    /// <summary>What a hang is told by, so that no machine is too busy for it.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Polls until it is so, until <see cref="Limit"/> at most.</summary>
    /// <param name="isSo">What is waited for.</param>
    /// <param name="state">What there is instead, for the message of a failed test.</param>
    public static async Task Async(Func<bool> isSo, Func<string> state)
    {
        var limit = DateTimeOffset.UtcNow + Limit;
        while (!isSo())
        {
            Assert.True(DateTimeOffset.UtcNow < limit, $"It did not come to be; there is: {state()}");
            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }
    }
}
