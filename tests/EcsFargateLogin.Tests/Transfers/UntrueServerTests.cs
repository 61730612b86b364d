using System.Buffers.Binary;
using System.IO.Pipes;
using EcsFargateLogin.Ssh.Sftp;
using EcsFargateLogin.Tests.Support;
using EcsFargateLogin.Transfers;

namespace EcsFargateLogin.Tests.Transfers;

/// <summary>Downloads from an SFTP server that says what is not true.</summary>
public sealed class UntrueServerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EventLog _events = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ulong.MaxValue, 1, "is said to be 9007199254740992 bytes long")]
    [InlineData(1UL << 50, 1, "is said to be 1125899906842624 bytes long")]
    [InlineData(10UL, 11, "more than it was asked for")]
    [InlineData(10UL, 0, "has become shorter")]
    [InlineData(0UL, 40_000, "more than it was asked for")]
    [InlineData(0UL, 32 * 1024, "goes on and on")]
    public async Task It_is_an_error_of_the_file(ulong size, int answered, string why)
    {
        using AnonymousPipeServerStream toServer = new(PipeDirection.Out), fromServer = new(PipeDirection.In);
        using AnonymousPipeClientStream requests = new(PipeDirection.In, toServer.ClientSafePipeHandle);
        using AnonymousPipeClientStream replies = new(PipeDirection.Out, fromServer.ClientSafePipeHandle);
        var serving = Task.Run(() => Serve(requests, replies, size, answered));
        SftpClient client = new(new SftpConnection(toServer, fromServer));
        await client.RunAsync(() => client.OpenAsync(CancellationToken.None));
        CopyRequest request = new()
        {
            Sources = ["/file"],
            Destination = _folder["copy"],
            FromSession = true,
            Recurse = false,
        };

        CopyReport report = new(SampleTask.Session(), "sftp", _events);
        await client.RunAsync(() => new SftpDownload(client, request, report).RunAsync(CancellationToken.None));

        var failed = Assert.Single(_events.Events.OfType<ItemFailed>());
        Assert.Equal(FargateError.CopyFailed, failed.Error.Error);
        Assert.Contains(why, failed.Error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["copy"]));
        toServer.Dispose();
        await serving;
    }

    /// <summary>Answers each request of a download of one file.</summary>
    private static void Serve(Stream requests, Stream replies, ulong size, int answered)
    {
        var prefix = new byte[4];
        while (requests.ReadAtLeast(prefix, 4, throwOnEndOfStream: false) == 4)
        {
            var request = new byte[BinaryPrimitives.ReadUInt32BigEndian(prefix)];
            requests.ReadExactly(request);
            var id = request.Length > 4 ? BinaryPrimitives.ReadUInt32BigEndian(request.AsSpan(1)) : 0;
            var reply = (SftpType)request[0] switch
            {
                SftpType.Init => new SftpPacket(SftpType.Version).Add(3u),
                SftpType.Stat => new SftpPacket(SftpType.Attributes).Add(id).Add(5u).Add(size).Add(0x81A4u),
                SftpType.Open => new SftpPacket(SftpType.Handle).Add(id).Add("handle"),
                SftpType.Read when answered > 0 => new SftpPacket(SftpType.Data).Add(id).Add(new byte[answered]),
                SftpType.Read => new SftpPacket(SftpType.Status).Add(id).Add(SftpStatusException.EndOfFile).Add("end").Add(""),
                _ => new SftpPacket(SftpType.Status).Add(id).Add(0u).Add("").Add(""),
            };
            replies.Write(reply.Finish(0));
            replies.Flush();
        }
    }
}
