namespace EcsFargateLogin.Foundation;

/// <summary>Keeps many machines from asking in step.</summary>
internal static class Jitter
{
    /// <summary>The interval, up to a tenth shorter or longer.</summary>
    public static TimeSpan Of(TimeSpan interval) => interval * (0.9 + (0.2 * Random.Shared.NextDouble()));
}
