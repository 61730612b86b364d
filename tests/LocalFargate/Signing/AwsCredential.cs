using System.Security.Cryptography;

namespace LocalFargate.Signing;

/// <summary>A credential that a server accepts.</summary>
/// <param name="AccessKeyId">The access key id.</param>
/// <param name="SecretAccessKey">The secret that requests are signed with.</param>
public sealed record AwsCredential(string AccessKeyId, string SecretAccessKey)
{
    /// <summary>
    /// The one of this process's servers where none is named, made anew at each start: whoever knows it runs programs as the
    /// user who runs the servers, and other users of this machine reach them too.
    /// </summary>
    public static AwsCredential OfThisProcess { get; } = new(
        $"AKIALOCAL{RandomNumberGenerator.GetHexString(11)}", RandomNumberGenerator.GetHexString(40, lowercase: true));

    /// <summary>
    /// The keys that everybody knows, because other servers like this one take them: they prove nothing, so they are accepted
    /// from processes of the same user alone.
    /// </summary>
    public static AwsCredential WellKnown { get; } = new("test", "test");

    /// <summary>The session token of a temporary credential; null for a long-lived one.</summary>
    public string? SessionToken { get; init; }

    /// <summary>When a temporary credential ends; null means never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Shows no secret.</summary>
    public override string ToString() => AccessKeyId;
}
