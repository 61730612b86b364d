using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace EcsFargateLogin.Ssh.Sftp;

/// <summary>Writes a packet: its length, type and fields.</summary>
internal sealed class SftpPacket
{
    private const int LengthSize = 4;
    private const int UsualLength = 256;
    private const uint HasSize = 1;
    private const uint HasPermissions = 4;
    private const uint HasTimes = 8;

    private byte[] _bytes;
    private int _count = LengthSize;

    public SftpPacket(SftpType type)
    {
        _bytes = new byte[UsualLength];
        Reserve(1)[0] = (byte)type;
    }

    public SftpPacket Add(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(Reserve(sizeof(uint)), value);
        return this;
    }

    public SftpPacket Add(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(Reserve(sizeof(ulong)), value);
        return this;
    }

    public SftpPacket Add(ReadOnlySpan<byte> bytes)
    {
        Add((uint)bytes.Length);
        bytes.CopyTo(Reserve(bytes.Length));
        return this;
    }

    public SftpPacket Add(string text) => Add(Encoding.UTF8.GetBytes(text));

    public SftpPacket Add(SftpAttributes attributes)
    {
        Add((attributes.Length is null ? 0 : HasSize)
            | (attributes.Mode is null ? 0 : HasPermissions)
            | (attributes.ModifiedAt is null ? 0 : HasTimes));
        if (attributes.Length is { } length)
        {
            Add((ulong)length);
        }

        if (attributes.Mode is { } mode)
        {
            Add(mode);
        }

        // SFTP sends the time of the last access together with that of the last modification.
        return attributes.ModifiedAt is { } time ? Add(time).Add(time) : this;
    }

    /// <summary>Returns the packet without the file content that follows it.</summary>
    /// <param name="dataLength">The length of the file content.</param>
    public ReadOnlySpan<byte> Finish(int dataLength)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_bytes, (uint)(_count - LengthSize + dataLength));
        return _bytes.AsSpan(0, _count);
    }

    private Span<byte> Reserve(int count)
    {
        if (_count + count > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_count + count, 2 * _bytes.Length));
        }

        _count += count;
        return _bytes.AsSpan(_count - count, count);
    }
}

/// <summary>
/// Reads a received packet field by field. A packet that is too short is an <see cref="InvalidDataException"/>. Disposing returns
/// its buffer to the pool, which pays off for file content only and is optional.
/// </summary>
internal sealed class SftpReply(byte[] bytes, int length) : IDisposable
{
    private const uint HasSize = 1;
    private const uint HasOwner = 2;
    private const uint HasPermissions = 4;
    private const uint HasTimes = 8;
    private const uint HasExtensions = 0x80000000;

    private int _position = 1;

    public SftpType Type { get; } = (SftpType)bytes[0];

    public bool IsAtEnd => _position >= length;

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(sizeof(uint)));

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64BigEndian(Take(sizeof(ulong)));

    public ReadOnlyMemory<byte> ReadBytes()
    {
        var count = ReadUInt32();
        var start = _position;
        Take(count);
        return bytes.AsMemory(start, (int)count);
    }

    public string ReadText() => Encoding.UTF8.GetString(ReadBytes().Span);

    public SftpAttributes ReadAttributes()
    {
        var flags = ReadUInt32();
        // Implausible sizes are capped, so that sums of sizes do not overflow.
        long? size = (flags & HasSize) != 0 ? (long)Math.Min(ReadUInt64(), SftpAttributes.LongestFile) : null;
        if ((flags & HasOwner) != 0)
        {
            Take(2 * sizeof(uint));
        }

        uint? mode = (flags & HasPermissions) != 0 ? ReadUInt32() : null;
        uint? modifiedAt = null;
        if ((flags & HasTimes) != 0)
        {
            ReadUInt32();
            modifiedAt = ReadUInt32();
        }

        for (var left = (flags & HasExtensions) != 0 ? ReadUInt32() : 0; left > 0; left--)
        {
            ReadBytes();
            ReadBytes();
        }

        return new SftpAttributes(size, mode, modifiedAt);
    }

    /// <inheritdoc/>
    public void Dispose() => ArrayPool<byte>.Shared.Return(bytes);

    private ReadOnlySpan<byte> Take(uint count)
    {
        if (count > length - _position)
        {
            throw new InvalidDataException("The SFTP server has sent a packet that is too short.");
        }

        _position += (int)count;
        return bytes.AsSpan(_position - (int)count, (int)count);
    }
}

/// <summary>The packet types of SFTP version 3, the draft that OpenSSH implements.</summary>
internal enum SftpType : byte
{
    Init = 1,
    Version = 2,
    Open = 3,
    Close = 4,
    Read = 5,
    Write = 6,
    LStat = 7,
    SetStat = 9,
    FSetStat = 10,
    OpenFolder = 11,
    ReadFolder = 12,
    Remove = 13,
    MakeFolder = 14,
    RealPath = 16,
    Stat = 17,
    Rename = 18,
    Status = 101,
    Handle = 102,
    Data = 103,
    Name = 104,
    Attributes = 105,
    Extended = 200,
    ExtendedReply = 201,
}

/// <summary>The flags for opening a file, by the same draft.</summary>
[Flags]
internal enum SftpOpen : uint
{
    Read = 1,
    Write = 2,
    Create = 8,
    Truncate = 16,

    /// <summary>Together with <see cref="Create"/>: fails where the path exists, even as a link.</summary>
    Exclusive = 32,
}

/// <summary>The attributes of a file in SFTP; null where they are not sent.</summary>
/// <param name="Length">The length in bytes.</param>
/// <param name="Mode">The type and permissions in the encoding of stat(2).</param>
/// <param name="ModifiedAt">The time of the last modification, in seconds since 1970.</param>
internal sealed record SftpAttributes(long? Length, uint? Mode, uint? ModifiedAt)
{
    /// <summary>Upper bound for the size of a file, in bytes.</summary>
    public const ulong LongestFile = 1UL << 53;

    private const uint TypeMask = 0xF000;
    private const uint PermissionMask = 0xFFF;

    public bool IsFolder => (Mode & TypeMask) == 0x4000;

    public bool IsFile => (Mode & TypeMask) == 0x8000;

    public bool IsLink => (Mode & TypeMask) == 0xA000;

    public bool IsDevice => (Mode & TypeMask) is 0x2000 or 0x6000;

    /// <summary>The permissions alone.</summary>
    public uint? Permissions => Mode & PermissionMask;
}

/// <summary>A file in a folder.</summary>
internal sealed record SftpEntry(string Name, SftpAttributes Attributes);
