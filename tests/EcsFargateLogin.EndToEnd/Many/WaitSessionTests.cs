using System.Net.Sockets;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate;
using LocalFargate.Faults;
using LocalFargate.Tasks;

namespace EcsFargateLogin.EndToEnd.Many;

/// <summary>Wait-FargateSession.</summary>
public sealed class WaitSessionTests
{
    private static readonly LocalFargateOptions NeverRunning =
        new() { Timeline = new Timeline { Provisioning = TimeSpan.FromMinutes(5) } };

    [Fact]
    public async Task All_sessions_of_a_pipeline_share_each_poll()
    {
        await using var me = await Operator.StartAsync();

        me.Run("$sessions = New-FargateSession -Count 5");
        // While they start, there may be any number of polls.
        foreach (var task in me.Fargate.Tasks)
        {
            await Eventually.BecomesAsync(() => GreetsAsync(task.StartedBy!), () => Task.FromResult($"{task}"));
        }

        // Without parameters each session says how AWS is reached.
        var run = me.Run("$PSDefaultParameterValues.Clear(); $sessions | Wait-FargateSession");

        Assert.Empty(run.Errors);
        Assert.Equal(
            me.Fargate.Tasks.Select(task => task.PublicAddress).Order(),
            run.Output.Select(session => session.Text("PublicAddress")).Order());
        Assert.Equal(5, me.Calls("DescribeTasks")[0].Parameters["tasks"]!.AsArray().Count);
        Assert.InRange(me.Calls("DescribeTasks").Count, 1, 3);
        Assert.InRange(me.Calls("DescribeNetworkInterfaces").Count, 1, 2);
        me.Run("$sessions | Stop-FargateSession");
        await me.LeftNothingAsync();

        async Task<bool> GreetsAsync(string sessionId)
        {
            using TcpClient client = new();
            try
            {
                await client.ConnectAsync(me.Fargate.Tasks.Single(task => task.StartedBy == sessionId).PublicAddress!, me.Fargate.SshPort);
                return await client.GetStream().ReadAtLeastAsync(new byte[4], 4, throwOnEndOfStream: false) == 4;
            }
            catch (Exception e) when (e is SocketException or IOException or ArgumentNullException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task Each_is_returned_when_it_is_ready_and_those_that_are_late_are_left_running()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new SshSilent { Times = 1 });

        var run = me.Run("$sessions = New-FargateSession -Count 3; $sessions | Wait-FargateSession -Timeout 20");

        Assert.Equal(2, run.Output.Count);
        var late = SeenError.Of(Assert.Single(run.Errors), isTerminating: false);
        Assert.StartsWith("StartTimeout,", late.Id, StringComparison.Ordinal);
        Assert.DoesNotContain(late.Target, run.Output.Select(session => session.Text("SessionId")));
        Assert.Empty(me.Calls("StopTask"));
        me.Run("$sessions | Stop-FargateSession");
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Any_returns_the_first_and_leaves_the_others()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new SshSilent { Times = 2 });

        var run = me.Run("$sessions = New-FargateSession -Count 3; $sessions | Wait-FargateSession -Any");

        Assert.Empty(run.Errors);
        Assert.Single(run.Output);
        Assert.Empty(me.Calls("StopTask"));
        me.Run("$sessions | Stop-FargateSession");
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_session_that_fails_to_start_is_stopped_and_the_others_are_returned()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new TaskStopsEarly { Times = 1, StoppedReason = "CannotPullContainerError: not found" });

        var run = me.Run("$sessions = New-FargateSession -Count 3; $sessions | Wait-FargateSession");

        Assert.Equal(2, run.Output.Count);
        var error = SeenError.Of(Assert.Single(run.Errors), isTerminating: false);
        Assert.StartsWith("TaskStopped,", error.Id, StringComparison.Ordinal);
        Assert.Contains("CannotPullContainerError", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Operator.SharedFolderOf(error.Target)));
        Assert.Equal(3, me.Calls("RunTask").Count);
        me.Run("$sessions | Stop-FargateSession");
    }

    [Fact]
    public async Task Who_needs_no_public_address_needs_no_right_to_read_interfaces()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new AccessDenied { Operation = "DescribeNetworkInterfaces" });

        var run = me.Run("$sessions = New-FargateSession -Count 2; $sessions | Wait-FargateSession -Route Private");

        Assert.Empty(run.Errors);
        Assert.Equal(2, run.Output.Count);
        me.Run("$sessions | Stop-FargateSession");
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Stopped_in_the_pipeline_that_started_them_it_stops_the_sessions()
    {
        await using var me = await Operator.StartAsync(NeverRunning);
        var run = me.Start("New-FargateSession -Count 3 | Wait-FargateSession");
        await me.ReceivesAsync("DescribeTasks");

        run.Stop();

        Assert.Empty(run.Errors);
        Assert.Equal(3, me.Fargate.Tasks.Count);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Sessions_in_a_variable_are_left_when_it_is_stopped()
    {
        await using var me = await Operator.StartAsync(NeverRunning);
        me.Run("$sessions = New-FargateSession -Count 2");
        var run = me.Start("$sessions | Wait-FargateSession");
        await me.ReceivesAsync("DescribeTasks");

        run.Stop();

        Assert.Empty(me.Calls("StopTask"));
        me.Run("$sessions | Stop-FargateSession");
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Throttled_polls_end_no_wait()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new Throttling { Operation = "DescribeTasks", Times = 3 });

        var run = me.Run("$sessions = New-FargateSession -Count 2; $sessions | Wait-FargateSession");

        Assert.Empty(run.Errors);
        Assert.Equal(2, run.Output.Count);
        me.Run("$sessions | Stop-FargateSession");
    }
}
