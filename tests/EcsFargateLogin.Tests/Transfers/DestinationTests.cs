using EcsFargateLogin.Tests.Support;
using EcsFargateLogin.Transfers;

namespace EcsFargateLogin.Tests.Transfers;

/// <summary>Copies onto files and folders that exist, remote and local.</summary>
public sealed class DestinationTests : IDisposable
{
    private const UnixFileMode Mode640 = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The ways of a copy; servers before 9.0 have no copy-data.</summary>
    public static TheoryData<bool, string?> Ways { get; } = new() { { true, null }, { true, "copy-data" }, { false, null } };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_file_that_is_there_is_written_to_and_keeps_its_links_and_its_permissions(bool upload, string? denied)
    {
        await using var server = await SftpServer.StartAsync(denied);
        var source = _folder.Write("source", "new");
        var there = _folder.Write("there/file", "old and longer");
        File.SetUnixFileMode(there, Mode640);
        await RunningProgram.RunAsync("ln", there, _folder["there/hard"]);
        File.CreateSymbolicLink(_folder["there/link"], "file");
        File.CreateSymbolicLink(_folder["there/dangling"], "to-be");

        await CopyAsync(server, upload, source, _folder["there/hard"]);
        Assert.Equal("new", await File.ReadAllTextAsync(there));
        await CopyAsync(server, upload, _folder.Write("other", "other"), _folder["there/link"]);
        await CopyAsync(server, upload, source, _folder["there/dangling"]);

        Assert.Empty(server.Failures);
        Assert.Equal("other", await File.ReadAllTextAsync(there));
        Assert.Equal("other", await File.ReadAllTextAsync(_folder["there/hard"]));
        Assert.Equal(Mode640, File.GetUnixFileMode(there));
        Assert.Equal(("file", "to-be"), (LinkOf("there/link"), LinkOf("there/dangling")));
        Assert.Equal("new", await File.ReadAllTextAsync(_folder["there/to-be"]));
        Assert.Equal(["dangling", "file", "hard", "link", "to-be"], NamesIn("there"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pipes_sockets_circles_and_folders_are_an_error_each_and_stay_what_they_are(bool upload)
    {
        await using var server = await SftpServer.StartAsync();
        var source = _folder.Write("source", "new");
        Directory.CreateDirectory(_folder["there/folder/source"]);
        await RunningProgram.RunAsync("mkfifo", _folder["there/pipe"]);
        File.CreateSymbolicLink(_folder["there/circle"], "circle");
        using System.Net.Sockets.Socket socket = new(
            System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(_folder["there/socket"]));

        foreach (var name in (string[])["pipe", "socket", "circle", "folder"])
        {
            await CopyAsync(server, upload, source, _folder[$"there/{name}"]);
        }

        Assert.Equal(4, server.Failures.Count);
        Assert.Contains("is a pipe or a socket", server.Failures[0].Message, StringComparison.Ordinal);
        Assert.Contains("is a pipe or a socket", server.Failures[1].Message, StringComparison.Ordinal);
        Assert.Contains("is a folder", server.Failures[3].Message, StringComparison.Ordinal);
        Assert.Equal(["circle", "folder", "pipe", "socket"], NamesIn("there"));
        Assert.Equal("prw", (await RunningProgram.RunAsync("ls", "-ld", _folder["there/pipe"])).Output[..3]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_device_takes_the_bytes_and_what_it_refuses_closes_every_handle(bool upload)
    {
        await using var server = await SftpServer.StartAsync();
        var source = _folder.Write("source", "new");

        await CopyAsync(server, upload, source, "/dev/null");
        await CopyAsync(server, upload, source, "/dev/full");

        Assert.Equal(source, Assert.Single(server.Failures).Source);
        Assert.Equal("/dev/null", Assert.Single(server.Copied).Destination);
        Assert.Equal("crw", (await RunningProgram.RunAsync("ls", "-l", "/dev/null")).Output[..3]);
        var log = await server.EndAsync();
        Assert.Equal(2, log.Split("\nopen \"").Length + log.Split(" open \"").Length - 2);
        Assert.Equal(2, log.Split("close \"").Length - 1);
        Assert.DoesNotContain("forced close", log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_folder_that_is_there_keeps_its_permissions(bool upload)
    {
        await using var server = await SftpServer.StartAsync();
        _folder.Write("source/tree/file", "new");
        File.SetUnixFileMode(_folder["source/tree"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var there = Directory.CreateDirectory(_folder["there/tree"]).FullName;
        var sticky = File.GetUnixFileMode(there) | UnixFileMode.StickyBit | UnixFileMode.OtherWrite;
        File.SetUnixFileMode(there, sticky);

        await CopyAsync(server, upload, _folder["source/tree"], _folder["there"]);

        Assert.Empty(server.Failures);
        Assert.Equal(sticky, File.GetUnixFileMode(there));
        Assert.Equal(["file"], NamesIn("there/tree"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_sources_of_one_name_do_not_replace_each_other(bool upload)
    {
        await using var server = await SftpServer.StartAsync();
        string[] sources = [_folder.Write("a/file", "a"), _folder.Write("b/file", "b"), _folder.Write("b/other", "b")];
        Directory.CreateDirectory(_folder["there"]);

        await (upload ? server.UploadAsync(_folder["there"], sources) : server.DownloadAsync(_folder["there"], sources));

        var (source, message) = Assert.Single(server.Failures);
        Assert.Equal(sources[1], source);
        Assert.Contains($"it would replace the copy of '{sources[0]}'", message, StringComparison.Ordinal);
        Assert.Equal("a", await File.ReadAllTextAsync(_folder["there/file"]));
        Assert.Equal(["file", "other"], NamesIn("there"));
    }

    [Fact]
    public async Task Names_that_cannot_be_here_are_an_error_each_and_the_walk_goes_on()
    {
        await using var server = await SftpServer.StartAsync();
        foreach (var name in (string[])["m:n", "CON", "tail.", "UP", "up", "good", "sub/aux.txt", "sub/fine"])
        {
            _folder.Write($"tree/{name}", name);
        }

        await server.DownloadAsync(new NameRules(IsWindows: true, IgnoresCase: true), _folder["back"], _folder["tree"]);

        Assert.Equal(
            ["CON", "m:n", "aux.txt", "tail.", "up"], server.Failures.Select(failure => Path.GetFileName(failure.Source)));
        Assert.Equal(["UP", "good", "sub"], NamesIn("back"));
        Assert.Equal(["fine"], NamesIn("back/sub"));
        Assert.Equal("UP", await File.ReadAllTextAsync(_folder["back/UP"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_part_is_never_written_through_a_link(bool upload)
    {
        await using var server = await SftpServer.StartAsync();
        var source = _folder.Write("source", "content");
        var victim = _folder.Write("victim", "untouched");
        Directory.CreateDirectory(_folder["there"]);
        CopyItem item = new(source, _folder["there/copy"]) { Length = 7, ModifiedAt = TimeOf(source), Secret = server.Secret };
        File.CreateSymbolicLink(item.PartialPath, victim);

        await CopyAsync(server, upload, source, item.Destination);

        Assert.Contains("is in the way", Assert.Single(server.Failures).Message, StringComparison.Ordinal);
        Assert.Equal("untouched", await File.ReadAllTextAsync(victim));
        Assert.False(File.Exists(item.Destination));
        Assert.NotEqual(item.PartialName, (item with { Secret = new byte[32] }).PartialName);
    }

    [Fact]
    public async Task The_umask_holds_for_what_is_new_here()
    {
        await using var server = await SftpServer.StartAsync();
        var file = _folder.Write("tree/file", "content");
        File.SetUnixFileMode(file, (UnixFileMode)0x1FF);
        File.SetUnixFileMode(_folder["tree"], (UnixFileMode)0x1FF);
        var usual = (UnixFileMode)(0x1FF & ~Convert.ToInt32((await RunningProgram.RunAsync("sh", "-c", "umask")).Output.Trim(), 8));

        await server.DownloadAsync(_folder["back"], _folder["tree"]);

        Assert.Equal(usual, File.GetUnixFileMode(_folder["back/file"]));
        Assert.Equal(usual, File.GetUnixFileMode(_folder["back"]));
    }

    [Fact]
    public async Task A_file_that_is_said_to_be_empty_is_read_to_its_end()
    {
        await using var server = await SftpServer.StartAsync();

        await server.DownloadAsync(_folder["down"], "/proc/version");
        await server.UploadAsync(_folder["up"], "/proc/version");

        Assert.Empty(server.Failures);
        Assert.All((string[])["down", "up"], name => Assert.Equal(File.ReadAllText("/proc/version"), File.ReadAllText(_folder[name])));
    }

    [Fact]
    public void Uploads_without_permissions_of_their_own_get_the_usual_ones()
    {
        CopyItem file = new("C:\\file", "/tmp/file");

        Assert.Equal(0x1A4u, file.PermissionsOrDefault);
        Assert.Equal(0x1EDu, (file with { IsFolder = true }).PermissionsOrDefault);
        Assert.Equal(0x180u, (file with { Permissions = 0x180 }).PermissionsOrDefault);
    }

    private static Task CopyAsync(SftpServer server, bool upload, string source, string destination) =>
        upload ? server.UploadAsync(destination, source) : server.DownloadAsync(destination, source);

    private string? LinkOf(string name) => new FileInfo(_folder[name]).LinkTarget;

    private string[] NamesIn(string folder) =>
        [.. Directory.GetFileSystemEntries(_folder[folder]).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    private static uint TimeOf(string path) => (uint)new DateTimeOffset(File.GetLastWriteTimeUtc(path)).ToUnixTimeSeconds();
}
