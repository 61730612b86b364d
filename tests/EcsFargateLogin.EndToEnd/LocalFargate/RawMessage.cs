using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace EcsFargateLogin.EndToEnd.LocalFargateTests;

/// <summary>A message of a data channel, written and read by the description of the protocol alone.</summary>
internal sealed record RawMessage(string Type, long Sequence, int PayloadType, byte[] Payload)
{
    public const string Input = "input_stream_data";
    public const string Output = "output_stream_data";

    public Guid Id { get; init; } = Guid.NewGuid();

    public long CreatedDate { get; init; } = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    public int HeaderLength { get; init; } = 116;

    public string Text => Encoding.UTF8.GetString(Payload);

    public JsonObject Json => JsonNode.Parse(Payload)!.AsObject();

    /// <summary>The sequence number that it acknowledges.</summary>
    public long Acknowledged => (long)Json["AcknowledgedMessageSequenceNumber"]!;

    public static RawMessage Data(long sequence, byte[] payload) => new(Input, sequence, 1, payload);

    public static RawMessage Flag(long sequence, byte flag) => new(Input, sequence, 10, [0, 0, 0, flag]);

    public static RawMessage Size(long sequence, int columns, int rows) =>
        new(Input, sequence, 3, Encoding.UTF8.GetBytes($$"""{"cols":{{columns}},"rows":{{rows}}}"""));

    public static RawMessage AcknowledgementOf(RawMessage message) => new("acknowledge", 0, 0, Encoding.UTF8.GetBytes(new JsonObject
    {
        ["AcknowledgedMessageType"] = message.Type,
        ["AcknowledgedMessageId"] = message.Id.ToString(),
        ["AcknowledgedMessageSequenceNumber"] = message.Sequence,
        ["IsSequentialMessage"] = true,
    }.ToJsonString()));

    public byte[] ToBytes()
    {
        var bytes = new byte[120 + Payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, HeaderLength);
        Encoding.ASCII.GetBytes(Type.PadRight(32), bytes.AsSpan(4));
        bytes[39] = 1;
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(40), CreatedDate);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(48), Sequence);
        var id = Id.ToByteArray(bigEndian: true);
        id.AsSpan(8).CopyTo(bytes.AsSpan(64));
        id.AsSpan(0, 8).CopyTo(bytes.AsSpan(72));
        SHA256.HashData(Payload, bytes.AsSpan(80));
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(112), PayloadType);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(116), Payload.Length);
        Payload.CopyTo(bytes.AsSpan(120));
        return bytes;
    }

    public static RawMessage Parse(byte[] bytes)
    {
        var headerLength = BinaryPrimitives.ReadInt32BigEndian(bytes);
        var payload = bytes[(headerLength + 4)..];
        Assert.Equal(payload.Length, BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(headerLength)));
        Assert.Equal(Convert.ToHexString(SHA256.HashData(payload)), Convert.ToHexString(bytes.AsSpan(80, 32)));
        return new RawMessage(
            Encoding.ASCII.GetString(bytes, 4, 32).Trim(' ', '\0'),
            BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(48)),
            headerLength == 116 ? BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(112)) : 0,
            payload)
        {
            Id = new Guid([.. bytes[72..80], .. bytes[64..72]], bigEndian: true),
            CreatedDate = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(40)),
            HeaderLength = headerLength,
        };
    }
}
