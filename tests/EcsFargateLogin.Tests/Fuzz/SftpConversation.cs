using System.Buffers.Binary;
using System.Collections.Concurrent;
using EcsFargateLogin.Ssh.Sftp;

namespace EcsFargateLogin.Tests.Fuzz;

/// <summary>
/// An SFTP server with one or more replies to each type of request. Its replies are read from content that may be damaged: a byte
/// with the type of the request, and the packet. It puts the id of the request into the packet, and repeats the last one.
/// </summary>
internal sealed class SftpConversation : IDisposable
{
    private const int LengthSize = sizeof(uint);

    /// <summary>The number of replies after which the server closes the connection.</summary>
    private const int MostReplies = 2000;

    private readonly Dictionary<SftpType, Queue<byte[]>> _replies = [];
    private readonly BlockingCollection<byte[]> _sent = [];
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

    /// <summary>Closes the connection.</summary>
    public void Dispose() => _sent.CompleteAdding();

    private void Answer(ReadOnlySpan<byte> request)
    {
        if (!_replies.TryGetValue((SftpType)request[LengthSize], out var replies) || ++_count > MostReplies)
        {
            _sent.CompleteAdding();
            return;
        }

        var reply = replies.Count > 1 ? replies.Dequeue() : replies.Peek().ToArray();
        if (request.Length >= 9 && reply.Length >= 9)
        {
            request[5..9].CopyTo(reply.AsSpan(5));
        }

        if (!_sent.IsAddingCompleted)
        {
            _sent.Add(reply);
        }
    }

    private sealed class Requests(SftpConversation server) : MemoryStream
    {
        public override void Flush()
        {
            if (Length > 0)
            {
                server.Answer(GetBuffer().AsSpan(0, (int)Length));
                SetLength(0);
            }
        }
    }

    private sealed class Answers(BlockingCollection<byte[]> sent) : MemoryStream
    {
        private ReadOnlyMemory<byte> _rest;

        public override int Read(Span<byte> buffer)
        {
            if (_rest.IsEmpty && sent.TryTake(out var next, Timeout.Infinite))
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
