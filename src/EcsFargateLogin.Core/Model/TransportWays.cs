namespace EcsFargateLogin.Model;

/// <summary>Which ways in a transport stands for.</summary>
internal static class TransportWays
{
    /// <summary>Whether its sessions have a key, and an SSH server is expected in their containers.</summary>
    public static bool HasSsh(this FargateTransport transport) => transport != FargateTransport.EcsExec;

    /// <summary>Whether its sessions' tasks are started for ECS Exec.</summary>
    public static bool HasEcsExec(this FargateTransport transport) => transport != FargateTransport.Ssh;
}
