using LocalFargate;
using LocalFargate.Faults;
using LocalFargate.Tasks;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>A pipeline that is stopped, at each moment of a session's start.</summary>
public sealed class StopPipelineTests
{
    private const string LogIn = "New-FargateSession | Enter-FargateShell";

    private static readonly LocalFargateOptions NeverRunning =
        new() { Timeline = new Timeline { Provisioning = TimeSpan.FromMinutes(5) } };

    [Fact]
    public async Task Before_RunTask_nothing_is_started()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new DelayedReply { Operation = "DescribeTaskDefinition", Delay = TimeSpan.FromMinutes(5) });
        var run = me.Start(LogIn);
        await me.ReceivesAsync("DescribeTaskDefinition");

        StopQuietly(run);

        Assert.Equal(["DescribeTaskDefinition"], me.Fargate.Calls.Select(call => call.Operation));
    }

    [Fact]
    public async Task While_RunTask_is_being_answered_the_task_is_stopped_as_soon_as_it_is_known()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new DelayedReply { Operation = "RunTask", Delay = TimeSpan.FromSeconds(3) });
        var run = me.Start(LogIn);
        await Eventually.BecomesAsync(() => me.Fargate.Tasks.Count == 1, () => "No task was started.");

        StopQuietly(run);

        Assert.Equal(["DescribeTaskDefinition", "RunTask", "StopTask"], me.Fargate.Calls.Select(call => call.Operation));
        AssertStopped(me, "it was cancelled");
        await me.LeftNothingAsync();
    }

    [Theory]
    [InlineData(LogIn, "its shell was never reached")]
    [InlineData("New-FargateSession -Wait", "nobody took the session over")]
    [InlineData("New-FargateSession | Get-FargateTaskAddress", "nobody took the session over")]
    public async Task While_the_task_starts_it_is_stopped(string script, string reason)
    {
        await using var me = await Operator.StartAsync(NeverRunning);
        var run = me.Start(script);
        await me.ReceivesAsync("DescribeTasks");

        StopQuietly(run);

        AssertStopped(me, reason);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task While_a_script_has_the_session_in_its_hands_it_is_stopped()
    {
        await using var me = await Operator.StartAsync(NeverRunning);
        var run = me.Start("New-FargateSession | ForEach-Object { Write-Verbose received -Verbose; Start-Sleep 600 }");
        await Eventually.BecomesAsync(() => run.Verbose.Count > 0, () => "No session was handed over.");

        StopQuietly(run);

        AssertStopped(me, "nobody took the session over");
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task While_the_server_is_silent_the_task_is_stopped()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new SshSilent());
        var run = me.Start(LogIn);
        await Eventually.BecomesAsync(
            () => run.Progress.Any(seen => seen.StatusDescription.Contains("waiting for the SSH", StringComparison.Ordinal)),
            () => string.Join(", ", run.Progress.Select(seen => seen.StatusDescription)));

        StopQuietly(run);

        AssertStopped(me, "its shell was never reached");
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_session_in_a_variable_is_its_owners_also_when_a_query_of_it_is_stopped()
    {
        await using var me = await Operator.StartAsync(NeverRunning);
        me.Run("$session = New-FargateSession");
        var run = me.Start("$session | Get-FargateTaskAddress");
        await me.ReceivesAsync("DescribeTasks");

        StopQuietly(run);

        Assert.Empty(me.Calls("StopTask"));
        Assert.Equal("True", Assert.Single(me.Run("Test-Path $session.KeyPath").Output).ToString());
        me.Run("$session | Stop-FargateSession");
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Stop_FargateSession_waits_no_longer_but_has_stopped_the_task()
    {
        await using var me = await Operator.StartAsync(
            new LocalFargateOptions { Timeline = new Timeline { Deprovisioning = TimeSpan.FromSeconds(30) } });
        var run = me.Start("New-FargateSession | Stop-FargateSession -Wait");
        await me.ReceivesAsync("DescribeTasks");

        StopQuietly(run);

        AssertStopped(me, "Stop-FargateSession");
        Assert.NotEqual(TaskPhase.Stopped, Assert.Single(me.Fargate.Tasks).Phase);
    }

    private static void StopQuietly(Invocation run)
    {
        run.Stop();

        Assert.True(run.WasStopped);
        Assert.Empty(run.Errors);
        Assert.Empty(run.Warnings);
        Assert.Empty(run.Output);
    }

    private static void AssertStopped(Operator me, string reason)
    {
        var task = Assert.Single(me.Fargate.Tasks);
        var sent = Assert.Single(me.Calls("StopTask")).Parameters;
        Assert.Equal(task.Arn, (string?)sent["task"]);
        Assert.Equal($"EcsFargateLogin session {task.StartedBy}: {reason}", (string?)sent["reason"]);
        Assert.False(Directory.Exists(Operator.SharedFolderOf(task.StartedBy!)));
    }
}
