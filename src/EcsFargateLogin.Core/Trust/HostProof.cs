using System.Security.Cryptography;
using System.Text;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Trust;

/// <summary>
/// Checks the proof in a server's version line: the first half of an HMAC-SHA256 of its host key and the session's nonce, by a secret
/// that the session's task alone was given. So it is of this session, this key and this type of key, or it does not fit.
/// </summary>
internal static class HostProof
{
    /// <summary>The length of a secret, in hexadecimal digits.</summary>
    private const int KeyLength = 64;

    /// <summary>The length of a proof, in hexadecimal digits.</summary>
    private const int Length = 32;

    /// <summary>Returns the check whether a version line has a proof that the session can verify.</summary>
    public static Func<string, bool> FinderFor(FargateSession session)
    {
        var hasKey = KeyOf(session) is not null;
        return version => hasKey && Find(version) is not null;
    }

    /// <summary>Returns the file in which a probe through a proxy keeps the host key for a moment; null where it needs none.</summary>
    public static string? ProbeFileFor(FargateSession session) =>
        KeyOf(session) is null ? null : Path.Combine(session.Folder!, $"probe-{Path.GetRandomFileName()}");

    /// <summary>Returns the host key that a server has proven to be that of the session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="answer">The server's answer.</param>
    /// <returns>The key; null where the server gives no proof, or the session cannot verify any: then its log decides.</returns>
    /// <exception cref="FargateException"><see cref="FargateError.HostKeyMismatch"/>: the proof does not fit.</exception>
    public static PublicKey? ProvenKey(FargateSession session, ServerAnswer answer) =>
        Find(answer.Version) is not { } proof || answer.Key is not { } key || KeyOf(session) is not { } secret
            || session.Record.LogTag is not { } tag ? null
        : CryptographicOperations.FixedTimeEquals(Compute(secret, key, tag), Convert.FromHexString(proof)) ? key
        : throw HostKeyErrors.ProofMismatch(session, key.Fingerprint);

    /// <summary>Computes the proof that start-sshd.sh gives.</summary>
    /// <param name="secret">The session's secret.</param>
    /// <param name="key">The host key.</param>
    /// <param name="tag">The session's tag, as <see cref="ContainerContract.LogTagOf"/> returns it.</param>
    public static byte[] Compute(byte[] secret, PublicKey key, string tag) => HMACSHA256.HashData(
        secret, Encoding.ASCII.GetBytes(ContainerContract.ProvenTextOf(key, tag)))[..(Length / 2)];

    /// <summary>
    /// Returns the proof at the end of a version line; null where there is none. One of another form is of another version of
    /// the script, which this one cannot verify.
    /// </summary>
    private static string? Find(string version)
    {
        var start = version.LastIndexOf(ContainerContract.ProofPrefix, StringComparison.Ordinal);
        var proof = start < 0 ? "" : version[(start + ContainerContract.ProofPrefix.Length)..];
        return proof.Length == Length && proof.All(char.IsAsciiHexDigit) ? proof : null;
    }

    /// <summary>Reads the session's secret; null where it has none, as those of others and of earlier versions.</summary>
    private static byte[]? KeyOf(FargateSession session)
    {
        try
        {
            if (session.ProofKeyPath is not { } path || !File.Exists(path))
            {
                return null;
            }

            using StreamReader file = new(SharedFile.Open(path));
            var text = new char[KeyLength + 1];
            return file.ReadBlock(text) == KeyLength && text[..KeyLength].All(char.IsAsciiHexDigit)
                ? Convert.FromHexString(text.AsSpan(0, KeyLength))
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
