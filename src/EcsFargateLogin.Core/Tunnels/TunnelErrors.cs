using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Tunnels;

/// <summary>Errors about tunnels.</summary>
internal static class TunnelErrors
{
    internal static FargateException TunnelNotFound(int id) => new(
        FargateError.TunnelNotFound,
        $"There is no tunnel {id} in this PowerShell.",
        "Get-FargateTunnel lists those there are.");

    /// <summary>What the task answers about the tunnel's other end, as a warning.</summary>
    internal static string TargetUnreachable(TunnelRoute route, string why) =>
        $"The tunnel listens at {route.LocalEnd}, but the task cannot reach {route.RemoteEnd}: {why}. "
        + "Check the name and the port, and that the host's security group lets the task in.";
}
