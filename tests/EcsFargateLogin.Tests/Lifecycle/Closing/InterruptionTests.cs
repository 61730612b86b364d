using EcsFargateLogin.Cloud;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Lifecycle.Closing;

/// <summary>The meaning of a task's end after ssh's exit code 255.</summary>
public sealed class InterruptionTests
{
    [Theory]
    [InlineData("SpotInterruption", null, ConnectionEnd.Lost, true)]
    [InlineData("UserInitiated", 0, ConnectionEnd.ProgramEnded, true)]
    [InlineData("EssentialContainerExited", 124, ConnectionEnd.Lost, true)]
    [InlineData("EssentialContainerExited", 0, ConnectionEnd.Lost, false)]
    [InlineData("EssentialContainerExited", 124, ConnectionEnd.ProgramEnded, false)]
    [InlineData(null, null, ConnectionEnd.Unknown, false)]
    public async Task A_task_was_interrupted_or_ended_by_itself(
        string? stopCode, int? exitCode, object end, bool isInterrupted)
    {
        using ScriptedCloud cloud = new();
        cloud.OnDescribeTasks = (_, _, _) => SampleTask.Reply(SampleTask.Of("STOPPING") with
        {
            StopCode = stopCode, Containers = [new ContainerDescription { Name = "cli", ExitCode = exitCode }],
        });

        var task = await Interruption.FindAsync(cloud, SampleTask.Session(), (ConnectionEnd)end, CancellationToken.None);

        Assert.Equal(isInterrupted, task is not null);
    }

    [Fact]
    public async Task A_lost_connection_is_often_seen_before_the_end_of_its_task()
    {
        using ScriptedCloud cloud = new();
        cloud.OnDescribeTasks = (_, _, before) =>
            SampleTask.Reply(before == 0 ? SampleTask.Of("RUNNING") : SampleTask.Of("STOPPING") with { StopCode = "UserInitiated" });

        Assert.NotNull(await Interruption.FindAsync(
            cloud, SampleTask.Session(), ConnectionEnd.Lost, CancellationToken.None));
    }

    [Fact]
    public async Task Nobody_waits_where_nobody_was_logged_in_and_a_refusal_is_no_error()
    {
        using ScriptedCloud cloud = new();
        cloud.OnDescribeTasks = (_, _, before) => before == 0 ? SampleTask.Reply() : throw SampleTask.Throttled();

        Assert.Null(await Interruption.FindAsync(cloud, SampleTask.Session(), ConnectionEnd.NeverOpened, CancellationToken.None));
        Assert.Null(await Interruption.FindAsync(cloud, SampleTask.Session(), ConnectionEnd.Lost, CancellationToken.None));
        Assert.Equal(2, cloud.CallsOf("DescribeTasks").Count);
    }
}
