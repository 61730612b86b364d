using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate.Tasks;

namespace EcsFargateLogin.EndToEnd.Open;

/// <summary>The limits of New-FargateSession: that they end tasks, and what is said then.</summary>
public sealed class ServerLimitTests
{
    [Theory]
    [InlineData("-MaxLifetime 30", "", "lifetime: this task has lived for its 30 seconds", "-MaxLifetime of New-FargateSession")]
    [InlineData("-IdleTimeout 1", "", "idle: no login has had input or output for 1 seconds", "-IdleTimeout of New-FargateSession")]
    [InlineData("-MaxLifetime 15 -HostKeyVerification AcceptNew", "wrapped", "exited with 124", "-MaxLifetime, -LoginTimeout, -UnusedTimeout and -IdleTimeout")]
    public async Task A_limit_ends_the_task_under_an_open_shell_and_is_named_afterwards(
        string limit, string family, string why, string nextStep)
    {
        using PlainSshdImage image = new();
        await using var me = await Operator.StartAsync(image.Options);
        me.Fargate.RegisterTaskDefinition(PlainSshdImage.TaskDefinition("wrapped", PlainSshdImage.Command));
        await using var terminal = TerminalRun.UnderTerminal(me.Process(
            $$"""
            $before = stty -g
            New-FargateSession {{family}} {{limit}} | Enter-FargateShell -ErrorVariable problems -ErrorAction SilentlyContinue
            "$LASTEXITCODE $((stty -g) -eq $before) $($problems[0].FullyQualifiedErrorId) $($problems[0].Exception.Message)"
            """));
        await terminal.ShowsAsync("since RunTask");

        Assert.Equal(0, await terminal.EndAsync());

        Assert.Contains("255 True TaskStopped,EcsFargateLogin.Cmdlets.EnterFargateShellCommand ", terminal.Screen, StringComparison.Ordinal);
        Assert.Contains(why, terminal.Screen, StringComparison.Ordinal);
        Assert.Contains(nextStep, terminal.Screen, StringComparison.Ordinal);
        if (family.Length > 0)
        {
            Assert.Matches("\r\nEcsFargateLogin: this task ends in [0-9]+ seconds, at the end of its lifetime\r\n", terminal.Screen);
        }

        Assert.Equal("EssentialContainerExited", Assert.Single(me.Fargate.Tasks).StopCode);
        Assert.Empty(me.SessionFiles());
    }

    [Fact]
    public async Task A_session_that_nobody_enters_ends_after_LoginTimeout()
    {
        await using var me = await Operator.StartAsync();

        var session = Assert.Single(me.Run("New-FargateSession -LoginTimeout 1").Output);

        await Eventually.BecomesAsync(
            () => me.Fargate.Tasks.All(task => task.Phase == TaskPhase.Stopped), () => string.Join(", ", me.Fargate.Tasks));
        Assert.Equal("EssentialContainerExited", Assert.Single(me.Fargate.Tasks).StopCode);
        var error = me.ErrorOf("$args[0] | Enter-FargateShell -ErrorAction Stop", session);
        Assert.Contains("nobody logged in within 1 seconds", error.Message, StringComparison.Ordinal);
    }
}
