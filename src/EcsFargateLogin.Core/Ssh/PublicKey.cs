using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EcsFargateLogin.Ssh;

/// <summary>A public key as known_hosts and authorized_keys write it: its kind, and RFC 4253's form of it in base64.</summary>
internal sealed record PublicKey
{
    /// <summary>More than any key of use: RSA with 16384 bits takes 2 KB.</summary>
    private const int LongestBlob = 4096;

    private static readonly string[] Algorithms =
    [
        "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa",
        "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
    ];

    private PublicKey(string algorithm, byte[] blob)
    {
        Algorithm = algorithm;
        Base64 = Convert.ToBase64String(blob);
        Fingerprint = $"SHA256:{Convert.ToBase64String(SHA256.HashData(blob)).TrimEnd('=')}";
    }

    /// <summary>Its kind, such as ssh-ed25519.</summary>
    public string Algorithm { get; }

    /// <summary>The key itself.</summary>
    public string Base64 { get; }

    /// <summary>Its fingerprint, as ssh-keygen -l prints it.</summary>
    public string Fingerprint { get; }

    /// <summary>Reads a kind and a key, with or without a comment after them; null where that is no public key.</summary>
    public static PublicKey? TryParse(string text)
    {
        var words = text.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2 || !Algorithms.Contains(words[0]))
        {
            return null;
        }

        var blob = new byte[LongestBlob];
        return Convert.TryFromBase64String(words[1], blob, out var length) && Names(blob.AsSpan(0, length), words[0])
            ? new PublicKey(words[0], blob[..length])
            : null;
    }

    /// <summary>The kind and the key.</summary>
    public override string ToString() => $"{Algorithm} {Base64}";

    /// <summary>Whether the key itself begins with its kind, and holds something after it.</summary>
    private static bool Names(ReadOnlySpan<byte> blob, string algorithm)
    {
        const int LengthSize = sizeof(uint);
        return blob.Length > LengthSize + algorithm.Length + LengthSize
            && BinaryPrimitives.ReadUInt32BigEndian(blob) == algorithm.Length
            && blob.Slice(LengthSize, algorithm.Length).SequenceEqual(Encoding.ASCII.GetBytes(algorithm));
    }
}
