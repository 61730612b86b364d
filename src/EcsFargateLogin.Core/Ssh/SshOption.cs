using System.Text.RegularExpressions;

namespace EcsFargateLogin.Ssh;

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
