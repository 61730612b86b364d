using LocalFargate;
using LocalFargate.Tasks;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>Stop-FargateSession.</summary>
public sealed class StopSessionTests
{
    [Fact]
    public async Task It_stops_the_task_with_a_reason_and_deletes_the_key()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run("$session = New-FargateSession; $session | Stop-FargateSession; $session");

        Assert.Empty(run.Errors);
        var session = Assert.Single(run.Output);
        var sent = Assert.Single(me.Calls("StopTask")).Parameters;
        Assert.Equal((session.Text("TaskArn"), "local"), ((string?)sent["task"], (string?)sent["cluster"]));
        Assert.Equal($"EcsFargateLogin session {session}: Stop-FargateSession", (string?)sent["reason"]);
        Assert.Equal("STOPPING", session.Text("Status"));
        Assert.False(Directory.Exists(Operator.SharedFolderOf(session.ToString())));
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task With_Wait_and_PassThru_it_returns_a_stopped_session()
    {
        await using var me = await Operator.StartAsync(new LocalFargateOptions
        {
            Timeline = new Timeline { Deactivating = TimeSpan.FromSeconds(0.5), Deprovisioning = TimeSpan.FromSeconds(0.5) },
        });

        var run = me.Run("New-FargateSession -Wait | Stop-FargateSession -Wait -PassThru");

        Assert.Empty(run.Errors);
        Assert.Equal("STOPPED", Assert.Single(run.Output).Text("Status"));
        Assert.Equal(TaskPhase.Stopped, Assert.Single(me.Fargate.Tasks).Phase);
    }

    [Fact]
    public async Task Stopping_twice_is_no_error_and_WhatIf_stops_nothing()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            """
            $session = New-FargateSession
            $session | Stop-FargateSession -WhatIf
            Test-Path $session.KeyPath
            $session | Stop-FargateSession
            $session | Stop-FargateSession -PassThru
            Stop-FargateSession -TaskArn $session.TaskArn
            """);

        Assert.Empty(run.Errors);
        Assert.Equal(["True", Assert.Single(me.Fargate.Tasks).StartedBy], run.Output.Select(item => item.ToString()));
        Assert.Equal(2, me.Calls("StopTask").Count);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Another_process_stops_a_session_by_its_ARN_and_deletes_its_key()
    {
        await using var me = await Operator.StartAsync();
        var start = await me.RunProcessAsync("(New-FargateSession).KeyPath");
        Assert.True(File.Exists(start.Output.Trim()), start.Error);
        var task = Assert.Single(me.Fargate.Tasks);

        var stop = await me.RunProcessAsync($"Stop-FargateSession -TaskArn {task.Arn} -Verbose");

        Assert.Equal("", stop.Error);
        var sent = Assert.Single(me.Calls("StopTask")).Parameters;
        Assert.Equal($"EcsFargateLogin session {task.StartedBy}: Stop-FargateSession", (string?)sent["reason"]);
        await me.LeftNothingAsync();
    }
}
