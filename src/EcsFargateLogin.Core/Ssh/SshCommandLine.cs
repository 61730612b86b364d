using System.Diagnostics;
using System.Globalization;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Ssh;

/// <summary>Builds ssh's arguments. OpenSSH uses the first value of an option, so earlier ones take precedence.</summary>
internal static class SshCommandLine
{
    /// <summary>
    /// The default log level. ssh's exit code alone does not distinguish a lost connection from a remote program that ended with
    /// 255, but its debug lines do. At this level they also report escape characters and the exit status over a shared
    /// connection.
    /// </summary>
    public static SshOption LogLevel { get; } = new("LogLevel", "DEBUG2");

    /// <summary>Returns the arguments for an interactive shell, which has a connection of its own.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="options">The user's own options, checked.</param>
    /// <param name="logPath">The file of ssh's log.</param>
    /// <param name="allocateTerminal">Whether the remote shell gets a terminal.</param>
    /// <param name="command">The command that replaces the login shell; null for the login shell.</param>
    public static IReadOnlyList<string> ForShell(
        SshEndpoint endpoint, IEnumerable<SshOption> options, string logPath, bool allocateTerminal, string? command = null) =>
    [
        .. Connection(endpoint, options, logPath),
        allocateTerminal ? "-t" : "-T",
        .. Destination(endpoint),
        .. command is null ? [] : new[] { command },
    ];

    /// <summary>Returns the arguments for a command line that the remote login shell runs without a terminal.</summary>
    /// <inheritdoc cref="ForShell"/>
    /// <param name="endpoint">The endpoint; with a control path, the master connection is used where it is open.</param>
    /// <param name="options"/>
    /// <param name="logPath"/>
    /// <param name="command">The command line.</param>
    public static IReadOnlyList<string> ForCommand(
        SshEndpoint endpoint, IEnumerable<SshOption> options, string logPath, string command) =>
    [
        .. Connection(endpoint, options, logPath),
        .. SharedConnection(endpoint),
        "-T",
        .. Destination(endpoint),
        command,
    ];

    /// <summary>
    /// Returns the arguments for a master connection. It goes into the background when it is open, and ends when it is idle for
    /// too long.
    /// </summary>
    /// <inheritdoc cref="ForShell"/>
    /// <param name="endpoint">The endpoint, with a control path.</param>
    /// <param name="options"/>
    /// <param name="logPath"/>
    /// <param name="idleLimit">The idle time after which it ends.</param>
    public static IReadOnlyList<string> ForMaster(
        SshEndpoint endpoint, IEnumerable<SshOption> options, string logPath, TimeSpan idleLimit) =>
    [
        .. Connection(endpoint, options, logPath),
        .. OptionArguments(
        [
            new("ControlMaster", "yes"),
            new("ControlPath", SshOption.QuotePath(endpoint.ControlPath!)),
            new("ControlPersist", idleLimit.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)),
        ]),
        "-f", "-N", "-T",
        .. Destination(endpoint),
    ];

    /// <summary>Returns the arguments that end a master connection and the programs that use it.</summary>
    public static IReadOnlyList<string> ForExit(string controlPath) =>
        ["-F", "none", .. OptionArguments([new("ControlPath", SshOption.QuotePath(controlPath))]), "-O", "exit", "--", "master"];

    /// <summary>Returns the start information of ssh.</summary>
    /// <param name="ssh">Its path.</param>
    /// <param name="arguments">Its arguments, built by this class.</param>
    /// <param name="keepsSession">Whether the container keeps the session after the last logout.</param>
    public static ProcessStartInfo Start(string ssh, IEnumerable<string> arguments, bool keepsSession) =>
        WithKeepSession(new ProcessStartInfo(ssh, arguments), keepsSession);

    /// <summary>Returns the start information of a background ssh with pipes for input and output.</summary>
    /// <inheritdoc cref="Start"/>
    public static ProcessStartInfo InBackground(string ssh, IEnumerable<string> arguments, bool keepsSession) =>
        WithKeepSession(SshProcess.InBackground(ssh, arguments), keepsSession);

    private static ProcessStartInfo WithKeepSession(ProcessStartInfo start, bool keepsSession)
    {
        start.Environment.Remove(ContainerVariables.KeepSession);
        if (keepsSession)
        {
            start.Environment[ContainerVariables.KeepSession] = "yes";
        }

        return start;
    }

    /// <summary>The options that make a program of OpenSSH use the master connection; none without a control path.</summary>
    public static IReadOnlyList<string> SharedConnection(SshEndpoint endpoint) => endpoint.ControlPath is { } path
        ? [.. OptionArguments([new("ControlMaster", "no"), new("ControlPath", SshOption.QuotePath(path))])]
        : [];

    private static IEnumerable<string> Connection(SshEndpoint endpoint, IEnumerable<SshOption> options, string logPath) =>
    [
        "-F", "none",
        "-E", logPath,
        .. OptionArguments(TrustOptions(endpoint)),
        .. OptionArguments(options),
        .. OptionArguments(Defaults),
    ];

    private static IEnumerable<string> Destination(SshEndpoint endpoint) =>
        ["-p", endpoint.Port.ToString(CultureInfo.InvariantCulture), "-l", endpoint.UserName, "--", endpoint.Address];

    /// <summary>
    /// The options that decide which server and which key are trusted. The user's options come later and cannot change them.
    /// </summary>
    private static IEnumerable<SshOption> TrustOptions(SshEndpoint endpoint) =>
    [
        new("IdentityFile", SshOption.QuotePath(endpoint.KeyPath)),
        new("IdentitiesOnly", "yes"),
        // With IdentitiesOnly ssh asks the agent only for this key.
        .. endpoint.IsKeyInAgent ? [] : new SshOption[] { new("IdentityAgent", "none") },
        new("PreferredAuthentications", "publickey"),
        new("UserKnownHostsFile", SshOption.QuotePath(endpoint.KnownHostsPath)),
        new("GlobalKnownHostsFile", "none"),
        new("HostKeyAlias", endpoint.HostKeyAlias),
        // With accept-new, ssh would accept a key of a type other than the known one.
        new("StrictHostKeyChecking", endpoint.HostKeyIsKnown ? "yes" : "accept-new"),
        new("UpdateHostKeys", "no"),
        new("HashKnownHosts", "no"),
        .. endpoint.Proxy is { } proxy ? (SshOption[])[new("ProxyCommand", proxy.Command)] : [],
    ];

    /// <summary>The default options, which the user's options override.</summary>
    private static readonly SshOption[] Defaults =
    [
        new("ConnectTimeout", "15"),
        new("ServerAliveInterval", "15"),
        new("ServerAliveCountMax", "4"),
        LogLevel,
        // Adds to the user's SendEnv.
        new("SendEnv", ContainerVariables.KeepSession),
    ];

    private static IEnumerable<string> OptionArguments(IEnumerable<SshOption> options) =>
        options.SelectMany(option => new[] { "-o", option.ToString() });

    /// <summary>Returns the arguments for a tunnel.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="options">The user's own options, checked.</param>
    /// <param name="route">The ends of the tunnel.</param>
    public static IReadOnlyList<string> ForTunnel(SshEndpoint endpoint, IEnumerable<SshOption> options, TunnelRoute route) =>
    [
        .. Unattended(endpoint, options, new SshOption("ExitOnForwardFailure", "yes")),
        .. route.Arguments,
        .. Destination(endpoint),
        TunnelConnection.RemoteCommand,
    ];

    /// <summary>
    /// Returns the arguments for an SFTP connection, which uses ssh's input and output; with a control path, over the master connection
    /// where it is open.
    /// </summary>
    public static IReadOnlyList<string> ForSftp(SshEndpoint endpoint, IEnumerable<SshOption> options) =>
        [.. Unattended(endpoint, options), .. SharedConnection(endpoint), "-s", .. Destination(endpoint), "sftp"];

    /// <summary>Returns the arguments for a program without a terminal.</summary>
    /// <param name="endpoint">The endpoint; with a control path, the master connection is used where it is open.</param>
    /// <param name="options">The user's own options, checked.</param>
    /// <param name="command">A constant command for the remote shell. It never contains text from outside.</param>
    public static IReadOnlyList<string> ForProgram(SshEndpoint endpoint, IEnumerable<SshOption> options, string command) =>
        [.. Unattended(endpoint, options), .. SharedConnection(endpoint), .. Destination(endpoint), command];

    /// <summary>Returns the options for an ssh command line of another program, which names the key itself.</summary>
    public static IReadOnlyList<SshOption> ForRemoting(SshEndpoint endpoint) =>
    [
        .. TrustOptions(endpoint).Where(option => !option.IsOf("IdentityFile")),
        .. Defaults.Except([LogLevel]).Where(option => !option.IsOf("SendEnv")),
        // The other program may log in more than once, so the session is kept after a logout.
        new("SetEnv", $"{ContainerVariables.KeepSession}=yes"),
    ];

    /// <summary>Returns the options for a host in a configuration of ssh, from its address to the session's own trust.</summary>
    public static IReadOnlyList<SshOption> ForConfiguration(SshEndpoint endpoint) =>
    [
        new("HostName", endpoint.Address),
        new("Port", endpoint.Port.ToString(CultureInfo.InvariantCulture)),
        new("User", endpoint.UserName),
        new("IdentityFile", SshOption.QuotePath(endpoint.KeyPath)),
        .. ForRemoting(endpoint),
        // Otherwise a proxy that the user's configuration has for all hosts would lead elsewhere.
        .. endpoint.Proxy is null ? (SshOption[])[new("ProxyCommand", "none")] : [],
    ];

    /// <summary>
    /// Returns the same for the configuration of a colleague, who has a key of their own and the host key among their known hosts.
    /// </summary>
    public static IReadOnlyList<SshOption> ForColleague(SshEndpoint endpoint) =>
    [
        .. ForConfiguration(endpoint).Where(option =>
            !option.IsOf("IdentityFile") && !option.IsOf("IdentityAgent") && !option.IsOf("UserKnownHostsFile")),
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
