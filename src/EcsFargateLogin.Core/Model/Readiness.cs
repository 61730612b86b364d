namespace EcsFargateLogin.Model;

/// <summary>What makes a session ready.</summary>
/// <param name="PreferPrivate">Whether it is to be reached at its private address.</param>
/// <param name="CanBeEntered">Whether a way in must be open; otherwise a running task with an address will do.</param>
internal sealed record Readiness(bool PreferPrivate, bool CanBeEntered)
{
    /// <summary>Which way in is meant; null for what the session was started for.</summary>
    public FargateTransport? Transport { get; init; }
}
