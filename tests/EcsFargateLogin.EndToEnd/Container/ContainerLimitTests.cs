namespace EcsFargateLogin.EndToEnd.Container;

public sealed class ContainerLimitTests
{
    [Fact]
    public async Task The_end_of_the_lifetime_is_announced_and_kept_whoever_is_logged_in()
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            HasOwnClock = true,
            Variables = ContainerOptions.Limit("_MAX_LIFETIME", 10),
        });
        await using var terminal = await container.StartTerminalAsync();

        await container.PassAsync(6);
        await container.PassUntilEndAsync();
        var end = await container.EndAsync();
        var client = await terminal.EndAsync();

        Assert.Equal(124, end.ExitCode);
        Assert.Contains("ecs-fargate-login end lifetime: ", end.Output, StringComparison.Ordinal);
        Assert.Matches("ecs-fargate-login: this task ends in [1-5] seconds", client.Output);
    }

    [Fact]
    public async Task A_zero_turns_a_limit_off()
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Variables = new Dictionary<string, string>
            {
                ["_LOGIN_TIMEOUT"] = "0",
                ["_IDLE_TIMEOUT"] = "0",
                ["_MAX_LIFETIME"] = "0",
            },
        });

        await Task.Delay(TimeSpan.FromSeconds(3));

        Assert.DoesNotContain("ecs-fargate-login end", container.Log, StringComparison.Ordinal);
    }
}
