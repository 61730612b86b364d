namespace EcsFargateLogin.Foundation;

/// <summary>
/// Paces calls as AWS counts them: a burst may come at once, after it so many a second. Callers are served in the order
/// in which they came.
/// </summary>
/// <param name="burst">How many calls may come at once, 1 or more.</param>
/// <param name="perSecond">How many calls a second are let through after that.</param>
/// <param name="clock">What tells and passes the time.</param>
internal sealed class TokenBucket(int burst, double perSecond, TimeProvider clock)
{
    private readonly object _lock = new();
    private double _tokens = burst;
    private long _countedAt = clock.GetTimestamp();

    /// <summary>
    /// What all launches of this process share. RunTask alone takes 40 calls a second after a burst of 100, but Fargate
    /// starts no more than 20 tasks a second, and answers the rest with an error.
    /// </summary>
    public static TokenBucket OfLaunches { get; } = new(burst: 100, perSecond: 20, TimeProvider.System);

    /// <summary>
    /// What all looks into logs of this process share: GetLogEvents takes 25 calls a second, of everybody in the account.
    /// </summary>
    public static TokenBucket OfLogReads { get; } = new(burst: 25, perSecond: 15, TimeProvider.System);

    /// <summary>Returns when one more call may be made.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before.</exception>
    public Task TakeAsync(CancellationToken cancellationToken)
    {
        var wait = TimeSpan.FromSeconds(Math.Max(0, -Take() / perSecond));
        return Task.Delay(wait, clock, cancellationToken);
    }

    /// <summary>Takes a token, or one that is still to come: what is left then is below zero.</summary>
    private double Take()
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            var gained = clock.GetElapsedTime(_countedAt, now).TotalSeconds * perSecond;
            _countedAt = now;
            _tokens = Math.Min(burst, _tokens + gained) - 1;
            return _tokens;
        }
    }
}
