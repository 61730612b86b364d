namespace EcsFargateLogin.EndToEnd.Container;

public sealed class ContainerIdleTests
{
    /// <summary>The kernel moves the times of a terminal in steps of 8 s, and the script polls every second.</summary>
    private static readonly TimeSpan LongerThanAnIdleSecond = TimeSpan.FromSeconds(11.5);

    [Fact]
    public Task An_idle_terminal_is_told_and_ended() => Task.WhenAll(ContainerOptions.Kinds.Select(async kind =>
    {
        await using var container = await StartAsync(kind);
        await using var terminal = await container.StartTerminalAsync();

        var end = await container.EndAsync();
        var client = await terminal.EndAsync();

        Assert.Equal(124, end.ExitCode);
        Assert.Contains("ecs-fargate-login end idle: ", end.Output, StringComparison.Ordinal);
        Assert.Contains(
            "ecs-fargate-login: no login has had input or output for 1 seconds", client.Output, StringComparison.Ordinal);
        Assert.Equal(255, client.ExitCode);
    }));

    [Fact]
    public async Task A_clock_that_was_set_does_not_keep_an_idle_terminal()
    {
        await using var container = await StartAsync(ImageKind.Debian);
        await using var terminal = await container.StartTerminalAsync();

        // Which makes the terminal's times lie in the future.
        await container.SshAsync("touch -d '+1 day' /dev/pts/0");
        var end = await container.EndAsync();

        Assert.Contains("ecs-fargate-login end idle: ", end.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminal_with_output_is_not_idle()
    {
        await using var container = await StartAsync(ImageKind.Debian);
        await using var terminal = await container.StartTerminalAsync();

        await terminal.Input.WriteAsync("while sleep 0.5; do echo tick; done\n");
        await terminal.Input.FlushAsync();
        await Task.Delay(LongerThanAnIdleSecond);

        Assert.DoesNotContain("ecs-fargate-login end", container.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_command_without_a_terminal_is_not_idle_and_keeps_terminals_too()
    {
        await using var container = await StartAsync(ImageKind.Debian);
        await using var terminal = await container.StartTerminalAsync();
        await using var command = container.StartSsh($"root@{container.Address}", "sleep 60");

        await Task.Delay(LongerThanAnIdleSecond);

        Assert.DoesNotContain("ecs-fargate-login end", container.Log, StringComparison.Ordinal);
    }

    private static Task<SshContainer> StartAsync(ImageKind kind) => SshContainer.StartAsync(new ContainerOptions
    {
        Kind = kind,
        Variables = ContainerOptions.Limit("_IDLE_TIMEOUT", 1),
    });
}
