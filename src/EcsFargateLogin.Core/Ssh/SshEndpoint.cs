using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace EcsFargateLogin.Ssh;

/// <summary>What ssh is pointed at, and with what it proves who it is.</summary>
internal sealed record SshEndpoint
{
    public required string Address { get; init; }

    public required int Port { get; init; }

    public required string UserName { get; init; }

    public required string KeyPath { get; init; }

    /// <summary>Whether the user's agent signs with that key; otherwise no agent is asked.</summary>
    public bool IsKeyInAgent { get; init; }

    public required string KnownHostsPath { get; init; }

    /// <summary>The way there; null for the direct one.</summary>
    public SshProxy? Proxy { get; init; }

    /// <summary>The name under which the host key is kept: addresses are used again by other tasks, this is not.</summary>
    public required string HostKeyAlias { get; init; }

    /// <summary>Whether that key is known. Until then the first one is noted.</summary>
    public required bool HostKeyIsKnown { get; init; }

    /// <summary>The control socket of the session's open master connection; null for a connection of one's own.</summary>
    public string? ControlPath { get; init; }

    /// <summary>Whether logins tell the container that the session goes on after the last of them.</summary>
    public bool KeepsSession { get; init; }
}

/// <summary>The way to a server that cannot be reached directly: a program that ssh talks to it through.</summary>
/// <param name="Program">The path of ssh.</param>
/// <param name="Command">What ssh runs, as its ProxyCommand.</param>
/// <param name="Name">What it is called, for people.</param>
internal sealed partial record SshProxy(string Program, string Command, string Name)
{
    /// <summary>The same where nobody can be asked for a password.</summary>
    public string QuietCommand { get; private init; } = Command;

    /// <summary>
    /// A jump host. It is logged in to by an ssh of its own, with the user's own configuration, keys and agent, of which
    /// nothing reaches the server behind it.
    /// </summary>
    /// <param name="program">The path of ssh.</param>
    /// <param name="jumpHost">[user@]host[:port], where host may be one that the user's ssh configuration names.</param>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidSshOption"/>.</exception>
    public static SshProxy ThroughJumpHost(string program, string jumpHost)
    {
        // ssh hands this command to a shell: nothing gets in that means something to one, or to ssh ('%').
        var match = JumpHost().Match(jumpHost);
        var host = match.Groups["host"].Value;
        if (!match.Success || !IsPort(match.Groups["port"]) || (match.Groups["ipv6"].Success && !IsIPv6(host = match.Groups["ipv6"].Value)))
        {
            throw SshErrors.JumpHostMalformed(jumpHost);
        }

        var user = match.Groups["user"] is { Success: true, Value: var name } ? $"-l {name} " : "";
        var port = match.Groups["port"] is { Success: true, Value: var number } ? $"-p {number} " : "";
        return new SshProxy(program, CommandWith($"{user}{port}", host), $"the jump host {jumpHost}")
        {
            QuietCommand = CommandWith($"-o BatchMode=yes -o ConnectTimeout=15 {user}{port}", host),
        };
    }

    /// <summary>A command of the user's own, as ssh's ProxyCommand takes it.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidSshOption"/>.</exception>
    public static SshProxy ThroughCommand(string program, string command) =>
        string.IsNullOrWhiteSpace(command) || command.Any(char.IsControl)
            ? throw SshErrors.ProxyCommandMalformed(command)
            : new SshProxy(program, command, "-ProxyCommand");

    // By its name, as the shell finds it on the same PATH: a path might need quotes.
    private static string CommandWith(string options, string host) => OperatingSystem.IsWindows()
        ? $"ssh.exe {options}-W \"[%h]:%p\" -- {host}"
        : $"ssh {options}-W '[%h]:%p' -- {host}";

    private static bool IsPort(Group port) => !port.Success
        || int.Parse(port.Value, NumberStyles.None, CultureInfo.InvariantCulture) is >= IPEndPoint.MinPort + 1 and <= IPEndPoint.MaxPort;

    private static bool IsIPv6(string text) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;

    [GeneratedRegex(
        @"\A((?<user>[A-Za-z0-9_][A-Za-z0-9_.-]*)@)?((?<host>[A-Za-z0-9_][A-Za-z0-9_.-]*)|\[(?<ipv6>[0-9A-Fa-f:.]+)\])(:(?<port>[0-9]{1,5}))?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex JumpHost();
}

/// <summary>One option of ssh_config, as <c>ssh -o</c> takes it.</summary>
internal sealed partial record SshOption(string Name, string Value)
{
    /// <summary>What decides which server and which key a session trusts, and where it leads, by all its names.</summary>
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "StrictHostKeyChecking", "UserKnownHostsFile", "GlobalKnownHostsFile", "KnownHostsCommand", "HostKeyAlias",
        "UpdateHostKeys", "HashKnownHosts", "VerifyHostKeyDNS", "NoHostAuthenticationForLocalhost", "RevokedHostKeys",
        "CheckHostIP", "IdentityFile", "IdentityFile2", "IdentitiesOnly", "IdentityAgent", "CertificateFile",
        "PKCS11Provider", "SmartcardDevice", "PreferredAuthentications", "HostName", "Port", "User", "Include", "Match",
        "Host", "ControlMaster", "ControlPath", "ControlPersist",
    };

    /// <summary>Reads an option that a user wrote as Name=Value or "Name Value".</summary>
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

    /// <summary>
    /// Writes a path so that ssh reads it as it is: quoted against white space, with the signs doubled that begin
    /// ssh's own substitutions.
    /// </summary>
    public static string QuotePath(string path) => $"\"{path
        .Replace("\\", OperatingSystem.IsWindows() ? "/" : "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("%", "%%", StringComparison.Ordinal)}\"";

    /// <summary>Whether it sets that option; ssh does not tell capitals from small letters.</summary>
    public bool IsOf(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>The option as ssh -o takes it.</summary>
    public override string ToString() => $"{Name}={Value}";

    [GeneratedRegex(@"^\s*(?<name>[A-Za-z][A-Za-z0-9]*)(\s*=\s*|\s+)(?<value>\S.*?)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex NameAndValue();
}
