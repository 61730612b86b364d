using System.Buffers.Binary;
using System.Text;

namespace EcsFargateLogin.Ssh.Sftp;

/// <summary>A packet that is being written: its length, its type and its fields.</summary>
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

        // The time of the last access goes with that of the last modification.
        return attributes.ModifiedAt is { } time ? Add(time).Add(time) : this;
    }

    /// <summary>The packet but for the content of a file, which follows it.</summary>
    /// <param name="dataLength">The length of that.</param>
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
