using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Cmdlets;

/// <summary>The parameters -JumpHost and -ProxyCommand, which several cmdlets have.</summary>
internal static class ProxyParameters
{
    /// <summary>What they stand for; null when neither was given.</summary>
    /// <param name="jumpHost">The value of -JumpHost.</param>
    /// <param name="proxyCommand">The value of -ProxyCommand.</param>
    /// <param name="findProgram">Finds a program of OpenSSH.</param>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidSshOption"/>.</exception>
    public static SshProxy? ToProxy(string? jumpHost, string? proxyCommand, Func<string, string> findProgram) =>
        (jumpHost, proxyCommand) switch
        {
            (not null, not null) => throw SshErrors.TwoProxies(),
            (not null, _) => SshProxy.ThroughJumpHost(findProgram("ssh"), jumpHost),
            (_, not null) => SshProxy.ThroughCommand(findProgram("ssh"), proxyCommand),
            _ => null,
        };
}
