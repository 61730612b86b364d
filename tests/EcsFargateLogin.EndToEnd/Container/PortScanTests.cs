using System.Text;
using System.Text.RegularExpressions;

namespace EcsFargateLogin.EndToEnd.Container;

public sealed partial class PortScanTests
{
    [NetworkNamespaceFact]
    public async Task While_a_session_with_a_tunnel_is_up_only_the_ssh_port_answers()
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            HasOwnNetwork = true,
            Variables = new Dictionary<string, string> { ["_RECONNECT_WINDOW"] = "60" },
        });
        await using var network = await ContainerNetwork.JoinAsync(container);
        await using var session = await LogInAsync(
            network, container, ["-tt", "-L", "127.0.0.1:7777:127.0.0.1:9", $"root@{ContainerNetwork.IPv4Address}"]);

        var open = await network.ScanAsync(ContainerNetwork.IPv4Address);
        var openOnIPv6 = await network.ScanAsync(ContainerNetwork.IPv6Address);
        var listening = await ContainerNetwork.RunInAsync(
            container.NamespaceProcessId, "cat", "/proc/net/tcp", "/proc/net/tcp6", "/proc/net/udp", "/proc/net/udp6");

        Assert.False(session.HasExited);
        Assert.Equal([22], open);
        Assert.Equal([22], openOnIPv6);
        // Whatever no scan would find, such as a UDP port, is not there either.
        Assert.All(Unconnected().Matches(listening), socket => Assert.Equal("0016", socket.Groups["port"].Value));
        Assert.Equal(2, Unconnected().Count(listening));
    }

    [NetworkNamespaceFact]
    public async Task A_task_that_has_only_IPv6_is_logged_in_to()
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            HasOwnNetwork = true,
            UserId = 1000,
            Variables = new Dictionary<string, string> { ["_SSH_LISTEN_ADDRESS"] = "::" },
        });
        await using var network = await ContainerNetwork.JoinAsync(container);

        await using var ssh = network.Start(
            "ssh", [.. container.ClientOptions, "-l", "app", "--", ContainerNetwork.IPv6Address, "echo $SSH_CONNECTION"]);
        var result = await ssh.EndAsync();

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.EndsWith($" {ContainerNetwork.IPv6Address} {container.Port}\n", result.Output, StringComparison.Ordinal);
    }

    private static async Task<ProcessRun> LogInAsync(ContainerNetwork network, SshContainer container, string[] arguments)
    {
        var session = network.Start("ssh", [.. container.ClientOptions, .. arguments]);
        await session.Input.WriteAsync("echo ready-$((6*7))\n");
        await session.Input.FlushAsync();
        await SshContainer.UntilAsync(() =>
            Encoding.UTF8.GetString(session.Output).Contains("ready-42", StringComparison.Ordinal) ? true
            : session.HasExited ? throw new InvalidOperationException(session.Error)
            : false);
        return session;
    }

    /// <summary>A line of /proc/net of a socket without a peer, as the kernel writes it.</summary>
    [GeneratedRegex(@"^\s*\d+: [0-9A-F]+:(?<port>[0-9A-F]{4}) 0+:0000 ", RegexOptions.Multiline)]
    private static partial Regex Unconnected();
}
