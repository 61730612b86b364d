using EcsFargateLogin.Ssh;

namespace EcsFargateLogin;

// Errors about tunnels.
internal static partial class FargateErrors
{
    internal static FargateException LocalPortUnavailable(TunnelRoute route, string why, Exception? cause = null) => new(
        FargateError.LocalPortUnavailable,
        $"The tunnel cannot listen at {route.LocalEnd}: {why.TrimEnd('.')}.",
        "Name another port with -LocalPort, or leave it out, so that a free one is taken; -BindAddress takes an address of this machine.",
        cause)
    { Target = route.LocalEnd };

    internal static FargateException TunnelNotFound(int id) => new(
        FargateError.TunnelNotFound,
        $"There is no tunnel {id} in this PowerShell.",
        "Get-FargateTunnel lists those there are.");

    /// <summary>What the task answers about the tunnel's other end, as a warning.</summary>
    internal static string TargetUnreachable(TunnelRoute route, string why) =>
        $"The tunnel listens at {route.LocalEnd}, but the task cannot reach {route.RemoteEnd}: {why}. "
        + "Check the name and the port, and that the host's security group lets the task in.";
}
