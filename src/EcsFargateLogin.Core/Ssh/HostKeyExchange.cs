using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EcsFargateLogin.Ssh;

/// <summary>
/// Asks a server for its version line and its host key, by the first half of a key exchange (RFC 4253, RFC 5656, RFC 8731) on one
/// connection. It keeps no secret and verifies nothing: whether the server has the private half of the key, ssh finds out.
/// </summary>
/// <param name="stream">The connection, on which nothing was sent yet.</param>
internal sealed class HostKeyExchange(Stream stream)
{
    /// <summary>Upper bound for what a server sends before its version line, and for that line, in bytes.</summary>
    private const int LongestPreamble = 8192;

    /// <summary>Upper bound for a packet, in bytes (RFC 4253, 6.1).</summary>
    private const int LongestPacket = 35000;

    /// <summary>The number of packets to read: only those that may be ignored come before the one with the key.</summary>
    private const int MostPackets = 20;

    private const byte KexInit = 20;
    private const byte KexInitiation = 30;
    private const byte KexReply = 31;

    private const string HostKeyAlgorithms = "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"
        + "rsa-sha2-512,rsa-sha2-256";

    private const string Ciphers = "aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com,"
        + "chacha20-poly1305@openssh.com";

    private const string Macs = "hmac-sha2-256,hmac-sha2-512,hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com";

    /// <summary>The methods of key exchange, each with a new public value. FIPS allows the last ones alone.</summary>
    private static readonly (string Name, Func<byte[]> CreateValue)[] Methods =
    [
        // Any 32 bytes are a public value of X25519.
        ("curve25519-sha256", () => RandomNumberGenerator.GetBytes(32)),
        ("curve25519-sha256@libssh.org", () => RandomNumberGenerator.GetBytes(32)),
        ("ecdh-sha2-nistp256", () => PointOn(ECCurve.NamedCurves.nistP256)),
        ("ecdh-sha2-nistp384", () => PointOn(ECCurve.NamedCurves.nistP384)),
        ("ecdh-sha2-nistp521", () => PointOn(ECCurve.NamedCurves.nistP521)),
    ];

    private byte[] _buffer = new byte[LongestPreamble];
    private int _start;
    private int _end;

    /// <summary>Reads the version line; RFC 4253 allows other lines before it.</summary>
    /// <returns>The line; null where the server is no SSH server.</returns>
    /// <exception cref="EndOfStreamException">The server closed the connection without a word.</exception>
    public async Task<string?> ReadVersionAsync(CancellationToken cancellationToken)
    {
        for (var isClosed = false; ;)
        {
            while (TakeLine(isClosed) is { } line)
            {
                if (line.StartsWith("SSH-", StringComparison.Ordinal))
                {
                    return line.TrimEnd('\r');
                }
            }

            if (isClosed || _end == _buffer.Length)
            {
                return null;
            }

            isClosed = await ReadAsync(cancellationToken) == 0;
            if (isClosed && _end == 0)
            {
                throw new EndOfStreamException();
            }
        }
    }

    /// <summary>Reads the host key that the server presents, after its version line.</summary>
    /// <returns>The key; null where the server presents none, or does not take part.</returns>
    public async Task<PublicKey?> ReadKeyAsync(CancellationToken cancellationToken)
    {
        await stream.WriteAsync("SSH-2.0-EcsFargateLogin\r\n"u8.ToArray(), cancellationToken);
        await stream.WriteAsync(PacketOf(CreateKexInit()), cancellationToken);
        for (var i = 0; i < MostPackets; i++)
        {
            switch (await ReadPacketAsync(cancellationToken))
            {
                case [KexInit, .. var rest]:
                    if (ValueFor(rest) is not { } value)
                    {
                        return null;
                    }

                    await stream.WriteAsync(PacketOf([KexInitiation, .. StringOf(value)]), cancellationToken);
                    break;
                case [KexReply, .. var rest]:
                    return TakeString(rest, out _) is { } key ? PublicKey.TryParse(key) : null;
                case null:
                    return null;
            }
        }

        return null;
    }

    /// <summary>Chooses the first method that the server has as well, and creates its public value; null for none.</summary>
    private static byte[]? ValueFor(ReadOnlySpan<byte> kexInit)
    {
        const int CookieLength = 16;
        if (kexInit.Length < CookieLength || TakeString(kexInit[CookieLength..], out _) is not { } names)
        {
            return null;
        }

        var theirs = Encoding.ASCII.GetString(names).Split(',');
        return Array.Find(Methods, method => theirs.Contains(method.Name)).CreateValue?.Invoke();
    }

    private static byte[] CreateKexInit() =>
    [
        KexInit, .. RandomNumberGenerator.GetBytes(16),
        .. StringOf(string.Join(',', Methods.Select(method => method.Name))), .. StringOf(HostKeyAlgorithms),
        .. StringOf(Ciphers), .. StringOf(Ciphers), .. StringOf(Macs), .. StringOf(Macs),
        .. StringOf("none,zlib@openssh.com"), .. StringOf("none,zlib@openssh.com"), .. StringOf(""), .. StringOf(""),
        // No packet was guessed; reserved.
        0, 0, 0, 0, 0,
    ];

    private static byte[] PointOn(ECCurve curve)
    {
        using var key = ECDiffieHellman.Create(curve);
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return [4, .. point.X!, .. point.Y!];
    }

    private static byte[] StringOf(string text) => StringOf(Encoding.ASCII.GetBytes(text));

    private static byte[] StringOf(byte[] content) => [.. NumberOf(content.Length), .. content];

    private static byte[] NumberOf(int number)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }

    /// <summary>Frames a packet: its length, that of the padding, content and padding make a multiple of 8 bytes.</summary>
    private static byte[] PacketOf(byte[] content)
    {
        var padding = 8 - ((content.Length + 5) % 8);
        padding += padding < 4 ? 8 : 0;
        return [.. NumberOf(1 + content.Length + padding), (byte)padding, .. content, .. new byte[padding]];
    }

    private static byte[]? TakeString(ReadOnlySpan<byte> bytes, out int length)
    {
        length = bytes.Length < sizeof(uint) ? -1 : BinaryPrimitives.ReadInt32BigEndian(bytes);
        return length >= 0 && length <= bytes.Length - sizeof(uint) ? bytes.Slice(sizeof(uint), length).ToArray() : null;
    }

    private async Task<byte[]?> ReadPacketAsync(CancellationToken cancellationToken)
    {
        if (!await FillAsync(sizeof(uint) + 1, cancellationToken))
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start));
        var padding = _buffer[_start + sizeof(uint)];
        if (length is <= 1 or > LongestPacket || padding > length - 2 || !await FillAsync(sizeof(uint) + length, cancellationToken))
        {
            return null;
        }

        var content = _buffer.AsSpan(_start + sizeof(uint) + 1, length - 1 - padding).ToArray();
        _start += sizeof(uint) + length;
        return content;
    }

    /// <summary>Reads until so many bytes are there; false where the server closes the connection before.</summary>
    private async Task<bool> FillAsync(int count, CancellationToken cancellationToken)
    {
        if (_start + count > _buffer.Length)
        {
            var rest = _buffer.AsSpan(_start, _end - _start).ToArray();
            (_buffer, _start, _end) = (new byte[Math.Max(count, LongestPreamble)], 0, rest.Length);
            rest.CopyTo(_buffer, 0);
        }

        while (_end - _start < count)
        {
            if (await ReadAsync(cancellationToken) == 0)
            {
                return false;
            }
        }

        return true;
    }

    private async Task<int> ReadAsync(CancellationToken cancellationToken)
    {
        var count = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += count;
        return count;
    }

    /// <summary>Takes a line, without its end; null while its end is missing. The last line of a closed connection needs none.</summary>
    private string? TakeLine(bool isClosed)
    {
        var rest = _buffer.AsSpan(_start, _end - _start);
        var length = rest.IndexOf((byte)'\n');
        if (length < 0 && !(isClosed && rest.Length > 0))
        {
            return null;
        }

        var line = Encoding.Latin1.GetString(length < 0 ? rest : rest[..length]);
        _start += length < 0 ? rest.Length : length + 1;
        return line;
    }
}
