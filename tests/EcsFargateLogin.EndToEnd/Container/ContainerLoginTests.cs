using System.Net.Sockets;
using System.Text;

namespace EcsFargateLogin.EndToEnd.Container;

public sealed class ContainerLoginTests
{
    [Fact]
    public async Task A_shell_of_ECS_Exec_is_a_login_too_and_keeps_the_task()
    {
        await using var container = await SshContainer.StartAsync();

        // What serves such a shell goes by this name, of which the kernel keeps 15 characters.
        await container.SshAsync(
            """
            setsid sh -c 'printf ssm-session-worker >/proc/$$/comm; sleep 10; echo the-worker-has-ended >/proc/1/fd/1' \
                </dev/null >/dev/null 2>&1 &
            until cat /proc/[0-9]*/comm 2>/dev/null | grep -q '^ssm-session-wor'; do sleep 0.1; done
            """);

        var end = await container.EndAsync();
        Assert.Equal(0, end.ExitCode);
        Assert.Matches("(?s)the-worker-has-ended.*ecs-fargate-login end last-logout", end.Output);
    }

    [Fact]
    public async Task A_container_ends_after_the_last_of_several_logins()
    {
        await using var container = await SshContainer.StartAsync();
        await using var first = await container.StartTerminalAsync();
        await using var second = await container.StartTerminalAsync();

        await LogOutAsync(first);
        var third = await container.SshAsync("sleep 2.5; echo still-there");
        await LogOutAsync(second);
        var end = await container.EndAsync();

        Assert.Equal("still-there\n", third.Output);
        Assert.Equal(0, end.ExitCode);
        Assert.Contains("ecs-fargate-login end last-logout: ", end.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tunnel_without_a_shell_counts_as_a_login(bool busyBox)
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Kind = busyBox ? ImageKind.BusyBox : ImageKind.Debian,
            UserId = 1000,
            HasOwnClock = true,
            Variables = ContainerOptions.Limit("_LOGIN_TIMEOUT", 5),
        });
        await using (var tunnel = container.StartSsh("-N", $"app@{container.Address}"))
        {
            await container.WaitForLogAsync("Accepted publickey");
            await container.PassAsync(7);
            Assert.DoesNotContain("ecs-fargate-login end", container.Log, StringComparison.Ordinal);
        }

        await container.PassUntilEndAsync();
        var end = await container.EndAsync();

        Assert.Contains("ecs-fargate-login end last-logout: ", end.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_of_another_user_than_sshds_counts_as_a_login()
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            HasOwnClock = true,
            Variables = new Dictionary<string, string> { ["_LOGIN_TIMEOUT"] = "5", ["_SSH_USER"] = "app" },
        });

        await using var login = container.StartSsh($"app@{container.Address}", "read on; id -un; cat /run/*/host_key");
        await container.WaitForLogAsync("Accepted publickey");
        await container.PassAsync(7);
        await login.Input.WriteAsync("on\n");
        await login.Input.FlushAsync();
        var result = await login.EndAsync();
        await container.PassUntilEndAsync();
        var end = await container.EndAsync();

        Assert.Equal("app\n", result.Output);
        Assert.Contains("Permission denied", result.Error, StringComparison.Ordinal);
        Assert.Contains("ecs-fargate-login end last-logout: ", end.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_shorter_than_the_watch_is_noticed()
    {
        await using var container = await SshContainer.StartAsync();

        await container.SshAsync("true");

        Assert.Equal(0, (await container.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task A_lost_login_is_waited_for_and_one_that_was_left_only_where_it_asked_for_that()
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Variables = ContainerOptions.Limit("_RECONNECT_WINDOW", 120),
        });

        // Killed, so that it says no word to the server.
        await using (await container.StartTerminalAsync())
        {
        }

        await Task.Delay(TimeSpan.FromSeconds(8));
        var kept = await container.SshAsync("echo \"kept <$_KEEP_SESSION>\"", options: ["-o", "SetEnv=_KEEP_SESSION=yes"]);
        await Task.Delay(TimeSpan.FromSeconds(8));
        var left = await container.SshAsync("echo left");
        var end = await container.EndAsync();

        Assert.Equal(("kept <>\n", "left\n"), (kept.Output, left.Output));
        Assert.Equal(0, end.ExitCode);
        Assert.Contains("ecs-fargate-login end last-logout: ", end.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_login_within_the_reconnect_window_keeps_the_container()
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            HasOwnClock = true,
            Variables = ContainerOptions.Limit("_RECONNECT_WINDOW", 10),
        });

        for (var login = 0; login < 2; login++)
        {
            var result = await container.SshAsync("true");
            Assert.Equal(0, result.ExitCode);
            await container.PassAsync(4);
            Assert.DoesNotContain("ecs-fargate-login end", container.Log, StringComparison.Ordinal);
        }

        await container.PassUntilEndAsync();
        Assert.Equal(0, (await container.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task A_probe_of_the_port_is_no_login_and_ends_nothing()
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            HasOwnClock = true,
            Variables = ContainerOptions.Limit("_LOGIN_TIMEOUT", 8),
        });
        using var lasting = new TcpClient();
        await lasting.ConnectAsync(container.Address, container.Port);

        Assert.StartsWith("SSH-2.0-", await ReadBannerAsync(container), StringComparison.Ordinal);
        await container.PassAsync(7);
        Assert.StartsWith("SSH-2.0-", await ReadBannerAsync(container), StringComparison.Ordinal);
        await container.PassAsync(1);
        var end = await container.EndAsync();

        Assert.Equal(124, end.ExitCode);
        Assert.Contains(
            "ecs-fargate-login end no-login: nobody logged in within 8 seconds", end.Output, StringComparison.Ordinal);
    }

    private static async Task LogOutAsync(ProcessRun terminal)
    {
        await terminal.Input.WriteAsync("exit\n");
        await terminal.Input.FlushAsync();
        await terminal.EndAsync();
    }

    private static async Task<string> ReadBannerAsync(SshContainer container)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(container.Address, container.Port);
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        return await reader.ReadLineAsync() ?? "";
    }
}
