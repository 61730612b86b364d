using System.Net.Sockets;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Ssh;

/// <summary>The path of the socket of a session's master connection.</summary>
public sealed class ControlSocketTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_lies_in_the_session_s_own_folder_where_its_path_is_short_enough()
    {
        var session = Directory.CreateDirectory(_folder["s"]).FullName;

        Assert.Equal(Path.Combine(session, "control"), ControlSocket.Find(session));
        Assert.Equal(Path.Combine(session, "control"), ControlSocket.MakePlace(session));
    }

    [Fact]
    public void A_look_for_it_makes_no_place()
    {
        var session = Directory.CreateDirectory(_folder[new string('d', ControlSocket.LongestPath)]).FullName;

        Assert.Null(ControlSocket.Find(session));
        Assert.Empty(Directory.GetFileSystemEntries(session));
    }

    [Fact]
    public void A_closed_session_gets_no_place_and_a_place_that_cannot_be_made_leaves_nothing()
    {
        var session = Directory.CreateDirectory(_folder[new string('d', ControlSocket.LongestPath)]).FullName;
        var elsewhere = Directory.CreateDirectory(_folder["e"]).FullName;
        var first = ControlSocket.MakePlace(session, [elsewhere])!;
        Directory.Delete(Path.GetDirectoryName(first)!);
        var second = ControlSocket.MakePlace(session, [elsewhere])!;
        Assert.NotEqual(first, second);
        Assert.Equal(second, ControlSocket.Find(session));

        ControlSocket.Delete(session);

        Assert.Null(ControlSocket.MakePlace(session, [elsewhere]));
        Directory.Delete(session, recursive: true);
        Assert.Null(ControlSocket.MakePlace(session, [elsewhere]));
        Assert.Empty(Directory.GetFileSystemEntries(elsewhere));
    }

    [Fact]
    public async Task In_a_deep_folder_it_lies_in_a_private_one_elsewhere_that_every_process_finds_and_that_is_deleted_with_it()
    {
        var session = Directory.CreateDirectory(_folder[new string('d', ControlSocket.LongestPath)]).FullName;

        var path = ControlSocket.MakePlace(session)!;

        Assert.True(path.Length <= ControlSocket.LongestPath);
        Assert.Equal(path, ControlSocket.Find(session));
        Assert.Equal(path, ControlSocket.MakePlace(session));
        var folder = Path.GetDirectoryName(path)!;
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        }

        Assert.False(await ControlSocket.AnswersAsync(path, CancellationToken.None));
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        Assert.False(await ControlSocket.AnswersAsync(path, CancellationToken.None));
        socket.Listen();
        Assert.True(await ControlSocket.AnswersAsync(path, CancellationToken.None));

        ControlSocket.Delete(session);

        Assert.False(Directory.Exists(folder));
        Assert.Null(ControlSocket.Find(session));
        // It keeps others from making a place, and goes with the session's folder.
        var left = Assert.Single(Directory.GetFileSystemEntries(session));
        Assert.Equal(("control-folder", 0), (Path.GetFileName(left), new FileInfo(left).Length));
    }
}
