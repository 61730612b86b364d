using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace EcsFargateLogin.Ssh;

/// <summary>The server that ssh connects to, and the files with which client and server authenticate.</summary>
internal sealed record SshEndpoint
{
    public required string Address { get; init; }

    public required int Port { get; init; }

    public required string UserName { get; init; }

    public required string KeyPath { get; init; }

    /// <summary>Whether the user's agent signs with that key; otherwise no agent is used.</summary>
    public bool IsKeyInAgent { get; init; }

    public required string KnownHostsPath { get; init; }

    /// <summary>The proxy; null for a direct connection.</summary>
    public SshProxy? Proxy { get; init; }

    /// <summary>The name of the host key in known_hosts. Unlike an address, it is never reused by another task.</summary>
    public required string HostKeyAlias { get; init; }

    /// <summary>Whether the host key is known. Otherwise ssh records the first one.</summary>
    public required bool HostKeyIsKnown { get; init; }

    /// <summary>The control socket of the session's master connection; null for a separate connection.</summary>
    public string? ControlPath { get; init; }

    /// <summary>Whether the container keeps the session after the last logout.</summary>
    public bool KeepsSession { get; init; }
}

/// <summary>A program that ssh connects through, because the server cannot be reached directly.</summary>
/// <param name="Program">The path of ssh.</param>
/// <param name="Command">The value of ssh's ProxyCommand.</param>
/// <param name="Name">The name for people.</param>
internal sealed partial record SshProxy(string Program, string Command, string Name)
{
    /// <summary>The command for use without a terminal, where no password can be entered.</summary>
    public string QuietCommand { get; private init; } = Command;

    /// <summary>Whether it is a jump host, which others may use as well, and not a command of the user's own.</summary>
    public bool IsJumpHost { get; private init; }

    /// <summary>Creates the proxy that one of two parameters asks for; null when neither was given.</summary>
    /// <param name="jumpHost">The value of -JumpHost.</param>
    /// <param name="proxyCommand">The value of -ProxyCommand.</param>
    /// <param name="findProgram">Finds a program of OpenSSH.</param>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidSshOption"/>.</exception>
    public static SshProxy? FromParameters(string? jumpHost, string? proxyCommand, Func<string, string> findProgram) =>
        (jumpHost, proxyCommand) switch
        {
            (not null, not null) => throw SshErrors.TwoProxies(),
            (not null, _) => ThroughJumpHost(findProgram("ssh"), jumpHost),
            (_, not null) => ThroughCommand(findProgram("ssh"), proxyCommand),
            _ => null,
        };

    /// <summary>
    /// Creates the proxy for a jump host. A separate ssh logs in to it with the user's own configuration, keys and agent, none of
    /// which reach the server behind it.
    /// </summary>
    /// <param name="program">The path of ssh.</param>
    /// <param name="jumpHost">[user@]host[:port]; the host may be an alias of the user's ssh configuration.</param>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidSshOption"/>.</exception>
    public static SshProxy ThroughJumpHost(string program, string jumpHost)
    {
        // ssh passes this command to a shell, so it must not contain characters that are special to a shell or to ssh ('%').
        var match = JumpHost().Match(jumpHost);
        var host = match.Groups["host"].Value;
        if (!match.Success || !IsPort(match.Groups["port"])
            || (match.Groups["ipv6"].Success && !IsIPv6(host = match.Groups["ipv6"].Value)))
        {
            throw SshErrors.JumpHostMalformed(jumpHost);
        }

        var user = match.Groups["user"] is { Success: true, Value: var name } ? $"-l {name} " : "";
        var port = match.Groups["port"] is { Success: true, Value: var number } ? $"-p {number} " : "";
        return new SshProxy(program, CommandWith($"{user}{port}", host), $"the jump host {jumpHost}")
        {
            IsJumpHost = true,
            QuietCommand = CommandWith($"-o BatchMode=yes -o ConnectTimeout=15 {user}{port}", host),
        };
    }

    /// <summary>Creates the proxy for a command of the user, in the syntax of ssh's ProxyCommand.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidSshOption"/>.</exception>
    public static SshProxy ThroughCommand(string program, string command) =>
        string.IsNullOrWhiteSpace(command) || command.Any(char.IsControl)
            ? throw SshErrors.ProxyCommandMalformed(command)
            : new SshProxy(program, command, "-ProxyCommand");

    // The shell finds the program by name on the same PATH; a path might need quotes.
    private static string CommandWith(string options, string host) => OperatingSystem.IsWindows()
        ? $"ssh.exe {options}-W \"[%h]:%p\" -- {host}"
        : $"ssh {options}-W '[%h]:%p' -- {host}";

    private static bool IsPort(Group port) => !port.Success
        || int.Parse(port.Value, NumberStyles.None, CultureInfo.InvariantCulture)
            is >= IPEndPoint.MinPort + 1 and <= IPEndPoint.MaxPort;

    private static bool IsIPv6(string text) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;

    [GeneratedRegex(
        @"\A((?<user>[A-Za-z0-9_][A-Za-z0-9_.-]*)@)?((?<host>[A-Za-z0-9_][A-Za-z0-9_.-]*)|\[(?<ipv6>[0-9A-Fa-f:.]+)\])(:(?<port>[0-9]{1,5}))?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex JumpHost();
}

/// <summary>An option of ssh_config, as <c>ssh -o</c> accepts it.</summary>
internal sealed partial record SshOption(string Name, string Value)
{
    /// <summary>
    /// The options that decide which server and which key a session trusts and where it connects, with all aliases.
    /// </summary>
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "StrictHostKeyChecking", "UserKnownHostsFile", "GlobalKnownHostsFile", "KnownHostsCommand", "HostKeyAlias",
        "UpdateHostKeys", "HashKnownHosts", "VerifyHostKeyDNS", "NoHostAuthenticationForLocalhost", "RevokedHostKeys",
        "CheckHostIP", "IdentityFile", "IdentityFile2", "IdentitiesOnly", "IdentityAgent", "CertificateFile",
        "PKCS11Provider", "SmartcardDevice", "PreferredAuthentications", "HostName", "Port", "User", "Include", "Match",
        "Host", "ControlMaster", "ControlPath", "ControlPersist",
    };

    /// <summary>Parses an option that a user wrote as Name=Value or "Name Value".</summary>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidSshOption"/>.</exception>
    public static SshOption Parse(string text)
    {
        var match = NameAndValue().Match(text);
        if (!match.Success || text.Any(char.IsControl))
        {
            throw SshErrors.SshOptionMalformed(text);
        }

        var name = match.Groups["name"].Value;
        return Reserved.Contains(name)
            ? throw SshErrors.SshOptionReserved(text, name)
            : new SshOption(name, match.Groups["value"].Value);
    }

    /// <summary>Quotes a path for ssh's option parser, with the percent signs doubled that begin ssh's tokens.</summary>
    public static string QuotePath(string path) => $"\"{path
        .Replace("\\", OperatingSystem.IsWindows() ? "/" : "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("%", "%%", StringComparison.Ordinal)}\"";

    /// <summary>Whether it sets that option. Names are not case-sensitive.</summary>
    public bool IsOf(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>The option in the syntax of ssh -o.</summary>
    public override string ToString() => $"{Name}={Value}";

    [GeneratedRegex(@"^\s*(?<name>[A-Za-z][A-Za-z0-9]*)(\s*=\s*|\s+)(?<value>\S.*?)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex NameAndValue();
}
