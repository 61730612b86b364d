using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EcsFargateLogin.Ssh;

/// <summary>A public key in the form of known_hosts and authorized_keys: its type, and the key of RFC 4253 in base64.</summary>
internal sealed record PublicKey
{
    /// <summary>Upper bound for the size of a key, in bytes: RSA with 16384 bits needs 2 KB.</summary>
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

    /// <summary>Its type, such as ssh-ed25519.</summary>
    public string Algorithm { get; }

    /// <summary>The key in base64.</summary>
    public string Base64 { get; }

    /// <summary>Its fingerprint, as ssh-keygen -l prints it.</summary>
    public string Fingerprint { get; }

    /// <summary>Whether a word is the type of a key.</summary>
    public static bool IsAlgorithm(string word) => Algorithms.Contains(word);

    /// <summary>Parses a type and a key, with an optional comment; null where the text is not a public key.</summary>
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

    /// <summary>Returns the key of RFC 4253; null where it is none.</summary>
    public static PublicKey? TryParse(ReadOnlySpan<byte> blob)
    {
        foreach (var algorithm in blob.Length <= LongestBlob ? Algorithms : [])
        {
            if (Names(blob, algorithm))
            {
                return new PublicKey(algorithm, blob.ToArray());
            }
        }

        return null;
    }

    /// <summary>The type and the key.</summary>
    public override string ToString() => $"{Algorithm} {Base64}";

    /// <summary>Whether the key begins with its type, followed by data.</summary>
    private static bool Names(ReadOnlySpan<byte> blob, string algorithm)
    {
        const int LengthSize = sizeof(uint);
        return blob.Length > LengthSize + algorithm.Length + LengthSize
            && BinaryPrimitives.ReadUInt32BigEndian(blob) == algorithm.Length
            && blob.Slice(LengthSize, algorithm.Length).SequenceEqual(Encoding.ASCII.GetBytes(algorithm));
    }
}

/// <summary>Creates one-time key pairs with ssh-keygen, which makes the private key readable by its owner alone.</summary>
internal sealed class KeyGenerator(string sshKeygen)
{
    /// <summary>
    /// The time limit. An Ed25519 key takes milliseconds and RSA a second or two, so a longer run means that the program hangs.
    /// </summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Creates a key pair without a passphrase, because it lives only as long as one session.</summary>
    /// <param name="path">The private key's file. It must not exist, and no other file is left beside it.</param>
    /// <param name="type">The key's type.</param>
    /// <param name="comment">The key's comment.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The public key.</returns>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.KeyGenerationFailed"/> or <see cref="FargateError.SshNotFound"/>.
    /// </exception>
    public async Task<PublicKey> GenerateAsync(
        string path, SshKeyType type, string comment, CancellationToken cancellationToken)
    {
        string[] arguments = ["-q", .. KindOf(type), "-N", "", "-C", comment, "-f", path];
        var result = await SshProcess.RunAsync(sshKeygen, arguments, Limit, cancellationToken)
            ?? throw SshErrors.KeyGenerationFailed(sshKeygen, $"it had not ended after {Limit.TotalSeconds:0} s.");
        return result.ExitCode == 0
            ? await ReadPublicKeyAsync(path + ".pub", cancellationToken)
            : throw SshErrors.KeyGenerationFailed(
                sshKeygen,
                $"it ended with exit code {result.ExitCode}{(result.Text.Length > 0 ? $" ({result.Text})" : "")}.");
    }

    private static string[] KindOf(SshKeyType type) => type switch
    {
        SshKeyType.Ecdsa => ["-t", "ecdsa", "-b", "256"],
        SshKeyType.Rsa => ["-t", "rsa", "-b", "3072"],
        _ => ["-t", "ed25519"],
    };

    private async Task<PublicKey> ReadPublicKeyAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var text = (await File.ReadAllTextAsync(path, cancellationToken)).Trim();
            // The file is no longer needed: the container gets the public key through its environment.
            File.Delete(path);
            return PublicKey.TryParse(text)
                ?? throw SshErrors.KeyGenerationFailed(sshKeygen, $"'{path}' holds no public key.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw SshErrors.KeyGenerationFailed(sshKeygen, e.Message, e);
        }
    }
}
