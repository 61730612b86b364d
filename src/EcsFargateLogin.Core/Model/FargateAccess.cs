using System.Text.Json.Serialization;

namespace EcsFargateLogin;

/// <summary>
/// The access of another public key to one session, until a time: as Grant-FargateAccess returns it, and as the journal keeps it until
/// it is revoked or the session ends.
/// </summary>
public sealed class FargateAccess
{
    [JsonConstructor]
    internal FargateAccess()
    {
    }

    /// <summary>Who has it: the name that was given, or else the comment or the fingerprint of the key.</summary>
    [JsonRequired]
    public string Name { get; init; } = "";

    /// <summary>The fingerprint of the key, as ssh-keygen -l prints it and the server logs it: SHA256:….</summary>
    [JsonRequired]
    public string Fingerprint { get; init; } = "";

    /// <summary>The short id of the session.</summary>
    [JsonRequired]
    public string SessionId { get; init; } = "";

    /// <summary>The time after which the key can no longer log in. Connections that are open then go on.</summary>
    [JsonRequired]
    public DateTimeOffset Until { get; init; }

    /// <summary>What the colleague adds to their configuration of ssh, for ssh with the session's id.</summary>
    public string SshConfig { get; init; } = "";

    /// <summary>The line with the server's host key that the colleague adds to their known_hosts.</summary>
    public string KnownHosts { get; init; } = "";

    /// <summary>The id of the key in file names: the fingerprint's 32 bytes in hexadecimal; null for a text that is no fingerprint.</summary>
    internal static string? KeyIdOf(string fingerprint)
    {
        var bytes = new byte[33];
        return fingerprint.StartsWith(FingerprintPrefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String($"{fingerprint[FingerprintPrefix.Length..]}=", bytes, out var length) && length == 32
            ? Convert.ToHexString(bytes[..length])
            : null;
    }

    private const string FingerprintPrefix = "SHA256:";

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
