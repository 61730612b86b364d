using System.Diagnostics;

namespace LocalFargate.SessionManager;

/// <summary>
/// Spaces out messages by the clock: the timers of .NET are too coarse for a millisecond, so that one that came too late is made
/// good by the next ones.
/// </summary>
/// <param name="interval">The time from one message to the next; zero for no pause.</param>
internal sealed class Pace(TimeSpan interval)
{
    private static readonly TimeSpan _finest = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan _mostMadeGood = TimeSpan.FromMilliseconds(20);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _due;

    internal ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (interval <= TimeSpan.Zero)
        {
            return ValueTask.CompletedTask;
        }

        var now = _clock.Elapsed;
        var earliest = now - _mostMadeGood;
        _due = (_due > earliest ? _due : earliest) + interval;
        return _due - now > _finest ? new ValueTask(Task.Delay(_due - now, cancellationToken)) : ValueTask.CompletedTask;
    }
}

/// <summary>The time after which a message is sent again, from the round trips of those before.</summary>
internal sealed class RoundTrips
{
    private static readonly TimeSpan _max = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _leastVariation = TimeSpan.FromMilliseconds(10);

    private TimeSpan _mean = TimeSpan.FromMilliseconds(100);
    private TimeSpan _variation;

    internal TimeSpan Timeout { get; private set; } = TimeSpan.FromMilliseconds(200);

    internal void Add(TimeSpan roundTrip)
    {
        _variation = (_variation * 0.75) + ((_mean - roundTrip).Duration() * 0.25);
        _mean = (_mean * 0.875) + (roundTrip * 0.125);
        var variation = _variation * 4;
        var timeout = _mean + (variation > _leastVariation ? variation : _leastVariation);
        Timeout = timeout < _max ? timeout : _max;
    }
}
