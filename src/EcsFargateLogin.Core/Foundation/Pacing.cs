namespace EcsFargateLogin.Foundation;

/// <summary>
/// Limits the rate of calls as AWS does (token bucket): a burst at once, then a fixed number per second. Callers are served in
/// order of arrival.
/// </summary>
/// <param name="burst">The size of a burst, 1 or more.</param>
/// <param name="perSecond">The number of calls per second after a burst.</param>
/// <param name="clock">The clock.</param>
internal sealed class TokenBucket(int burst, double perSecond, TimeProvider clock)
{
    private readonly object _lock = new();
    private double _tokens = burst;
    private long _countedAt = clock.GetTimestamp();

    /// <summary>
    /// The pace of RunTask for all launches of this process. RunTask takes 40 calls per second after a burst of 100, but Fargate
    /// starts at most 20 tasks per second and fails the rest.
    /// </summary>
    public static TokenBucket OfLaunches { get; } = new(burst: 100, perSecond: 20, TimeProvider.System);

    /// <summary>The pace of GetLogEvents for this process. AWS allows 25 calls per second for the whole account.</summary>
    public static TokenBucket OfLogReads { get; } = new(burst: 25, perSecond: 15, TimeProvider.System);

    /// <summary>Waits until one more call may be made.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before.</exception>
    public Task TakeAsync(CancellationToken cancellationToken)
    {
        var wait = TimeSpan.FromSeconds(Math.Max(0, -Take() / perSecond));
        return Task.Delay(wait, clock, cancellationToken);
    }

    /// <summary>Takes a token, in advance if necessary: the number that is left is then below zero.</summary>
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

/// <summary>Adds random jitter so that clients do not poll in lockstep.</summary>
internal static class Jitter
{
    /// <summary>Returns the interval, up to a tenth shorter or longer.</summary>
    public static TimeSpan Of(TimeSpan interval) => interval * (0.9 + (0.2 * Random.Shared.NextDouble()));
}

/// <summary>
/// Decides which failed polls a wait tolerates, each after the SDK's own retries: any number of throttled ones, and up to two in
/// a row that failed inside AWS or did not reach it.
/// </summary>
internal sealed class FailureTolerance
{
    private const int LimitInARow = 3;

    private int _inARow;

    /// <summary>Counts a failure and returns whether the wait continues.</summary>
    public bool Tolerates(FargateException failure) => failure.Error switch
    {
        FargateError.Throttled => true,
        FargateError.EndpointUnreachable or FargateError.ServiceFailed => ++_inARow < LimitInARow,
        _ => false,
    };

    /// <summary>Resets the count after a successful poll.</summary>
    public void Reset() => _inARow = 0;
}

/// <summary>Time limits that a caller's cancellation can shorten.</summary>
internal static class TimeLimit
{
    /// <summary>The default time limit of a clean-up.</summary>
    public static readonly TimeSpan OfCleanUp = TimeSpan.FromSeconds(15);

    /// <summary>Starts a time limit.</summary>
    /// <param name="time">The time after which the token is cancelled.</param>
    /// <param name="cancellationToken">Cancels it before.</param>
    public static CancellationTokenSource Begin(TimeSpan time, CancellationToken cancellationToken)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(time);
        return limit;
    }

    /// <summary>
    /// Starts the time limit of a clean-up. Clean-up never uses the token that the user cancelled, because a running task must be
    /// stopped anyway.
    /// </summary>
    /// <param name="giveUp">Cancelled when the user stops waiting.</param>
    public static CancellationTokenSource BeginCleanUp(CancellationToken giveUp) => Begin(OfCleanUp, giveUp);
}
