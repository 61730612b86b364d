using System.Diagnostics;

namespace EcsFargateLogin.EndToEnd.Container;

public sealed class ContainerStopTests
{
    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 1000)]
    [InlineData(true, 0)]
    public async Task A_request_to_stop_ends_everything_within_seconds(bool busyBox, int userId)
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Kind = busyBox ? ImageKind.BusyBox : ImageKind.Debian,
            UserId = userId,
        });
        var user = userId == 0 ? "root" : "app";
        await using var stubborn = container.StartSsh(
            $"{user}@{container.Address}", "trap '' HUP TERM INT; echo in; sleep 60; sleep 60");
        await SshContainer.UntilAsync(() => stubborn.Output.Length > 0);

        var watch = Stopwatch.StartNew();
        await container.StopAsync();
        var end = await container.EndAsync();

        // Who does not ignore the request has 25.
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 20);
        Assert.Equal(0, end.ExitCode);
        Assert.Contains("ecs-fargate-login end stopped: ", end.Output, StringComparison.Ordinal);
        Assert.Equal(255, (await stubborn.EndAsync()).ExitCode);
        // On which it would start again.
        Assert.DoesNotContain("SIGHUP", end.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ImageKind.Debian, 0)]
    [InlineData(ImageKind.Bash, 1000)]
    [InlineData(ImageKind.BusyBox, 0)]
    [InlineData(ImageKind.BusyBox, 1000)]
    public async Task What_has_detached_itself_is_asked_to_end_and_given_time(ImageKind kind, int userId)
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Kind = kind,
            UserId = userId,
            // Which then lists the files that are there.
            IsProcess1 = false,
            Variables = ContainerOptions.Limit("_RECONNECT_WINDOW", 1),
        });
        // Longer than logins are given.
        var result = await container.SshAsync(
            """
            setsid sh -c 'trap "sleep 5; : >/tmp/it-was-asked; exit" TERM; : >/tmp/asks; while :; do sleep 0.1; done' \
                </dev/null >/dev/null 2>&1 &
            until [ -e /tmp/asks ]; do sleep 0.1; done
            """,
            userId == 0 ? "root" : "app");
        Assert.Equal("", result.Error);

        var end = await container.EndAsync();

        Assert.Matches("(?s)ecs-fargate-login end last-logout: .*files: .*/tmp/it-was-asked", end.Output);
        Assert.DoesNotContain("process: sleep", end.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_death_of_sshd_ends_the_container_with_a_code_of_its_own()
    {
        await using var container = await SshContainer.StartAsync();

        await container.SshAsync("kill -s KILL $(awk '{ print $4 }' /proc/$PPID/stat); sleep 5");

        var end = await container.EndAsync();
        Assert.Equal(70, end.ExitCode);
        Assert.Contains("ecs-fargate-login end sshd-died: ", end.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(true, 1000)]
    public async Task Below_another_process_1_the_script_leaves_no_process_and_no_file(bool busyBox, int userId)
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Kind = busyBox ? ImageKind.BusyBox : ImageKind.Debian,
            UserId = userId,
            IsProcess1 = false,
            Variables = ContainerOptions.Limit("_MAX_LIFETIME", 15),
        });
        var user = userId == 0 ? "root" : "app";
        await using var command = container.StartSsh($"{user}@{container.Address}", "echo in; sleep 60; sleep 60");
        await SshContainer.UntilAsync(() => command.Output.Length > 0);

        var end = await container.EndAsync();

        Assert.Equal(124, end.ExitCode);
        Assert.DoesNotContain("ecs-fargate-login.", end.Output, StringComparison.Ordinal);
        Assert.Contains("files: ", end.Output, StringComparison.Ordinal);
        // Process 1 and the shell that runs cat.
        var processes = end.Output.Split('\n').Where(line => line.StartsWith("process: ", StringComparison.Ordinal));
        Assert.All(processes, line => Assert.True(line is "process: sh" or "process: ", line));
    }

    [Fact]
    public async Task Orphans_of_logins_are_reaped()
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Variables = ContainerOptions.Limit("_RECONNECT_WINDOW", 30),
        });

        var result = await container.SshAsync("(sleep 0.5 & echo $! >/tmp/orphan); while [ -e /proc/$(cat /tmp/orphan) ]; do sleep 0.1; done; echo reaped");

        Assert.Equal("reaped\n", result.Output);
    }
}
