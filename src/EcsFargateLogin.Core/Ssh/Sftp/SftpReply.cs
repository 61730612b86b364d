using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace EcsFargateLogin.Ssh.Sftp;

/// <summary>
/// A packet that was received, read field by field. One that is too short is an <see cref="InvalidDataException"/>. Disposing
/// it lets a later one have its memory; that is worth it for what files hold, and nothing is lost otherwise.
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
        // More than any file system has is not believed, so that sizes can be added up.
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
