using System.Globalization;
using EcsFargateLogin.Ssh.Sftp;
using EcsFargateLogin.Tests.Support;
using EcsFargateLogin.Transfers;

namespace EcsFargateLogin.Tests.Transfers;

/// <summary>Copies of many files at once.</summary>
public sealed class CopyWindowTests : IDisposable
{
    /// <summary>The number of blocks that are in flight at most.</summary>
    private const int Window = 64;

    private const int BlockSize = 32 * 1024;

    private static readonly TimeSpan Limit = Eventually.Limit;

    private readonly TemporaryFolder _folder = new();
    private bool _isListed;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Small_files_do_not_wait_for_each_other_s_round_trips()
    {
        var opens = 0;
        List<SftpPacket> held = [];
        // Of each 64 it answers none before it was asked for all.
        using ScriptedSftpServer server = new(request =>
        {
            if (request.Type != SftpType.Open)
            {
                return [AnswerOfFolder(request, files: 2 * Window, size: 1)];
            }

            held.Add(request.Reply(SftpType.Handle).Add("handle"));
            if (++opens % Window != 0)
            {
                return [];
            }

            SftpPacket[] all = [.. held];
            held.Clear();
            return all;
        });

        await server.DownloadAsync("/tree", _folder["copy"]).WaitAsync(Limit);

        Assert.Empty(server.Failed);
        Assert.Equal(2 * Window, Directory.GetFiles(_folder["copy"]).Length);
        Assert.Equal((2 * Window) + 1, server.Copied.Count);
    }

    [Theory]
    [InlineData(1, 500)]
    [InlineData(5, 100)]
    [InlineData(200, 3)]
    public async Task No_more_than_the_window_is_in_flight(int files, int blocks)
    {
        Queue<SftpPacket> held = new();
        var most = 0;
        var read = 0;
        // It answers a read when the window may be full, and the last ones when no more come.
        using ScriptedSftpServer server = new(request =>
        {
            if (request.Type != SftpType.Read)
            {
                return [AnswerOfFolder(request, files, (ulong)blocks * BlockSize)];
            }

            read++;
            held.Enqueue(request.Reply(SftpType.Data).Add(new byte[BlockSize]));
            most = Math.Max(most, held.Count);
            return read == files * blocks ? DrainAll(held) : held.Count >= 30 ? DrainAll(held) : blocks < 30 ? DrainAll(held) : [];
        });

        await server.DownloadAsync("/tree", _folder["copy"]).WaitAsync(Limit);

        Assert.Empty(server.Failed);
        Assert.InRange(most, 1, Window);
        Assert.All(Directory.GetFiles(_folder["copy"]), file => Assert.Equal(blocks * BlockSize, new FileInfo(file).Length));
    }

    [Fact]
    public async Task A_lost_connection_ends_all_that_are_in_flight_and_none_has_its_name()
    {
        var reads = 0;
        using ScriptedSftpServer server = new(request => request.Type == SftpType.Read
            ? ++reads == Window ? null : []
            : [AnswerOfFolder(request, files: 200, size: 10)]);

        var error = await Assert.ThrowsAsync<CopyBrokenException>(() => server.DownloadAsync("/tree", _folder["copy"]).WaitAsync(Limit));

        Assert.Equal(Window, error.Count);
        var files = Directory.GetFiles(_folder["copy"]);
        Assert.Equal(Window, files.Length);
        Assert.All(files, file => Assert.EndsWith(".part", file, StringComparison.Ordinal));
        Assert.Contains(error.Item.PartialPath, files);
        Assert.Contains(
            "those of 63 other files", TransferErrors.CopyInterrupted(SampleTask.Session(), error.Item, error.Count, null, error).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Thousands_of_files_are_copied_whole_and_one_that_fails_stops_no_other(bool upload)
    {
        await using var server = await SftpServer.StartAsync();
        for (var i = 0; i < 2000; i++)
        {
            var name = i.ToString(CultureInfo.InvariantCulture);
            _folder.Write($"tree/{i % 7}/sub/{name}", new string('x', i == 500 ? 300_000 : i % 50) + name);
        }

        // Folders are in the way of two of them.
        Directory.CreateDirectory(_folder["there/3/sub/10"]);
        Directory.CreateDirectory(_folder["there/3/sub/1900"]);
        Directory.CreateDirectory(_folder["target"]);
        Directory.Move(_folder["there"], _folder["target/tree"]);
        await (upload
            ? server.UploadAsync(_folder["target"], _folder["tree"])
            : server.DownloadAsync(_folder["target"], _folder["tree"])).WaitAsync(Limit);

        Assert.Equal(["10", "1900"], server.Failures.Select(failure => Path.GetFileName(failure.Source)).Order(StringComparer.Ordinal));
        Assert.Equal(1998, server.Copied.Count(item => !item.IsFolder));
        foreach (var file in Directory.GetFiles(_folder["tree"], "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) is not ("10" or "1900")))
        {
            var copy = Path.Combine(_folder["target/tree"], Path.GetRelativePath(_folder["tree"], file));
            Assert.Equal(await File.ReadAllTextAsync(file), await File.ReadAllTextAsync(copy));
        }

        Assert.Empty(Directory.GetFiles(_folder["target"], "*.part", SearchOption.AllDirectories));
    }

    private static SftpPacket[] DrainAll(Queue<SftpPacket> held)
    {
        SftpPacket[] all = [.. held];
        held.Clear();
        return all;
    }

    /// <summary>Answers the requests of a download of a folder.</summary>
    private SftpPacket AnswerOfFolder(ScriptedSftpServer.Request request, int files, ulong size)
    {
        switch (request.Type)
        {
            case SftpType.Init:
                return new SftpPacket(SftpType.Version).Add(3u);
            case SftpType.Stat:
                return request.Reply(SftpType.Attributes).Add(4u).Add(0x41EDu);
            case SftpType.OpenFolder or SftpType.Open:
                return request.Reply(SftpType.Handle).Add("handle");
            case SftpType.ReadFolder when _isListed:
                return request.Status(SftpStatusException.EndOfFile);
            case SftpType.ReadFolder:
                _isListed = true;
                var names = request.Reply(SftpType.Name).Add((uint)files);
                for (var i = 0; i < files; i++)
                {
                    names.Add(i.ToString(CultureInfo.InvariantCulture)).Add("").Add(5u).Add(size).Add(0x81A4u);
                }

                return names;
            case SftpType.Read:
                return request.Reply(SftpType.Data).Add(new byte[size]);
            default:
                return request.Done();
        }
    }
}
