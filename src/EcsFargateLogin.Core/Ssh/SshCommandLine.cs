using System.Diagnostics;
using System.Globalization;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Ssh;

/// <summary>Builds ssh's arguments. OpenSSH keeps the first value it meets of an option, so order is rank.</summary>
internal static partial class SshCommandLine
{
    /// <summary>
    /// What ssh logs unless the user says otherwise. Its exit code alone does not tell a lost connection from a remote
    /// program that ended with 255, and "Connection closed by remote host" goes to the terminal; its debug lines tell. At
    /// this level they also tell whether the user has left by an escape character, and what came over a shared connection.
    /// </summary>
    public static SshOption LogLevel { get; } = new("LogLevel", "DEBUG2");

    /// <summary>The arguments of an interactive shell, which has a connection of its own.</summary>
    /// <param name="endpoint">Where to log in.</param>
    /// <param name="options">The user's own options, checked.</param>
    /// <param name="logPath">The file that ssh's own messages go to.</param>
    /// <param name="allocateTerminal">Whether the remote shell gets a terminal.</param>
    /// <param name="command">What runs in the shell's place; null for the login shell.</param>
    public static IReadOnlyList<string> ForShell(
        SshEndpoint endpoint, IEnumerable<SshOption> options, string logPath, bool allocateTerminal, string? command = null) =>
    [
        .. Connection(endpoint, options, logPath),
        allocateTerminal ? "-t" : "-T",
        .. Destination(endpoint),
        .. command is null ? [] : new[] { command },
    ];

    /// <summary>The arguments of a command line that the remote login shell runs, without a terminal.</summary>
    /// <inheritdoc cref="ForShell"/>
    /// <param name="endpoint">Where to log in; with a control path, over the master connection where that is open.</param>
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
    /// The arguments of a master connection, which goes into the background when it is open, and ends by itself when it
    /// was not used for that long.
    /// </summary>
    /// <inheritdoc cref="ForShell"/>
    /// <param name="endpoint">Where to log in, with a control path.</param>
    /// <param name="options"/>
    /// <param name="logPath"/>
    /// <param name="idleLimit">How long it outlives the last program that uses it.</param>
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

    /// <summary>The arguments that end a master connection, and what uses it.</summary>
    public static IReadOnlyList<string> ForExit(string controlPath) =>
        ["-F", "none", .. OptionArguments([new("ControlPath", SshOption.QuotePath(controlPath))]), "-O", "exit", "--", "master"];

    /// <summary>Starts ssh.</summary>
    /// <param name="ssh">Its path.</param>
    /// <param name="arguments">Its arguments, made here.</param>
    /// <param name="keepsSession">Whether it tells the container that somebody means to come back.</param>
    public static ProcessStartInfo Start(string ssh, IEnumerable<string> arguments, bool keepsSession) =>
        WithKeepSession(new ProcessStartInfo(ssh, arguments), keepsSession);

    /// <summary>Starts ssh beside the prompt, with pipes for its input and output.</summary>
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

    /// <summary>The options by which a program of OpenSSH uses the master connection; none without a control path.</summary>
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

    /// <summary>Which server and which key are trusted. The user's options come after and cannot change them.</summary>
    private static IEnumerable<SshOption> TrustOptions(SshEndpoint endpoint) =>
    [
        new("IdentityFile", SshOption.QuotePath(endpoint.KeyPath)),
        new("IdentitiesOnly", "yes"),
        // With IdentitiesOnly the agent is asked for this one key.
        .. endpoint.IsKeyInAgent ? [] : new SshOption[] { new("IdentityAgent", "none") },
        new("PreferredAuthentications", "publickey"),
        new("UserKnownHostsFile", SshOption.QuotePath(endpoint.KnownHostsPath)),
        new("GlobalKnownHostsFile", "none"),
        new("HostKeyAlias", endpoint.HostKeyAlias),
        // A key of another kind than the known one would be a new one to accept-new.
        new("StrictHostKeyChecking", endpoint.HostKeyIsKnown ? "yes" : "accept-new"),
        new("UpdateHostKeys", "no"),
        new("HashKnownHosts", "no"),
        .. endpoint.Proxy is { } proxy ? (SshOption[])[new("ProxyCommand", proxy.Command)] : [],
    ];

    /// <summary>What holds unless the user says otherwise.</summary>
    private static readonly SshOption[] Defaults =
    [
        new("ConnectTimeout", "15"),
        new("ServerAliveInterval", "15"),
        new("ServerAliveCountMax", "4"),
        LogLevel,
        // Adds to what the user sends.
        new("SendEnv", ContainerVariables.KeepSession),
    ];

    private static IEnumerable<string> OptionArguments(IEnumerable<SshOption> options) =>
        options.SelectMany(option => new[] { "-o", option.ToString() });
}
