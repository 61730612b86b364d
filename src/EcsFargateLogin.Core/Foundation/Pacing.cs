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

/// <summary>Keeps many machines from asking in step.</summary>
internal static class Jitter
{
    /// <summary>The interval, up to a tenth shorter or longer.</summary>
    public static TimeSpan Of(TimeSpan interval) => interval * (0.9 + (0.2 * Random.Shared.NextDouble()));
}

/// <summary>
/// Which failures of looks at AWS, each after the SDK's own retries, a wait outlasts: throttling always, and an AWS that
/// cannot be reached or fails twice in a row.
/// </summary>
internal sealed class FailureTolerance
{
    private const int LimitInARow = 3;

    private int _inARow;

    /// <summary>Counts a failure, and tells whether the wait goes on.</summary>
    public bool Tolerates(FargateException failure) => failure.Error switch
    {
        FargateError.Throttled => true,
        FargateError.EndpointUnreachable or FargateError.ServiceFailed => ++_inARow < LimitInARow,
        _ => false,
    };

    /// <summary>Takes over that AWS has answered again.</summary>
    public void Reset() => _inARow = 0;
}

/// <summary>
/// How long cleaning up may wait for AWS. It never hangs on the token that the user cancelled: what runs must be stopped
/// all the same.
/// </summary>
internal static class CleanUpLimit
{
    /// <summary>The limit: what AWS has not answered by then, it will not answer while somebody waits.</summary>
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(15);

    /// <summary>Begins a clean-up.</summary>
    /// <param name="giveUp">Ends it earlier: the user waits no longer.</param>
    public static CancellationTokenSource Begin(CancellationToken giveUp) => Begin(Time, giveUp);

    /// <inheritdoc cref="Begin(CancellationToken)"/>
    public static CancellationTokenSource Begin(TimeSpan time, CancellationToken giveUp)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(giveUp);
        limit.CancelAfter(time);
        return limit;
    }
}
