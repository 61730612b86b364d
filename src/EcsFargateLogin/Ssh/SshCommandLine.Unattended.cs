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
