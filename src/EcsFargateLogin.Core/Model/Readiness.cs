namespace EcsFargateLogin.Model;

/// <summary>The condition for a session to be ready.</summary>
/// <param name="PreferPrivate">Whether it is to be reached at its private address.</param>
/// <param name="CanBeEntered">Whether a way in must be open; otherwise a running task with an address will do.</param>
internal sealed record Readiness(bool PreferPrivate, bool CanBeEntered)
{
    /// <summary>The transport that must answer; null for the one that the session was started with.</summary>
    public FargateTransport? Transport { get; init; }
}

/// <summary>The ways that a transport allows.</summary>
internal static class TransportWays
{
    /// <summary>Whether its sessions have a key, and an SSH server is expected in their containers.</summary>
    public static bool HasSsh(this FargateTransport transport) => transport != FargateTransport.EcsExec;

    /// <summary>Whether its sessions' tasks are started for ECS Exec.</summary>
    public static bool HasEcsExec(this FargateTransport transport) => transport != FargateTransport.Ssh;
}
