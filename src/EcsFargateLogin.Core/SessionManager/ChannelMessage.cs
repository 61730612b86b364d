using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Unicode;

namespace EcsFargateLogin.SessionManager;

/// <summary>The types of messages of a data channel that a client meets.</summary>
internal enum MessageType
{
    /// <summary>A type that this client does not know, which it ignores.</summary>
    Unknown,

    /// <summary>Data from the client to the agent; numbered.</summary>
    InputStreamData,

    /// <summary>Data from the agent to the client; numbered.</summary>
    OutputStreamData,

    /// <summary>The receipt of a numbered message.</summary>
    Acknowledge,

    /// <summary>The end of the session, from the message gateway.</summary>
    ChannelClosed,

    /// <summary>The other side listens again.</summary>
    StartPublication,

    /// <summary>The other side does not listen for a while.</summary>
    PausePublication,
}

/// <summary>What the payload of a numbered message is.</summary>
internal enum PayloadType
{
    None = 0,
    Output = 1,
    Error = 2,
    Size = 3,
    Parameter = 4,
    HandshakeRequest = 5,
    HandshakeResponse = 6,
    HandshakeComplete = 7,
    ChallengeRequest = 8,
    ChallengeResponse = 9,
    Flag = 10,
    StandardError = 11,
    ExitCode = 12,
}

/// <summary>The values of a payload of type <see cref="PayloadType.Flag"/>.</summary>
internal enum ChannelFlag
{
    DisconnectToPort = 1,
    TerminateSession = 2,
    ConnectToPortError = 3,
}

/// <summary>
/// A message of a data channel: a header of fixed size with big-endian numbers, and a payload (aws/session-manager-plugin,
/// message/clientmessage.go).
/// </summary>
/// <param name="Type">The type of the message.</param>
/// <param name="Number">The sequence number.</param>
/// <param name="Id">The id.</param>
/// <param name="PayloadType">What the payload is.</param>
/// <param name="Payload">The payload, valid as long as the frame is.</param>
internal readonly record struct ChannelMessage(
    MessageType Type, long Number, Guid Id, PayloadType PayloadType, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The bytes before the payload in messages that this client writes.</summary>
    public const int HeaderSize = PayloadLengthOffset + sizeof(int);

    private const int TypeOffset = 4;
    private const int TypeSize = 32;
    private const int VersionOffset = 36;
    private const int DateOffset = 40;
    private const int NumberOffset = 48;
    private const int FlagsOffset = 56;
    private const int IdOffset = 64;
    private const int IdSize = 16;
    private const int DigestOffset = 80;
    private const int PayloadTypeOffset = 112;
    private const int PayloadLengthOffset = 116;

    /// <summary>The flags of acknowledgements: first and last message of a stream.</summary>
    private const long Whole = 3;

    private static readonly (string Name, MessageType Type)[] Names =
    [
        ("output_stream_data", MessageType.OutputStreamData),
        ("acknowledge", MessageType.Acknowledge),
        ("input_stream_data", MessageType.InputStreamData),
        ("channel_closed", MessageType.ChannelClosed),
        ("start_publication", MessageType.StartPublication),
        ("pause_publication", MessageType.PausePublication),
    ];

    /// <summary>Reads a message. Its lengths are checked, and its digest, but for channel_closed, which has none that is right.</summary>
    /// <returns>False where the frame is no whole message.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> frame, out ChannelMessage message)
    {
        message = default;
        var bytes = frame.Span;
        if (bytes.Length < PayloadTypeOffset + sizeof(int))
        {
            return false;
        }

        // The length of the payload stands right behind the header, which does not have a payload type in channel_closed.
        var headerLength = BinaryPrimitives.ReadInt32BigEndian(bytes);
        if (headerLength < PayloadTypeOffset || headerLength > bytes.Length - sizeof(int))
        {
            return false;
        }

        var type = TypeOf(bytes.Slice(TypeOffset, TypeSize));
        var length = BinaryPrimitives.ReadInt32BigEndian(bytes[headerLength..]);
        var rest = frame[(headerLength + sizeof(int))..];
        if (type == MessageType.ChannelClosed)
        {
            length = length > 0 && length < rest.Length ? length : rest.Length;
        }
        else if (length < 0 || length > rest.Length || !HasDigest(bytes.Slice(DigestOffset, SHA256.HashSizeInBytes), rest.Span[..length]))
        {
            return false;
        }

        message = new ChannelMessage(
            type,
            BinaryPrimitives.ReadInt64BigEndian(bytes[NumberOffset..]),
            ReadId(bytes.Slice(IdOffset, IdSize)),
            headerLength >= PayloadLengthOffset ? (PayloadType)BinaryPrimitives.ReadInt32BigEndian(bytes[PayloadTypeOffset..]) : 0,
            rest[..length]);
        return true;
    }

    /// <summary>Writes a message.</summary>
    /// <param name="target">The place for header and payload; the payload stands there already.</param>
    /// <param name="header">The message; its payload's length alone counts.</param>
    /// <param name="date">When it was made.</param>
    /// <returns>The length of the message.</returns>
    public static int WriteHeader(Span<byte> target, in ChannelMessage header, DateTimeOffset date)
    {
        var length = header.Payload.Length;
        BinaryPrimitives.WriteInt32BigEndian(target, PayloadLengthOffset);
        target.Slice(TypeOffset, TypeSize).Fill((byte)' ');
        System.Text.Encoding.ASCII.GetBytes(NameOf(header.Type), target[TypeOffset..]);
        BinaryPrimitives.WriteInt32BigEndian(target[VersionOffset..], 1);
        BinaryPrimitives.WriteInt64BigEndian(target[DateOffset..], date.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt64BigEndian(target[NumberOffset..], header.Number);
        BinaryPrimitives.WriteInt64BigEndian(target[FlagsOffset..], header.Type == MessageType.Acknowledge ? Whole : 0);
        WriteId(target.Slice(IdOffset, IdSize), header.Id);
        SHA256.HashData(target.Slice(HeaderSize, length), target.Slice(DigestOffset, SHA256.HashSizeInBytes));
        BinaryPrimitives.WriteInt32BigEndian(target[PayloadTypeOffset..], (int)header.PayloadType);
        BinaryPrimitives.WriteInt32BigEndian(target[PayloadLengthOffset..], length);
        return HeaderSize + length;
    }

    private static bool HasDigest(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> payload)
    {
        Span<byte> found = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(payload, found);
        // AWS's own client does not check the digest of no payload either.
        return payload.IsEmpty || found.SequenceEqual(digest);
    }

    private static MessageType TypeOf(ReadOnlySpan<byte> field)
    {
        var name = field.TrimEnd("\0 "u8);
        foreach (var (text, type) in Names)
        {
            if (System.Text.Ascii.Equals(name, text))
            {
                return type;
            }
        }

        return MessageType.Unknown;
    }

    /// <summary>The name of a type on the wire.</summary>
    public static string NameOf(MessageType type)
    {
        foreach (var (text, each) in Names)
        {
            if (each == type)
            {
                return text;
            }
        }

        return "";
    }

    /// <summary>Reads an id. Its halves are swapped: the low 8 bytes come first.</summary>
    private static Guid ReadId(ReadOnlySpan<byte> field)
    {
        Span<byte> bytes = stackalloc byte[IdSize];
        field[(IdSize / 2)..].CopyTo(bytes);
        field[..(IdSize / 2)].CopyTo(bytes[(IdSize / 2)..]);
        return new Guid(bytes, bigEndian: true);
    }

    private static void WriteId(Span<byte> field, Guid id)
    {
        Span<byte> bytes = stackalloc byte[IdSize];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        bytes[(IdSize / 2)..].CopyTo(field);
        bytes[..(IdSize / 2)].CopyTo(field[(IdSize / 2)..]);
    }
}

/// <summary>The receipt of a numbered message.</summary>
/// <param name="Type">The type of the message.</param>
/// <param name="Id">Its id.</param>
/// <param name="Number">Its number.</param>
internal readonly record struct Acknowledgement(MessageType Type, Guid Id, long Number)
{
    /// <summary>Upper bound for the size of an acknowledgement as a message, in bytes.</summary>
    public const int LargestSize = ChannelMessage.HeaderSize + 256;

    private static ReadOnlySpan<byte> NumberName => "AcknowledgedMessageSequenceNumber"u8;

    /// <summary>Writes it as a message.</summary>
    /// <param name="target">The place, of <see cref="LargestSize"/>.</param>
    /// <param name="date">When it was made.</param>
    /// <returns>The length of the message.</returns>
    public int Write(Memory<byte> target, DateTimeOffset date)
    {
        Utf8.TryWrite(
            target.Span[ChannelMessage.HeaderSize..],
            CultureInfo.InvariantCulture,
            $"{{\"AcknowledgedMessageType\":\"{ChannelMessage.NameOf(Type)}\",\"AcknowledgedMessageId\":\"{Id}\",\"AcknowledgedMessageSequenceNumber\":{Number},\"IsSequentialMessage\":true}}",
            out var length);
        ChannelMessage header = new(
            MessageType.Acknowledge, 0, Guid.NewGuid(), PayloadType.None, target.Slice(ChannelMessage.HeaderSize, length));
        return ChannelMessage.WriteHeader(target.Span, header, date);
    }

    /// <summary>Reads the number of the acknowledged message.</summary>
    /// <returns>False where the payload is no acknowledgement.</returns>
    public static bool TryReadNumber(ReadOnlySpan<byte> payload, out long number)
    {
        number = -1;
        Utf8JsonReader reader = new(payload);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueTextEquals(NumberName))
                {
                    return reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out number);
                }
            }
        }
        catch (JsonException)
        {
            // It is not JSON.
        }

        return false;
    }
}
