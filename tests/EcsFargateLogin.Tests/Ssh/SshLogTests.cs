using EcsFargateLogin.Ssh;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Ssh;

public sealed class SshLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_log_that_was_never_written_is_empty() => Assert.Empty(SshLog.Read(_folder["log"]));

    [Fact]
    public void An_exit_code_of_1_without_a_log_is_that_of_ssh()
    {
        var log = _folder.Write("log", "");

        var none = SshLog.ReadEnd(_folder["none"], 1, []);
        var gone = SshLog.ReadEnd(Path.Combine(_folder["gone"], "log"), 255, []);

        Assert.Equal((1, 255, 7), (SshLog.ReadEnd(log, 1, []).ExitCode, none.ExitCode, SshLog.ReadEnd(_folder["none"], 7, []).ExitCode));
        Assert.Contains("command line", Assert.Single(none.Messages), StringComparison.Ordinal);
        Assert.Equal(none.Messages, SshLog.ReadEnd(_folder["none"], 255, []).Messages);
        Assert.Contains("was stopped meanwhile", Assert.Single(gone.Messages), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("OpenSSH_9.2p1 Debian-2, OpenSSL 3.0.19 27 Jan 2026\ndebug1: Connect", true)]
    [InlineData("debug1: Connecting to 127.0.0.1 port 22.\nssh: connect to host 127.0.0.1 port 22: Connection refused\n", false)]
    [InlineData("debug1: Entering interactive session.\n", false)]
    [InlineData("debug1: client_input_channel_req: channel 0 rtype exit-status reply 0\n", false)]
    public void A_failure_without_a_reason_in_the_log_is_one_for_a_full_disk(string text, bool isCutOff)
    {
        var log = _folder.Write("log", text);

        var (exitCode, messages) = SshLog.ReadEnd(log, 255, [new("ConnectTimeout", "5")]);

        Assert.Equal((255, isCutOff), (exitCode, SshLog.Complaint(messages)?.Contains("is the disk", StringComparison.Ordinal) ?? false));
        Assert.Equal(SshLog.Read(log), SshLog.ReadEnd(log, 255, [new("LogLevel", "QUIET")]).Messages);
        Assert.Equal(SshLog.Read(log), SshLog.ReadEnd(log, 1, []).Messages);
    }

    [Fact]
    public void Empty_lines_and_carriage_returns_are_left_out() =>
        Assert.Equal(["one", "two"], SshLog.Read(_folder.Write("log", "one\r\n\r\n  two\r\n")));

    [Fact]
    public void What_ssh_says_in_good_times_is_no_complaint() => Assert.Null(SshLog.Complaint(
    [
        "Warning: Permanently added '0123' (ED25519) to the list of known hosts.",
        "OpenSSH_9.2p1 Debian-2, OpenSSL 3.0.19 27 Jan 2026",
        "debug1: Connection established.",
        "Authenticated to 127.0.0.1 ([127.0.0.1]:22) using \"publickey\".",
        "Transferred: sent 3012, received 2748 bytes, in 0.1 seconds",
        "Bytes per second: sent 30120.1, received 27480.9",
        "Pseudo-terminal will not be allocated because stdin is not a terminal.",
        "** WARNING: connection is not using a post-quantum key exchange algorithm.",
        "** This session may be vulnerable to \"store now, decrypt later\" attacks.",
        "** The server may need to be upgraded. See https://openssh.com/pq.html",
    ]));

    [Fact]
    public void Each_connection_of_a_session_has_a_log_of_its_own()
    {
        Assert.NotEqual(SshLog.NewPathIn(_folder.Path), SshLog.NewPathIn(_folder.Path));
        Assert.Equal(_folder.Path, Path.GetDirectoryName(SshLog.NewPathIn(_folder.Path)));
    }

    [Theory]
    [InlineData(ConnectionEnd.Unknown, "client_loop: send disconnect: Broken pipe")]
    [InlineData(ConnectionEnd.NeverOpened, "debug1: Connection established.", "Permission denied (publickey).")]
    [InlineData(ConnectionEnd.Lost, "debug1: Entering interactive session.", "debug1: Transferred: sent 1, received 1 bytes")]
    [InlineData(
        ConnectionEnd.ProgramEnded,
        "debug1: Entering interactive session.",
        "debug1: client_input_channel_req: channel 0 rtype exit-status reply 0")]
    public void The_debug_lines_tell_how_the_connection_ended(object end, params string[] messages) =>
        Assert.Equal((ConnectionEnd)end, SshLog.EndOf(messages));

    [Fact]
    public void A_log_that_is_begun_anew_is_empty()
    {
        var log = _folder.Write("log", "old");

        SshLog.Clear(log);
        SshLog.Clear(log);

        Assert.Empty(SshLog.Read(log));
    }

    [Theory]
    [InlineData("debug1: Server host key: ssh-ed25519 SHA256:abc")]
    [InlineData("The fingerprint for the ED25519 key sent by the remote host is", "SHA256:abc.", "Please contact your administrator.")]
    public void The_fingerprint_of_the_servers_key_is_told_at_every_level(params string[] messages) =>
        Assert.Equal("SHA256:abc", SshLog.HostKeyOf(messages));

    [Fact]
    public void A_complaint_is_what_ssh_said_last() => Assert.Equal(
        "3 4 5 6 root@127.0.0.1: Permission denied (publickey).",
        SshLog.Complaint(["1", "2", "3", "4", "5", "debug1: no more methods", "6", "root@127.0.0.1: Permission denied (publickey)."]));
}
