namespace EcsFargateLogin.Tests.SessionManager;

/// <summary>A clock that goes only when a test says so. It has no timers.</summary>
internal sealed class ManualClock : TimeProvider
{
    private TimeSpan _now = TimeSpan.FromHours(1);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now.Ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + _now;

    public void Advance(double milliseconds) => _now += TimeSpan.FromMilliseconds(milliseconds);
}
