using System.Net.Sockets;

namespace EcsFargateLogin.EndToEnd.Container;

/// <summary>The end of a container after its last login has ended.</summary>
public sealed class ContainerKeepTests
{
    private static readonly string[] Keep = ["-o", "SetEnv=_KEEP_SESSION=yes"];

    public static TheoryData<ImageKind, int> Containers => new()
    {
        { ImageKind.Debian, 0 },
        { ImageKind.Bash, 1000 },
        { ImageKind.BusyBox, 0 },
        { ImageKind.BusyBox, 1000 },
    };

    [Theory]
    [MemberData(nameof(Containers))]
    public async Task A_session_that_a_login_keeps_ends_when_it_was_not_used_for_that_long(ImageKind kind, int userId)
    {
        await using var container = await StartWithClockAsync(kind, userId, ("_UNUSED_TIMEOUT", "6"));
        var user = userId == 0 ? "root" : "app";

        var first = await container.SshAsync("echo \"<$_KEEP_SESSION>\"", user, Keep);
        await container.PassAsync(5);
        var second = await container.SshAsync("echo again", user, Keep);
        await container.PassAsync(5);
        Assert.DoesNotContain("ecs-fargate-login end", container.Log, StringComparison.Ordinal);
        await container.PassUntilEndAsync();
        var end = await container.EndAsync();

        Assert.Equal(("<>\n", "again\n"), (first.Output, second.Output));
        Assert.Equal(124, end.ExitCode);
        Assert.Contains(
            "ecs-fargate-login end unused: nobody has been logged in for 6 seconds", end.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Containers))]
    public async Task A_command_that_runs_on_without_a_connection_counts_as_a_login(ImageKind kind, int userId)
    {
        await using var container = await StartWithClockAsync(kind, userId, ("_UNUSED_TIMEOUT", "6"));
        var user = userId == 0 ? "root" : "app";

        await container.SshAsync(
            """
            /bin/sh -c ': ecs-fargate-login-detached
            until [ -e /tmp/may-end ]; do sleep 0.1; done' </dev/null >/dev/null 2>&1 &
            """,
            user,
            Keep);
        await container.PassAsync(20);
        Assert.DoesNotContain("ecs-fargate-login end", container.Log, StringComparison.Ordinal);
        await container.SshAsync("true >/tmp/may-end", user, Keep);
        await container.PassUntilEndAsync();

        Assert.Contains("ecs-fargate-login end unused: ", (await container.EndAsync()).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_latest_login_decides()
    {
        await using var container = await StartAsync(ImageKind.Debian, 0, ("_UNUSED_TIMEOUT", "0"));

        await container.SshAsync("true", options: Keep);
        await container.SshAsync("true");
        var end = await container.EndAsync();

        Assert.Equal(0, end.ExitCode);
        Assert.Contains("ecs-fargate-login end last-logout: ", end.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_that_was_started_to_be_kept_is_whatever_its_logins_say()
    {
        await using var container =
            await StartWithClockAsync(ImageKind.BusyBox, 0, ("_KEEP_SESSION", "yes"), ("_UNUSED_TIMEOUT", "5"), ("_RECONNECT_WINDOW", "0"));

        var result = await container.SshAsync("echo \"<$_KEEP_SESSION>\"");
        await container.PassAsync(4);
        Assert.DoesNotContain("ecs-fargate-login end", container.Log, StringComparison.Ordinal);
        await container.PassUntilEndAsync();
        var end = await container.EndAsync();

        Assert.Equal("<>\n", result.Output);
        Assert.Contains("ecs-fargate-login end unused: ", end.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_that_nobody_authenticates_do_not_delay_the_end_after_a_logout()
    {
        await using var container = await StartAsync(ImageKind.Debian, 0, ("_RECONNECT_WINDOW", "120"));

        await container.SshAsync("true");
        for (var probe = 0; probe < 5; probe++)
        {
            using TcpClient client = new();
            try
            {
                await client.ConnectAsync(container.Address, container.Port);
            }
            catch (SocketException)
            {
                // On a busy machine it may have ended already, which is what is shown here.
                break;
            }

            await Task.Delay(TimeSpan.FromSeconds(0.3));
        }

        var end = await container.EndAsync();

        Assert.Contains("Connection closed by 127.", end.Output, StringComparison.Ordinal);
        Assert.Contains("ecs-fargate-login end last-logout: ", end.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_is_lost_beside_one_that_was_logged_out_before_is_waited_for()
    {
        await using var container = await StartAsync(ImageKind.Debian, 0, ("_RECONNECT_WINDOW", "120"));
        await using (await container.StartTerminalAsync())
        {
            await container.SshAsync("true");
        }

        await Task.Delay(TimeSpan.FromSeconds(8));

        Assert.DoesNotContain("ecs-fargate-login end", container.Log, StringComparison.Ordinal);
    }

    private static Task<SshContainer> StartAsync(ImageKind kind, int userId, params (string Name, string Value)[] variables) =>
        SshContainer.StartAsync(Options(kind, userId, variables));

    private static Task<SshContainer> StartWithClockAsync(
        ImageKind kind, int userId, params (string Name, string Value)[] variables) =>
        SshContainer.StartAsync(Options(kind, userId, variables) with { HasOwnClock = true });

    private static ContainerOptions Options(ImageKind kind, int userId, (string Name, string Value)[] variables) => new()
    {
        Kind = kind,
        UserId = userId,
        Variables = variables.ToDictionary(variable => variable.Name, variable => variable.Value),
    };
}
