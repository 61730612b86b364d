using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EcsFargateLogin.EndToEnd.Container;

/// <summary>The script with OpenSSH 10: three programs in place of one, other titles of processes, penalties.</summary>
public sealed class OpenSsh10Tests
{
    [Debian13Fact]
    public async Task It_logs_in_to_shells_commands_and_file_transfers_and_ends_after_the_last()
    {
        await using var container = await StartAsync(0, ("PLAIN", "value"), ("an.odd.name", "odd"), ("_RECONNECT_WINDOW", "3"));
        await using var terminal = await container.StartTerminalAsync();

        var command = await container.SshAsync("sshd -V; tr '\\0' '\\n' </proc/$$/environ | grep -x 'PLAIN=value\\|an.odd.name=odd' | wc -l; sleep 5");
        var copy = await container.SftpAsync("ls /\n");
        await terminal.Input.WriteAsync("exit\n");
        await terminal.Input.FlushAsync();
        var end = await container.EndAsync();

        Assert.Contains("OpenSSH_10.", command.Error, StringComparison.Ordinal);
        Assert.Equal("2\n", command.Output);
        Assert.Equal((0, 0), (copy.ExitCode, end.ExitCode));
        Assert.Contains("ecs-fargate-login end last-logout: ", end.Output, StringComparison.Ordinal);
        Assert.Equal("", end.Error);
    }

    [Debian13Fact]
    public async Task Tunnels_and_logins_of_another_user_are_counted()
    {
        await using var container = await SshContainer.StartAsync(
            Options(0, ("_LOGIN_TIMEOUT", "3"), ("_SSH_USER", "app"), ("_RECONNECT_WINDOW", "3")) with { HasOwnClock = true });
        await using (container.StartSsh("-N", $"app@{container.Address}"))
        {
            await container.WaitForLogAsync("Accepted publickey");
            await container.PassAsync(6);
            Assert.DoesNotContain("ecs-fargate-login end", container.Log, StringComparison.Ordinal);
        }

        var kept = await container.SshAsync("id -un", "app", "-o", "SetEnv=_KEEP_SESSION=yes");
        var end = await container.SshAsync("id -un; sleep 2", "app");
        await container.PassUntilEndAsync();

        Assert.Equal(("app\n", "app\n"), (kept.Output, end.Output));
        Assert.Contains("ecs-fargate-login end last-logout: ", (await container.EndAsync()).Output, StringComparison.Ordinal);
    }

    [Debian13Fact]
    public async Task A_login_that_keeps_the_session_and_an_idle_terminal_are_noticed()
    {
        await using var container = await StartAsync(1000, ("_UNUSED_TIMEOUT", "4"));

        await container.SshAsync("true", "app", "-o", "SetEnv=_KEEP_SESSION=yes");
        var end = await container.EndAsync();

        Assert.Contains("ecs-fargate-login end unused: ", end.Output, StringComparison.Ordinal);
    }

    [Debian13Fact]
    public async Task Many_connections_in_a_short_time_earn_no_penalty()
    {
        await using var container = await StartAsync(0, ("_KEEP_SESSION", "yes"));
        var settings = await container.SshAsync("sshd -T -f /run/ecs-fargate-login.*/sshd_config");

        for (var probe = 0; probe < 40; probe++)
        {
            using TcpClient client = new();
            await client.ConnectAsync(container.Address, container.Port);
            await client.GetStream().ReadExactlyAsync(new byte[4]);
            var port = ((IPEndPoint)client.Client.LocalEndPoint!).Port;
            client.Close();
            // Many that are open at once are refused for another reason: MaxStartups.
            await container.WaitForLogAsync($" port {port}");
        }

        Assert.Contains("persourcepenalties no\n", settings.Output, StringComparison.Ordinal);
        Assert.Equal("in\n", (await container.SshAsync("echo in")).Output);
    }

    [Debian13Fact]
    public async Task A_program_of_sshd_that_the_image_lacks_is_named_at_the_start()
    {
        foreach (var program in (string[])["sshd-session", "sshd-auth"])
        {
            var end = await SshContainer.RefuseAsync(new ContainerOptions
            {
                Kind = ImageKind.Debian13,
                Setup = $": >/tmp/none; mount --bind /tmp/none /usr/lib/openssh/{program}",
            });

            Assert.Equal(69, end.ExitCode);
            Assert.Contains($"/usr/lib/openssh/{program}", end.Error, StringComparison.Ordinal);
            Assert.Single(end.Error.TrimEnd().Split('\n'));
        }
    }

    [Debian13Fact]
    public async Task A_request_to_stop_ends_logins_and_reaches_what_has_detached_itself()
    {
        await using var container = await StartAsync(0);
        await using var stubborn = container.StartSsh(
            $"root@{container.Address}",
            "setsid sh -c 'trap \"sleep 4; echo detached-was-asked >/proc/1/fd/1; exit\" TERM; : >/tmp/asks; while :; do sleep 0.1; done' "
            + ">/dev/null 2>&1 & until [ -e /tmp/asks ]; do sleep 0.1; done; trap '' HUP TERM INT; echo in; sleep 60; sleep 60");
        await SshContainer.UntilAsync(() => Encoding.ASCII.GetString(stubborn.Output).Contains("in\n", StringComparison.Ordinal));

        await container.StopAsync();
        var end = await container.EndAsync();

        Assert.Contains("ecs-fargate-login end stopped: ", end.Output, StringComparison.Ordinal);
        Assert.Contains("detached-was-asked", end.Output, StringComparison.Ordinal);
        Assert.Equal(255, (await stubborn.EndAsync()).ExitCode);
    }

    private static Task<SshContainer> StartAsync(int userId, params (string Name, string Value)[] variables) =>
        SshContainer.StartAsync(Options(userId, variables));

    private static ContainerOptions Options(int userId, params (string Name, string Value)[] variables) => new()
    {
        Kind = ImageKind.Debian13,
        UserId = userId,
        Variables = variables.ToDictionary(variable => variable.Name, variable => variable.Value),
    };
}
