using EcsFargateLogin.EndToEnd.Cmdlets;

namespace EcsFargateLogin.EndToEnd.Commands;

/// <summary>Invoke-FargateCommand: commands that do not come to their end.</summary>
public sealed class CutOffCommandTests
{
    /// <summary>Ends the process of sshd that serves the connection, as a lost network would.</summary>
    private const string LoseConnection = "echo begun; sleep 0.2; kill -9 $PPID; sleep 60";

    [Theory]
    [InlineData("New-FargateSession | Invoke-FargateCommand")]
    [InlineData("Invoke-FargateCommand -Session (New-FargateSession -Wait)")]
    public async Task A_lost_connection_keeps_what_was_printed_and_says_that_it_is_partial(string invoke)
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run($"{invoke} '{LoseConnection}' -PassThru; $LASTEXITCODE");

        var error = Assert.Single(run.Errors);
        Assert.Equal("SshFailed,EcsFargateLogin.Cmdlets.InvokeFargateCommandCommand", error.FullyQualifiedErrorId);
        Assert.Contains("was cut short, and what it has printed is partial", error.ToString(), StringComparison.Ordinal);
        Assert.Equal("begun", Assert.Single((IEnumerable<string>)run.Output[0].Properties["StandardOutput"].Value));
        Assert.Equal(true, run.Output[0].Properties["IsPartial"].Value);
        Assert.Equal("255", run.Output[1].ToString());
    }

    [Fact]
    public async Task A_session_that_cannot_be_logged_in_to_leaves_the_exit_code_of_ssh()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            """
            $open, $ended = New-FargateSession -Count 2
            $ended | Stop-FargateSession
            $ended, $open | Invoke-FargateCommand 'true'
            $LASTEXITCODE
            $open | Stop-FargateSession
            """);

        Assert.StartsWith("SessionEnded,", Assert.Single(run.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("255", Assert.Single(run.Output).ToString());
    }

    [Fact]
    public async Task A_task_that_is_stopped_under_its_command_is_the_error()
    {
        await using var me = await Operator.StartAsync();
        var run = me.Start("New-FargateSession | Invoke-FargateCommand 'echo begun; sleep 600'");
        await Eventually.BecomesAsync(() => run.Output.Count > 0, () => "Nothing was printed.");

        me.Fargate.InterruptTask(
            Assert.Single(me.Fargate.Tasks).Arn, "SpotInterruption", "Your Spot Task was interrupted.");

        await run.Completion;
        var error = Assert.Single(run.Errors);
        Assert.StartsWith("TaskStopped,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("SpotInterruption", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("partial", error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>The connection that a kept session shares holds the output open as long as the program there runs on.</summary>
    [Fact]
    public Task A_command_that_takes_too_long_is_cut_off()
    {
        // The limit is for the login too, which takes seconds on a busy machine.
        const string command = "'echo begun; printf half; sleep 600' -Timeout 20";
        return Task.WhenAll(
            IsCutOffAsync($"New-FargateSession | Invoke-FargateCommand {command}"),
            IsCutOffAsync(
                $"$kept = New-FargateSession -Wait; Invoke-FargateCommand -Session $kept {command}; $kept | Stop-FargateSession"));
    }

    private static async Task IsCutOffAsync(string script)
    {
        await using var me = await Operator.StartAsync();
        var run = me.Start(script);
        await run.Completion;

        Assert.Equal(["begun", "half"], run.Output.Select(line => line.ToString()));
        Assert.StartsWith("CommandTimeout,", Assert.Single(run.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        await me.LeftNothingAsync();
    }

    [Theory]
    [InlineData("sleep 600")]
    [InlineData("yes")]
    public async Task Ctrl_C_ends_a_command_that_never_ends_and_stops_its_session(string command)
    {
        await using var me = await Operator.StartAsync();
        var run = me.Start($"New-FargateSession -Count 2 | Invoke-FargateCommand 'echo begun; {command}'");
        await Eventually.BecomesAsync(() => run.Output.Count > 1, () => "Nothing was printed.");

        run.Stop();

        Assert.True(run.WasStopped);
        Assert.Empty(run.Errors);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_later_command_that_has_enough_ends_it_and_its_session()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run("New-FargateSession | Invoke-FargateCommand 'yes' | Select-Object -First 3");

        Assert.Empty(run.Errors);
        Assert.Equal(["y", "y", "y"], run.Output.Select(line => line.ToString()));
        await me.LeftNothingAsync();
    }
}
