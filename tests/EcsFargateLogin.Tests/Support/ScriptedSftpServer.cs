using System.Buffers.Binary;
using System.IO.Pipes;
using EcsFargateLogin.Ssh.Sftp;
using EcsFargateLogin.Transfers;

namespace EcsFargateLogin.Tests.Support;

/// <summary>An SFTP server that answers as a test says, with a client that is connected to it.</summary>
internal sealed class ScriptedSftpServer : IDisposable
{
    private readonly AnonymousPipeServerStream _toServer = new(PipeDirection.Out);
    private readonly AnonymousPipeServerStream _fromServer = new(PipeDirection.In);
    private readonly EventLog _events = new();
    private readonly SftpClient _client;
    private readonly Task _serving;

    /// <summary>Starts it.</summary>
    /// <param name="answer">Answers a request, or later: returns the packets to send now. It ends the connection by returning null.</param>
    public ScriptedSftpServer(Func<Request, IEnumerable<SftpPacket>?> answer)
    {
        AnonymousPipeClientStream requests = new(PipeDirection.In, _toServer.ClientSafePipeHandle);
        AnonymousPipeClientStream replies = new(PipeDirection.Out, _fromServer.ClientSafePipeHandle);
        _serving = Task.Factory.StartNew(
            () => Serve(requests, replies, answer), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _client = new SftpClient(new SftpConnection(_toServer, _fromServer));
    }

    /// <summary>The items that could not be copied.</summary>
    public IReadOnlyList<ItemFailed> Failed => [.. _events.Events.OfType<ItemFailed>()];

    /// <summary>The items that were copied.</summary>
    public IReadOnlyList<FargateCopiedItem> Copied => [.. _events.Events.OfType<ItemCopied>().Select(copied => copied.Item)];

    /// <summary>The progress that was shown.</summary>
    public IReadOnlyList<CopyProgress> Progress => [.. _events.Events.OfType<CopyProgress>()];

    /// <summary>Connects, and copies from the server.</summary>
    public async Task DownloadAsync(string source, string destination)
    {
        CopyRequest request = new() { Sources = [source], Destination = destination, FromSession = true, Recurse = true };
        CopyReport report = new(SampleTask.Session(), "sftp", _events);
        await _client.RunAsync(() => _client.OpenAsync(CancellationToken.None));
        await _client.RunAsync(() => new SftpDownload(_client, request, report).RunAsync(CancellationToken.None));
    }

    public void Dispose()
    {
        _toServer.Dispose();
        _fromServer.Dispose();
        _serving.Wait();
    }

    private static void Serve(
        AnonymousPipeClientStream requests, AnonymousPipeClientStream replies, Func<Request, IEnumerable<SftpPacket>?> answer)
    {
        using (requests)
        using (replies)
        {
            try
            {
                while (Request.ReadFrom(requests) is { } request && answer(request) is { } packets)
                {
                    foreach (var packet in packets)
                    {
                        replies.Write(packet.Finish(0));
                    }
                }
            }
            catch (IOException)
            {
                // The client has ended.
            }
        }
    }

    /// <summary>A request.</summary>
    /// <param name="Type">Its type.</param>
    /// <param name="Id">Its id.</param>
    public sealed record Request(SftpType Type, uint Id)
    {
        /// <summary>The reply of the common kinds: the server has a folder with a number of files of a size.</summary>
        /// <param name="type">The type of the reply.</param>
        public SftpPacket Reply(SftpType type) => new SftpPacket(type).Add(Id);

        public SftpPacket Done() => Status(0);

        public SftpPacket Status(uint status) => Reply(SftpType.Status).Add(status).Add("").Add("");

        internal static Request? ReadFrom(Stream requests)
        {
            var prefix = new byte[4];
            if (requests.ReadAtLeast(prefix, 4, throwOnEndOfStream: false) < 4)
            {
                return null;
            }

            var bytes = new byte[BinaryPrimitives.ReadUInt32BigEndian(prefix)];
            requests.ReadExactly(bytes);
            return new Request((SftpType)bytes[0], bytes.Length > 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(1)) : 0);
        }
    }
}
