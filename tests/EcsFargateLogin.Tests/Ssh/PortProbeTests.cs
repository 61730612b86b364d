using System.Net;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Ssh;

public sealed class PortProbeTests
{
    private static readonly TimeSpan Limit = Eventually.Limit;

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("Welcome.\r\nAuthorised use only.\r\nSSH-2.0-x\r\n")]
    public async Task An_SSH_server_answers_whatever_it_says_before_its_banner(string greeting)
    {
        using var server = GreetingServer.Greeting(greeting);
        PortProbe probe = new("127.0.0.1", server.Port);

        await probe.WaitAsync(CancellationToken.None).WaitAsync(Limit);

        Assert.Equal("it answers", probe.LastOutcome);
    }

    [Theory]
    [InlineData("ed25519", "")]
    [InlineData("ecdsa", "")]
    [InlineData("rsa", "")]
    [InlineData("ecdsa", "KexAlgorithms=ecdh-sha2-nistp256")]
    [InlineData("ecdsa", "KexAlgorithms=ecdh-sha2-nistp521,diffie-hellman-group16-sha512")]
    [InlineData("ed25519", "KexAlgorithms=curve25519-sha256@libssh.org")]
    public async Task One_connection_brings_version_line_and_host_key(string keyType, string option)
    {
        using SshServer server = new(keyType, "VersionAddendum=what is added", option);
        PortProbe probe = new("127.0.0.1", server.Port) { NeedsKey = version => version.EndsWith(" what is added", StringComparison.Ordinal) };

        var answer = await probe.WaitAsync(CancellationToken.None).WaitAsync(Limit);

        Assert.StartsWith("SSH-2.0-OpenSSH", answer.Version, StringComparison.Ordinal);
        Assert.Equal(server.HostKey, answer.Key?.ToString());
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task A_server_with_no_method_of_key_exchange_that_is_known_here_has_answered_without_its_key()
    {
        using SshServer server = new("ed25519", "KexAlgorithms=diffie-hellman-group16-sha512");

        var answer = await new PortProbe("127.0.0.1", server.Port) { WantsKey = true }
            .WaitAsync(CancellationToken.None).WaitAsync(Limit);

        Assert.Null(answer.Key);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\0\u0001")]
    [InlineData("\0\0\0\u0001\0\0")]
    [InlineData("\u007f\u00ff\u00ff\u00ff\0\u0014")]
    [InlineData("\u00ff\u00ff\u00ff\u00ff\u00ff\u0014")]
    [InlineData("\0\0\0\u000c\u00ff\u0014aaaaaaaaaa")]
    [InlineData("\0\0\0\u000c\u0004\u001f\u007f\u00ff\u00ff\u00ffaaaaaa")]
    [InlineData("\0\0\0\u000c\u0004\u001f\0\0\0\u0002aaaaaa")]
    [InlineData("\0\0\0\u000c\u0004\u0014aaaaaaaaaa")]
    public async Task What_is_no_key_exchange_after_the_version_line_is_no_key(string bytes)
    {
        using var server = GreetingServer.GreetingAndClosing($"SSH-2.0-x\r\n{bytes}");
        PortProbe wanting = new("127.0.0.1", server.Port) { WantsKey = true };
        PortProbe needing = new("127.0.0.1", server.Port) { NeedsKey = _ => true };

        Assert.Null((await wanting.WaitAsync(CancellationToken.None).WaitAsync(Limit)).Key);
        await AssertNotReadyAsync(needing, "it presents no host key");
    }

    [Fact]
    public async Task An_IPv6_address_is_reached_as_well()
    {
        using var server = GreetingServer.Greeting("SSH-2.0-x\r\n", IPAddress.IPv6Loopback);

        await new PortProbe("::1", server.Port).WaitAsync(CancellationToken.None).WaitAsync(Limit);
    }

    [Fact]
    public async Task What_speaks_no_SSH_is_not_ready()
    {
        using var server = GreetingServer.GreetingAndClosing("HTTP/1.1 400 SSH- is not spoken here\r\n\r\n");

        await AssertNotReadyAsync(server.Port, "what answers is not an SSH server");
    }

    [Fact]
    public async Task What_closes_the_connection_at_once_is_not_ready()
    {
        using var server = GreetingServer.GreetingAndClosing("");

        await AssertNotReadyAsync(server.Port, "the connection was closed");
    }

    [Fact]
    public async Task A_closed_port_is_not_ready()
    {
        using ClosedPort port = new();

        await AssertNotReadyAsync(port.Number, "the connection failed (ConnectionRefused)");
    }

    [Fact]
    public async Task A_port_that_takes_connections_and_stays_silent_is_not_ready()
    {
        using var server = GreetingServer.Greeting("");

        await AssertNotReadyAsync(server.Port, "it takes connections but sends no SSH banner");
    }

    [Fact]
    public async Task A_server_that_comes_later_is_waited_for()
    {
        using var server = GreetingServer.Greeting("", then: "SSH-2.0-x\r\n");

        await new PortProbe("127.0.0.1", server.Port) { AnswerLimit = TimeSpan.FromMilliseconds(100) }
            .WaitAsync(CancellationToken.None).WaitAsync(Limit);

        await server.NextConnectionAsync();
        await server.NextConnectionAsync();
    }

    private static Task AssertNotReadyAsync(int port, string expected) =>
        AssertNotReadyAsync(new PortProbe("127.0.0.1", port) { AnswerLimit = TimeSpan.FromMilliseconds(200) }, expected);

    private static async Task AssertNotReadyAsync(PortProbe probe, string expected)
    {
        using CancellationTokenSource cancellation = new();
        var waiting = probe.WaitAsync(cancellation.Token);

        await Eventually.Async(() => probe.LastOutcome == expected, () => probe.LastOutcome);
        Assert.False(waiting.IsCompleted);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Limit));
    }
}
