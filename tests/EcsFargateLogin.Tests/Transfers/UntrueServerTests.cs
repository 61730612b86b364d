using EcsFargateLogin.Ssh.Sftp;
using EcsFargateLogin.Tests.Support;
using EcsFargateLogin.Transfers;

namespace EcsFargateLogin.Tests.Transfers;

/// <summary>Downloads from an SFTP server that says what is not true.</summary>
public sealed class UntrueServerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

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
        using ScriptedSftpServer server = new(request => [Answer(request, size, answered)]);

        await server.DownloadAsync("/file", _folder["copy"]);

        var failed = Assert.Single(server.Failed);
        Assert.Equal(FargateError.CopyFailed, failed.Error.Error);
        Assert.Contains(why, failed.Error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["copy"]));
    }

    [Fact]
    public async Task A_reply_that_is_too_short_or_of_another_kind_is_an_error_of_the_file()
    {
        foreach (var type in (SftpType[])[SftpType.Handle, SftpType.Data])
        {
            using ScriptedSftpServer server = new(request =>
                [request.Type == SftpType.Read ? request.Reply(type).Add(100u) : Answer(request, 10, 10)]);

            await server.DownloadAsync("/file", _folder["copy"]);

            Assert.Contains("SFTP server has", Assert.Single(server.Failed).Error.Message, StringComparison.Ordinal);
            Assert.False(File.Exists(_folder["copy"]));
        }
    }

    [Fact]
    public async Task A_reply_to_what_was_not_asked_ends_the_connection()
    {
        using ScriptedSftpServer server = new(request =>
            [request.Type == SftpType.Read ? new SftpPacket(SftpType.Data).Add(request.Id + 1).Add("x") : Answer(request, 10, 10)]);

        var error = await Assert.ThrowsAsync<CopyBrokenException>(() => server.DownloadAsync("/file", _folder["copy"]));

        Assert.Contains("was not asked", error.Why, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["copy"]));
        Assert.True(File.Exists(error.Item.PartialPath));
    }

    /// <summary>Answers each request of a download of one file.</summary>
    private static SftpPacket Answer(ScriptedSftpServer.Request request, ulong size, int answered) => request.Type switch
    {
        SftpType.Init => new SftpPacket(SftpType.Version).Add(3u),
        SftpType.Stat => request.Reply(SftpType.Attributes).Add(5u).Add(size).Add(0x81A4u),
        SftpType.Open => request.Reply(SftpType.Handle).Add("handle"),
        SftpType.Read when answered > 0 => request.Reply(SftpType.Data).Add(new byte[answered]),
        SftpType.Read => request.Status(SftpStatusException.EndOfFile),
        _ => request.Done(),
    };
}
