using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Ssh;

/// <summary>
/// A public key as its owner has handed it over: one line with type, key and comment. It is rebuilt from its bytes, so that nothing
/// else of the text reaches a container.
/// </summary>
/// <param name="Key">The key.</param>
/// <param name="Comment">Its comment, without control characters; often a name and a machine. Empty for none.</param>
internal sealed record GivenKey(PublicKey Key, string Comment)
{
    /// <summary>Upper bound for the text: RSA with 16384 bits needs 3 KB.</summary>
    private const int LongestText = 16 * 1024;

    private const int LongestComment = 64;
    private const int SmallestRsa = 2048;

    /// <summary>Reads the file of a public key.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidAccess"/>.</exception>
    public static GivenKey Read(string path)
    {
        if (!UnixFileStatus.IsFile(path))
        {
            throw KeyErrors.NoKeyToGrant(path, File.Exists(path) || Directory.Exists(path) ? "it is no file" : "there is no such file");
        }

        try
        {
            using StreamReader reader = new(SharedFile.Open(path));
            var text = new char[LongestText + 1];
            return Parse(new string(text, 0, reader.ReadBlock(text)), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw KeyErrors.NoKeyToGrant(path, ErrorText.ReasonOf(e));
        }
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text. No error repeats it: somebody may have mistaken a private key for the public one.</param>
    /// <param name="source">The parameter or file that it comes from.</param>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidAccess"/>.</exception>
    public static GivenKey Parse(string text, string source)
    {
        var line = text.Trim();
        var words = line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        var key = PublicKey.TryParse(line);
        var fault =
            text.Length > LongestText ? "it is too long for a public key"
            : line.Contains("PRIVATE KEY", StringComparison.Ordinal) || line.StartsWith("PuTTY-User-Key-File", StringComparison.Ordinal)
                ? "it is a private key, which its owner must not hand over"
            : line.Any(char.IsControl) ? "it has more than one line, or a control character"
            : words is [] ? "it is empty"
            : words[0].Contains("-cert-v01@", StringComparison.Ordinal) ? "it is a certificate"
            : words[0] == "ssh-dss" ? "it is a DSA key, which OpenSSH does not use any more"
            : !PublicKey.IsAlgorithm(words[0]) ? "it does not begin with the type of a key, such as ssh-ed25519"
            : key is null ? "what follows its type is not a key of that type"
            : FaultOf(key);
        return fault is null
            ? new GivenKey(key!, words is [_, _, var comment] ? Shorten(TerminalText.OneLine(comment)) : "")
            : throw KeyErrors.NoKeyToGrant(source, fault);
    }

    private static string Shorten(string comment) => comment.Length > LongestComment ? comment[..LongestComment] : comment;

    /// <summary>Why a key is no complete one of its type, or too weak; null where it is neither.</summary>
    private static string? FaultOf(PublicKey key)
    {
        var parts = PartsOf(Convert.FromBase64String(key.Base64));
        return (key.Algorithm, parts) switch
        {
            ("ssh-rsa", [_, { Length: > 0 }, var modulus]) => new BigInteger(modulus, isBigEndian: true).GetBitLength() < SmallestRsa
                ? $"it is an RSA key with less than {SmallestRsa} bits"
                : null,
            ("ssh-ed25519", [_, { Length: 32 }]) or ("sk-ssh-ed25519@openssh.com", [_, { Length: 32 }, { Length: > 0 }]) => null,
            (var type, [_, var curve, { Length: > 0 } point, ..]) when type.Contains(Encoding.ASCII.GetString(curve), StringComparison.Ordinal)
                && parts.Count == (type.StartsWith("sk-", StringComparison.Ordinal) ? 4 : 3)
                && point.Length == PointLengthOf(curve) => null,
            _ => "it is cut off or damaged",
        };
    }

    private static int PointLengthOf(byte[] curve) => Encoding.ASCII.GetString(curve) switch
    {
        "nistp256" => 65,
        "nistp384" => 97,
        "nistp521" => 133,
        _ => -1,
    };

    /// <summary>The parts of a key, each behind its length; none where they do not fill it.</summary>
    private static List<byte[]> PartsOf(ReadOnlySpan<byte> blob)
    {
        List<byte[]> parts = [];
        while (blob.Length >= sizeof(uint))
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(blob);
            blob = blob[sizeof(uint)..];
            if (length > blob.Length)
            {
                return [];
            }

            parts.Add(blob[..(int)length].ToArray());
            blob = blob[(int)length..];
        }

        return blob.IsEmpty ? parts : [];
    }
}
