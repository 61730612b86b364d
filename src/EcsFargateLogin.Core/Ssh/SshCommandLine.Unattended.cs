using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Ssh;

// What runs without a terminal: tunnels and transfers.
internal static partial class SshCommandLine
{
    /// <summary>The arguments of ssh for a tunnel.</summary>
    /// <param name="endpoint">Where to log in.</param>
    /// <param name="options">The user's own options, checked.</param>
    /// <param name="route">From where to where it leads.</param>
    public static IReadOnlyList<string> ForTunnel(SshEndpoint endpoint, IEnumerable<SshOption> options, TunnelRoute route) =>
    [
        .. Unattended(endpoint, options, new SshOption("ExitOnForwardFailure", "yes")),
        .. route.Arguments,
        .. Destination(endpoint),
        TunnelConnection.RemoteCommand,
    ];

    /// <summary>The arguments of ssh for the server's SFTP, whose packets go through its input and output.</summary>
    public static IReadOnlyList<string> ForSftp(SshEndpoint endpoint, IEnumerable<SshOption> options) =>
        [.. Unattended(endpoint, options), "-s", .. Destination(endpoint), "sftp"];

    /// <summary>The arguments of ssh for a program without a terminal.</summary>
    /// <param name="endpoint">Where to log in.</param>
    /// <param name="options">The user's own options, checked.</param>
    /// <param name="command">A constant of this module, which the remote shell reads: nothing of anybody's goes into it.</param>
    public static IReadOnlyList<string> ForProgram(SshEndpoint endpoint, IEnumerable<SshOption> options, string command) =>
        [.. Unattended(endpoint, options), .. Destination(endpoint), command];

    /// <summary>The options for somebody else's command line of ssh, which names the key itself.</summary>
    public static IReadOnlyList<SshOption> ForRemoting(SshEndpoint endpoint) =>
    [
        .. TrustOptions(endpoint).Where(option => !option.IsOf("IdentityFile")),
        .. Defaults.Except([LogLevel]).Where(option => !option.IsOf("SendEnv")),
        // Whoever has these parameters has the session, and logs in with it more than once.
        new("SetEnv", $"{ContainerVariables.KeepSession}=yes"),
    ];

    private static IEnumerable<string> Unattended(
        SshEndpoint endpoint, IEnumerable<SshOption> options, params SshOption[] own) =>
    [
        "-F", "none",
        .. OptionArguments(TrustOptions(endpoint)),
        .. OptionArguments(own),
        .. OptionArguments([new("BatchMode", "yes"), new("RequestTTY", "no"), new("EscapeChar", "none")]),
        .. OptionArguments(options),
        .. OptionArguments([new(LogLevel.Name, "INFO")]),
        .. OptionArguments(Defaults),
    ];
}
