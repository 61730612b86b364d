using System.Globalization;

namespace EcsFargateLogin.Ssh;

/// <summary>Builds ssh's arguments. OpenSSH keeps the first value it meets of an option, so order is rank.</summary>
internal static class SshCommandLine
{
    /// <summary>
    /// What ssh logs unless the user says otherwise. Its exit code alone does not tell a lost connection from a remote
    /// program that ended with 255, and "Connection closed by remote host" goes to the terminal; its debug lines tell.
    /// </summary>
    public static SshOption LogLevel { get; } = new("LogLevel", "DEBUG1");

    /// <summary>The arguments of an interactive shell.</summary>
    /// <param name="endpoint">Where to log in.</param>
    /// <param name="options">The user's own options, checked.</param>
    /// <param name="logPath">The file that ssh's own messages go to.</param>
    /// <param name="allocateTerminal">Whether the remote shell gets a terminal.</param>
    public static IReadOnlyList<string> ForShell(
        SshEndpoint endpoint, IEnumerable<SshOption> options, string logPath, bool allocateTerminal) =>
    [
        "-F", "none",
        "-E", logPath,
        .. OptionArguments(TrustOptions(endpoint)),
        .. OptionArguments(options),
        .. OptionArguments(Defaults),
        allocateTerminal ? "-t" : "-T",
        "-p", endpoint.Port.ToString(CultureInfo.InvariantCulture),
        "-l", endpoint.UserName,
        "--", endpoint.Address,
    ];

    /// <summary>Which server and which key are trusted. The user's options come after and cannot change them.</summary>
    private static IEnumerable<SshOption> TrustOptions(SshEndpoint endpoint) =>
    [
        new("IdentityFile", SshOption.QuotePath(endpoint.KeyPath)),
        new("IdentitiesOnly", "yes"),
        new("IdentityAgent", "none"),
        new("PreferredAuthentications", "publickey"),
        new("UserKnownHostsFile", SshOption.QuotePath(endpoint.KnownHostsPath)),
        new("GlobalKnownHostsFile", "none"),
        new("HostKeyAlias", endpoint.HostKeyAlias),
        new("StrictHostKeyChecking", "accept-new"),
        new("UpdateHostKeys", "no"),
        .. endpoint.Proxy is { } proxy ? (SshOption[])[new("ProxyCommand", proxy.Command)] : [],
    ];

    /// <summary>What holds unless the user says otherwise.</summary>
    private static readonly SshOption[] Defaults =
    [
        new("ConnectTimeout", "15"),
        new("ServerAliveInterval", "15"),
        new("ServerAliveCountMax", "4"),
        LogLevel,
    ];

    private static IEnumerable<string> OptionArguments(IEnumerable<SshOption> options) =>
        options.SelectMany(option => new[] { "-o", option.ToString() });
}
