using System.Net;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Ssh;

public sealed class BannerProbeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("Welcome.\r\nAuthorised use only.\r\nSSH-2.0-x\r\n")]
    public async Task An_SSH_server_answers_whatever_it_says_before_its_banner(string greeting)
    {
        using var server = GreetingServer.Greeting(greeting);
        BannerProbe probe = new("127.0.0.1", server.Port);

        await probe.WaitAsync(CancellationToken.None).WaitAsync(Limit);

        Assert.Equal("it answers", probe.LastOutcome);
    }

    [Fact]
    public async Task An_IPv6_address_is_reached_as_well()
    {
        using var server = GreetingServer.Greeting("SSH-2.0-x\r\n", IPAddress.IPv6Loopback);

        await new BannerProbe("::1", server.Port).WaitAsync(CancellationToken.None).WaitAsync(Limit);
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

        await new BannerProbe("127.0.0.1", server.Port) { BannerLimit = TimeSpan.FromMilliseconds(100) }
            .WaitAsync(CancellationToken.None).WaitAsync(Limit);

        await server.NextConnectionAsync();
        await server.NextConnectionAsync();
    }

    private static async Task AssertNotReadyAsync(int port, string expected)
    {
        using CancellationTokenSource cancellation = new();
        BannerProbe probe = new("127.0.0.1", port) { BannerLimit = TimeSpan.FromMilliseconds(200) };
        var waiting = probe.WaitAsync(cancellation.Token);

        await Eventually.Async(() => probe.LastOutcome == expected, () => probe.LastOutcome);
        Assert.False(waiting.IsCompleted);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Limit));
    }
}
