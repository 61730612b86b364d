using System.Buffers.Binary;
using EcsFargateLogin.Ssh.Sftp;

namespace EcsFargateLogin.Tests.Fuzz;

/// <summary>
/// An SFTP server with one or more replies to each type of request. Its replies are read from content that may be damaged: a byte
/// with the type of the request, and the packet. It puts the id of the request into the packet, and repeats the last one.
/// </summary>
internal sealed class SftpConversation
{
    private const int LengthSize = sizeof(uint);

    /// <summary>The number of replies after which the server closes the connection.</summary>
    private const int MostReplies = 2000;

    private readonly Dictionary<SftpType, Queue<byte[]>> _replies = [];
    private readonly Queue<byte[]> _sent = [];
    private bool _isClosed;
    private int _count;

    public SftpConversation(byte[] replies)
    {
        for (var rest = replies.AsSpan(); rest.Length > 1 + LengthSize;)
        {
            var length = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(rest[1..]), (uint)(rest.Length - 1 - LengthSize));
            var type = (SftpType)rest[0];
            _replies.TryAdd(type, new());
            _replies[type].Enqueue(rest.Slice(1, LengthSize + length).ToArray());
            rest = rest[(1 + LengthSize + length)..];
        }

        ToServer = new Requests(this);
        FromServer = new Answers(_sent);
    }

    public Stream ToServer { get; }

    public Stream FromServer { get; }

    /// <summary>Creates a reply to a type of request.</summary>
    public static byte[] Reply(SftpType request, SftpPacket packet) => [(byte)request, .. packet.Finish(0)];

    private void Answer(ReadOnlySpan<byte> request)
    {
        _isClosed |= !_replies.ContainsKey((SftpType)request[LengthSize]) || ++_count > MostReplies;
        if (_isClosed)
        {
            return;
        }

        var replies = _replies[(SftpType)request[LengthSize]];
        var reply = replies.Count > 1 ? replies.Dequeue() : replies.Peek().ToArray();
        if (request.Length >= 9 && reply.Length >= 9)
        {
            request[5..9].CopyTo(reply.AsSpan(5));
        }

        _sent.Enqueue(reply);
    }

    private sealed class Requests(SftpConversation server) : MemoryStream
    {
        public override void Flush()
        {
            // The client sends many requests at once, and long ones in parts.
            var rest = ToArray().AsSpan();
            while (rest.Length > LengthSize
                && LengthSize + (int)BinaryPrimitives.ReadUInt32BigEndian(rest) is var length && length <= rest.Length)
            {
                server.Answer(rest[..length]);
                rest = rest[length..];
            }

            SetLength(0);
            Write(rest);
        }
    }

    private sealed class Answers(Queue<byte[]> sent) : MemoryStream
    {
        private ReadOnlyMemory<byte> _rest;

        public override int Read(Span<byte> buffer)
        {
            // The client reads on the thread that has written: nothing more comes, and the connection has ended.
            if (_rest.IsEmpty && sent.TryDequeue(out var next))
            {
                _rest = next;
            }

            var count = Math.Min(buffer.Length, _rest.Length);
            _rest.Span[..count].CopyTo(buffer);
            _rest = _rest[count..];
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    }
}
