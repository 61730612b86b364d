using LocalFargate.Tasks;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>The life of a session, from New to Stop.</summary>
public sealed class SessionLifeTests
{
    [Fact]
    public async Task A_shell_gives_its_exit_code_and_leaves_nothing_behind()
    {
        await using var me = await Operator.StartAsync();

        var run = await PowerShellHost.EngineProcess.RunAsync(
            me.Process("New-FargateSession | Enter-FargateShell; exit $LASTEXITCODE"), "echo up-$((6*7))\nexit 7\n");

        Assert.Equal(("up-42\n", "", 7), (run.Output, run.Error, run.ExitCode));
        var task = Assert.Single(me.Fargate.Tasks);
        Assert.True(task.Phase > TaskPhase.Running);
        Assert.Equal("UserInitiated", task.StopCode);
        Assert.Empty(me.SessionFiles());
    }
}
