using LocalFargate;
using LocalFargate.Tasks;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>Stop-FargateSession.</summary>
public sealed class StopSessionTests
{
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
