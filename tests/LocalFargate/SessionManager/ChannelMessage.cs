using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LocalFargate.SessionManager;

/// <summary>The types of messages on a data channel.</summary>
internal static class MessageTypes
{
    internal const string Input = "input_stream_data";
    internal const string Output = "output_stream_data";
    internal const string Acknowledge = "acknowledge";
    internal const string ChannelClosed = "channel_closed";
    internal const string StartPublication = "start_publication";
    internal const string PausePublication = "pause_publication";
}

/// <summary>The kinds of payload that stream data has.</summary>
internal enum PayloadType
{
    /// <summary>None, as in acknowledgements.</summary>
    None = 0,
    Output = 1,
    Error = 2,
    Size = 3,
    Parameter = 4,
    HandshakeRequest = 5,
    HandshakeResponse = 6,
    HandshakeComplete = 7,
    EncryptionChallengeRequest = 8,
    EncryptionChallengeResponse = 9,
    Flag = 10,
    StandardError = 11,
    ExitCode = 12,
}

/// <summary>The numbers that a payload of type <see cref="PayloadType.Flag"/> holds.</summary>
internal enum ChannelFlag : uint
{
    DisconnectToPort = 1,
    TerminateSession = 2,
    ConnectToPortError = 3,
}

/// <summary>
/// A binary message of a data channel: a header of 116 bytes that does not count the payload's length, and the payload. All
/// numbers are big endian.
/// </summary>
internal sealed record ChannelMessage
{
    private const int HeaderLength = 116;
    private const int ShortHeaderLength = 112;
    private const int TypeLength = 32;
    private const int PayloadLengthOffset = 116;

    internal required string Type { get; init; }

    /// <summary>The place of stream data among that of its sender; 0 for other messages.</summary>
    internal long Sequence { get; init; }

    /// <summary>1 begins a stream, 2 ends it.</summary>
    internal ulong Flags { get; init; }

    internal Guid Id { get; init; } = Guid.NewGuid();

    /// <summary>Milliseconds since 1970.</summary>
    internal long CreatedAt { get; init; } = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    internal PayloadType PayloadType { get; init; }

    internal ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Whether the gateway makes it itself: it pads the type with zeros, and gives channel_closed no payload type.</summary>
    internal bool IsOfGateway { get; init; }

    /// <summary>The place of a byte that changes on the way, counted round; null where none does.</summary>
    internal int? FlippedByte { get; init; }

    internal byte[] Write()
    {
        var headerLength = IsOfGateway && Type == MessageTypes.ChannelClosed ? ShortHeaderLength : HeaderLength;
        var frame = new byte[headerLength + 4 + Payload.Length];
        var header = frame.AsSpan();
        BinaryPrimitives.WriteInt32BigEndian(header, headerLength);
        header.Slice(4, TypeLength).Fill(IsOfGateway ? (byte)0 : (byte)' ');
        Encoding.ASCII.GetBytes(Type, header[4..]);
        BinaryPrimitives.WriteInt32BigEndian(header[36..], 1);
        BinaryPrimitives.WriteInt64BigEndian(header[40..], CreatedAt);
        BinaryPrimitives.WriteInt64BigEndian(header[48..], Sequence);
        BinaryPrimitives.WriteUInt64BigEndian(header[56..], Flags);
        WriteId(Id, header[64..80]);
        SHA256.HashData(Payload.Span, header[80..112]);
        if (headerLength == HeaderLength)
        {
            BinaryPrimitives.WriteInt32BigEndian(header[112..], (int)PayloadType);
        }

        BinaryPrimitives.WriteInt32BigEndian(header[headerLength..], Payload.Length);
        Payload.Span.CopyTo(header[(headerLength + 4)..]);
        if (FlippedByte is { } at)
        {
            header[at % header.Length] ^= 0x20;
        }

        return frame;
    }

    /// <summary>Reads a message of a client, as strictly as its description allows.</summary>
    /// <exception cref="FormatException">It is not what the protocol asks for.</exception>
    internal static ChannelMessage Read(ReadOnlySpan<byte> frame)
    {
        Require(frame.Length >= HeaderLength + 4, $"The message has {frame.Length} bytes, which is less than a header.");
        var headerLength = BinaryPrimitives.ReadInt32BigEndian(frame);
        Require(headerLength == HeaderLength, $"HeaderLength is {headerLength} and not {HeaderLength}.");
        var payloadLength = BinaryPrimitives.ReadInt32BigEndian(frame[PayloadLengthOffset..]);
        var payload = frame[(HeaderLength + 4)..];
        Require(payloadLength == payload.Length, $"PayloadLength is {payloadLength}, and {payload.Length} bytes follow.");
        Require(BinaryPrimitives.ReadInt32BigEndian(frame[36..]) == 1, "SchemaVersion is not 1.");
        Require(
            payload.Length == 0 || frame[80..112].SequenceEqual(SHA256.HashData(payload)), "The digest is not that of the payload.");
        var message = new ChannelMessage
        {
            Type = Encoding.ASCII.GetString(frame.Slice(4, TypeLength)).Trim(' ', '\0'),
            CreatedAt = BinaryPrimitives.ReadInt64BigEndian(frame[40..]),
            Sequence = BinaryPrimitives.ReadInt64BigEndian(frame[48..]),
            Flags = BinaryPrimitives.ReadUInt64BigEndian(frame[56..]),
            Id = ReadId(frame[64..80]),
            PayloadType = (PayloadType)BinaryPrimitives.ReadInt32BigEndian(frame[112..]),
            Payload = payload.ToArray(),
        };
        Require(message.CreatedAt > 0, "CreatedDate is 0.");
        Require(message.Sequence >= 0, "SequenceNumber is below 0.");
        Require(message.Id != Guid.Empty, "MessageId is empty.");
        return message;
    }

    /// <summary>An UUID is written in two halves, the low one first.</summary>
    private static void WriteId(Guid id, Span<byte> target)
    {
        Span<byte> octets = stackalloc byte[16];
        id.TryWriteBytes(octets, bigEndian: true, out _);
        octets[8..].CopyTo(target);
        octets[..8].CopyTo(target[8..]);
    }

    private static Guid ReadId(ReadOnlySpan<byte> source)
    {
        Span<byte> octets = stackalloc byte[16];
        source[8..].CopyTo(octets);
        source[..8].CopyTo(octets[8..]);
        return new Guid(octets, bigEndian: true);
    }

    private static void Require(bool condition, string problem)
    {
        if (!condition)
        {
            throw new FormatException(problem);
        }
    }
}
