using System.Security.Cryptography;
using System.Text;
using EcsFargateLogin.SessionManager;

namespace EcsFargateLogin.Tests.SessionManager;

/// <summary>Messages of a data channel, with the values of the tests of aws/session-manager-plugin.</summary>
public sealed class ChannelMessageTests
{
    private static readonly Guid Id = new("dd01e56b-ff48-483e-a508-b5f073f31b16");
    private static readonly DateTimeOffset Date = DateTimeOffset.FromUnixTimeMilliseconds(1503434274948);

    [Fact]
    public void A_message_is_written_byte_for_byte_as_the_agent_reads_it()
    {
        var target = new byte[ChannelMessage.HeaderSize + 7];
        "payload"u8.CopyTo(target.AsSpan(ChannelMessage.HeaderSize));

        var length = ChannelMessage.WriteHeader(
            target,
            new ChannelMessage(MessageType.InputStreamData, 1, Id, PayloadType.Output, target.AsMemory(ChannelMessage.HeaderSize)),
            Date);

        Assert.Equal(target.Length, length);
        Assert.Equal(Convert.ToHexString(Vector("input_stream_data", flags: 0)), Convert.ToHexString(target));
    }

    [Theory]
    [InlineData(' ')]
    [InlineData('\0')]
    public void A_message_is_read_with_either_padding_of_its_type(char padding)
    {
        Assert.True(ChannelMessage.TryRead(Vector("output_stream_data", flags: 1, padding), out var message));

        Assert.Equal(MessageType.OutputStreamData, message.Type);
        Assert.Equal(1, message.Number);
        Assert.Equal(Id, message.Id);
        Assert.Equal(PayloadType.Output, message.PayloadType);
        Assert.Equal("payload", Encoding.ASCII.GetString(message.Payload.Span));
    }

    [Fact]
    public void The_end_of_a_session_has_a_shorter_header()
    {
        var payload = """{"Output":"bye"}"""u8.ToArray();
        var frame = new byte[116 + payload.Length];
        frame[3] = 112;
        "channel_closed"u8.CopyTo(frame.AsSpan(4));
        frame[115] = (byte)payload.Length;
        payload.CopyTo(frame, 116);

        Assert.True(ChannelMessage.TryRead(frame, out var message));

        Assert.Equal(MessageType.ChannelClosed, message.Type);
        Assert.Equal(payload, message.Payload.ToArray());
    }

    [Theory]
    [InlineData(83, 1)] // the digest
    [InlineData(120, 1)] // the payload
    [InlineData(119, 200)] // a payload of 200 bytes, which are not there
    [InlineData(116, 0xFF)] // a negative length
    [InlineData(3, 90)] // a header that is too short
    [InlineData(2, 0x40)] // a header that is longer than the frame
    [InlineData(0, 0xFF)] // a negative header
    public void A_damaged_message_is_refused(int offset, int value)
    {
        var frame = Vector("output_stream_data", flags: 1);
        frame[offset] = (byte)value;

        Assert.False(ChannelMessage.TryRead(frame, out _));
    }

    [Fact]
    public void Nothing_that_is_cut_off_is_read()
    {
        var frame = Vector("output_stream_data", flags: 1);

        Assert.All(Enumerable.Range(0, frame.Length), length => Assert.False(ChannelMessage.TryRead(frame.AsMemory(0, length), out _)));
    }

    [Fact]
    public void No_bytes_make_reading_fail()
    {
        Random random = new(1);
        for (var round = 0; round < 20_000; round++)
        {
            var frame = Vector("acknowledge", flags: 3);
            for (var change = 0; change < 4; change++)
            {
                frame[random.Next(random.Next(2) == 0 ? 8 : frame.Length)] = (byte)random.Next(256);
            }

            if (ChannelMessage.TryRead(frame.AsMemory(0, random.Next(frame.Length + 1)), out var message))
            {
                Acknowledgement.TryReadNumber(message.Payload.Span, out _);
            }
        }
    }

    [Fact]
    public void A_type_that_is_not_known_is_read_as_such()
    {
        Assert.True(ChannelMessage.TryRead(Vector("agent_session_state", flags: 3), out var message));

        Assert.Equal(MessageType.Unknown, message.Type);
    }

    [Fact]
    public void An_acknowledgement_names_the_message()
    {
        var target = new byte[Acknowledgement.LargestSize];

        var length = new Acknowledgement(MessageType.OutputStreamData, Id, long.MaxValue).Write(target, Date);

        Assert.True(ChannelMessage.TryRead(target.AsMemory(0, length), out var message));
        Assert.Equal((MessageType.Acknowledge, 0, PayloadType.None), (message.Type, message.Number, message.PayloadType));
        Assert.Equal(
            """{"AcknowledgedMessageType":"output_stream_data","AcknowledgedMessageId":"dd01e56b-ff48-483e-a508-b5f073f31b16","""
            + """ "AcknowledgedMessageSequenceNumber":9223372036854775807,"IsSequentialMessage":true}""".TrimStart(),
            Encoding.UTF8.GetString(message.Payload.Span));
        Assert.True(Acknowledgement.TryReadNumber(message.Payload.Span, out var number));
        Assert.Equal(long.MaxValue, number);
    }

    [Theory]
    [InlineData("""{"AcknowledgedMessageSequenceNumber":7}""", true)]
    [InlineData("""{"Nested":{"AcknowledgedMessageSequenceNumber":7}}""", false)]
    [InlineData("""{"AcknowledgedMessageSequenceNumber":"7"}""", false)]
    [InlineData("""{"AcknowledgedMessageSequenceNumber":1e99}""", false)]
    [InlineData("""{"Other":7}""", false)]
    [InlineData("""{"AcknowledgedMessageSequenceNumber":""", false)]
    [InlineData("", false)]
    public void Only_an_acknowledgement_is_read_as_one(string payload, bool isRead) =>
        Assert.Equal(isRead, Acknowledgement.TryReadNumber(Encoding.UTF8.GetBytes(payload), out _));

    /// <summary>The message of the vector, written field by field.</summary>
    private static byte[] Vector(string type, byte flags, char padding = ' ')
    {
        List<byte> bytes = [0, 0, 0, 116];
        bytes.AddRange(Encoding.ASCII.GetBytes(type.PadRight(32, padding)));
        bytes.AddRange([0, 0, 0, 1]);
        bytes.AddRange(Convert.FromHexString("0000015E0BAA7884"));
        bytes.AddRange([0, 0, 0, 0, 0, 0, 0, 1]);
        bytes.AddRange([0, 0, 0, 0, 0, 0, 0, flags]);
        bytes.AddRange(Convert.FromHexString("A508B5F073F31B16DD01E56BFF48483E"));
        bytes.AddRange(SHA256.HashData("payload"u8));
        bytes.AddRange([0, 0, 0, 1]);
        bytes.AddRange([0, 0, 0, 7]);
        bytes.AddRange(Encoding.ASCII.GetBytes("payload"));
        return [.. bytes];
    }
}
