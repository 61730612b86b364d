using EcsFargateLogin.Journal;
using EcsFargateLogin.Shells;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Tests.Support;
using EcsFargateLogin.Transfers;
using EcsFargateLogin.Tunnels;

namespace EcsFargateLogin.Tests.Trust;

/// <summary>
/// ssh refuses a server for its host key: one error whatever was to be done, at once, and the session is worth nothing any more.
/// </summary>
public sealed class OtherHostKeyTests : SessionTest
{
    private const string Fingerprint = "SHA256:6yPZFh1o8J6Wy7iv4Jo0JmSgVxWnDmAgzyyDZ1nYx3w";

    /// <summary>The message of ssh, with the alias by which it knows the server.</summary>
    private static string Refusal(string alias) => $"""
        @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
        @    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
        @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
        IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
        Someone could be eavesdropping on you right now (man-in-the-middle attack)!
        It is also possible that a host key has just been changed.
        The fingerprint for the ED25519 key sent by the remote host is
        {Fingerprint}.
        Please contact your system administrator.
        Add correct host key in /x/known_hosts to get rid of this message.
        Offending ED25519 key in /x/known_hosts:1
          remove with:
          ssh-keygen -f "/x/known_hosts" -R "{alias}"
        Host key for {alias} has changed and you have requested strict checking.
        Host key verification failed.
        """;

    [Fact]
    public async Task A_copy_ends_with_it()
    {
        var session = Session();
        ItemCopier copier = new(session, SshThat(""), session.EndpointFor(preferPrivate: false), []);
        CopyRequest request = new()
        {
            Sources = [Folder.Write("file", "x")], Destination = "/tmp", FromSession = false, Recurse = false,
        };

        AssertIsOtherServer(session, await Assert.ThrowsAsync<FargateException>(
            () => copier.CopyAsync(request, Events, CancellationToken.None)));
    }

    [Fact]
    public async Task A_copy_by_tar_ends_with_it()
    {
        var session = Session();
        // The first has no SFTP; another server answers the second.
        var ssh = Folder.WriteScript("ssh", $"""
            [ -e {Folder["once"]} ] && exec {SshThat("")}
            touch {Folder["once"]}
            echo 'subsystem request failed on channel 0' >&2
            exit 255
            """);
        ItemCopier copier = new(session, ssh, session.EndpointFor(preferPrivate: false), []);
        CopyRequest request = new() { Sources = ["/etc/x"], Destination = Folder.Path, FromSession = true, Recurse = false };

        AssertIsOtherServer(session, await Assert.ThrowsAsync<FargateException>(
            () => copier.CopyAsync(request, Events, CancellationToken.None)));
    }

    [Fact]
    public async Task The_connection_that_commands_share_ends_with_it_and_no_other_one_is_tried()
    {
        var session = Session();
        var ssh = Folder.WriteScript("ssh", $"""
            while [ "$1" != -E ]; do shift; done
            {SshThat("")} 2>>"$2"
            exit 255
            """);

        var error = await Assert.ThrowsAsync<HostKeyRefusedException>(() => new SshMaster(session.Folder!)
            .OpenAsync(ssh, session.EndpointFor(preferPrivate: false), [], CancellationToken.None));

        AssertIsOtherServer(session, LostConnection.FindOtherServer(session, error.Messages)!);
    }

    [Fact]
    public async Task A_tunnel_that_meets_it_when_it_reconnects_gives_up_at_once_and_stops_the_session()
    {
        var session = Session();
        var calls = Folder["calls"];
        var ssh = Folder.WriteScript("ssh", $"""
            echo call >>{calls}
            [ "$(wc -l <{calls})" -gt 1 ] && exec {SshThat("")}
            echo ecs-fargate-login-tunnel-ready
            until [ -e {Folder["lost"]} ]; do sleep 0.05; done
            """);
        TunnelRoute route = new("127.0.0.1", 1, "db.internal", 5432);
        FargateTunnel tunnel = new(1, session, route) { KeepSession = true };
        TunnelKeeper keeper = new(
            tunnel, new TunnelDialer(ssh, session.EndpointFor(preferPrivate: false), []), Cloud, new SessionJournal(Folder["sessions"]))
        {
            FirstPause = TimeSpan.FromMilliseconds(1),
        };
        await keeper.OpenAsync(CancellationToken.None);
        keeper.Keep();
        Folder.Write("lost", "");

        await Eventually.Async(() => Cloud.CallsOf("StopTask").Count > 0, () => $"{tunnel.Status}: {tunnel.LastError}");
        await keeper.StopAsync();

        Assert.Equal(FargateTunnelStatus.Lost, tunnel.Status);
        Assert.Contains("Another server than that of session", tunnel.LastError, StringComparison.Ordinal);
        Assert.Equal(2, (await File.ReadAllLinesAsync(calls)).Length);
    }

    [Fact]
    public void A_jump_host_with_another_key_says_nothing_against_the_session()
    {
        var session = Session();
        session.Proxy = SshProxy.ThroughJumpHost("ssh", "bastion");

        var error = LostConnection.FindOtherServer(session, Refusal("bastion").Split('\n'))!;

        Assert.Equal((FargateError.HostKeyMismatch, "the jump host bastion"), (error.Error, error.Target));
        Assert.False(session.IsDistrusted);
        AssertIsOtherServer(session, LostConnection.FindOtherServer(session, Refusal(session.TaskId).Split('\n'))!);
    }

    [Fact]
    public void A_jump_host_that_is_not_known_is_no_other_server()
    {
        var session = Session();
        session.Proxy = SshProxy.ThroughJumpHost("ssh", "bastion");

        var error = LostConnection.FindOtherServer(
            session,
            ["No ED25519 host key is known for bastion and you have requested strict checking.", "Host key verification failed."])!;

        Assert.Equal((FargateError.SshFailed, false), (error.Error, session.IsDistrusted));
    }

    private static void AssertIsOtherServer(FargateSession session, FargateException error)
    {
        Assert.Equal((FargateError.HostKeyMismatch, session.SessionId), (error.Error, error.Target));
        Assert.Contains($"it showed the host key {Fingerprint}, ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("ssh-keygen -R", $"{error.Message}", StringComparison.Ordinal);
        Assert.True(session.IsDistrusted);
        Assert.False(session.IsWorthKeeping);
    }

    /// <summary>An ssh that does something and then refuses its server.</summary>
    private string SshThat(string work) => Folder.WriteScript(
        "refusing-ssh", $"{work}\ncat >&2 <<'END'\n{Refusal(SampleTask.Id)}\nEND\nexit 255");

    private FargateSession Session()
    {
        SessionJournal journal = new(Folder["sessions"]);
        var session = journal.SessionOf(SampleRecord.Of(journal.Open(), SampleTask.Arn));
        session.Status = "RUNNING";
        session.PublicAddress = "127.0.0.1";
        return session;
    }
}
