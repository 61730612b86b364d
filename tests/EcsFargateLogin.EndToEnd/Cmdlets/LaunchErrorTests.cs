using System.Management.Automation;
using LocalFargate;
using LocalFargate.Faults;
using LocalFargate.Tasks;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>A task that does not get ready is reported in ECS's own words, and is stopped, whatever the cause.</summary>
public sealed class LaunchErrorTests
{
    [Theory]
    [InlineData("RESOURCE:FARGATE", "CapacityUnavailable", ErrorCategory.ResourceUnavailable)]
    [InlineData("Capacity is unavailable at this time.", "CapacityUnavailable", ErrorCategory.ResourceUnavailable)]
    [InlineData("AGENT", "RequestRejected", ErrorCategory.InvalidResult)]
    public async Task What_RunTask_reports_as_a_failure_is_an_error(string reason, string errorId, ErrorCategory category)
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new LaunchFails { Reason = reason, Detail = "of subnet-1" });

        var error = me.ErrorOf("New-FargateSession");

        var message = error.Is(errorId, category, me.Fargate.TaskDefinition);
        Assert.Contains(reason.TrimEnd('.'), message, StringComparison.Ordinal);
        Assert.Contains("of subnet-1", message, StringComparison.Ordinal);
        await me.HasLeftNothingAsync(startedTasks: 0);
    }

    [Fact]
    public async Task A_task_that_stops_early_tells_every_reason_that_ECS_gives()
    {
        await using var me = await Operator.StartAsync();
        // Whoever gets in before it stops is served: here nobody does.
        me.Fargate.Faults.Add(new SshClosed());
        me.Fargate.Faults.Add(new TaskStopsEarly
        {
            At = TaskPhase.Running,
            StopCode = "EssentialContainerExited",
            StoppedReason = "Essential container in task exited",
            ContainerReason = "OutOfMemoryError: Container killed due to memory usage",
            ExitCode = 137,
        });

        var error = me.ErrorOf("New-FargateSession -Wait");

        var message = error.Is("TaskStopped", ErrorCategory.OperationStopped, me.Fargate.TaskDefinition);
        Assert.Contains("EssentialContainerExited", message, StringComparison.Ordinal);
        Assert.Contains("Essential container in task exited", message, StringComparison.Ordinal);
        Assert.Contains("container 'cli' exited with 137", message, StringComparison.Ordinal);
        Assert.Contains("OutOfMemoryError", message, StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task An_image_that_cannot_be_pulled_is_an_error_at_every_cmdlet_that_waits()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.RegisterTaskDefinition(new TaskDefinitionOptions("imageless")
        {
            Containers = [new ContainerOptions("cli") { Image = "no-such-image" }],
        });

        var errors = me.ErrorsOf(
            """
            $sessions = New-FargateSession imageless
            New-FargateSession imageless | Enter-FargateShell
            New-FargateSession imageless | Get-FargateTaskAddress
            New-FargateSession imageless -Wait
            $sessions | Enter-FargateShell
            """);

        Assert.Equal(4, errors.Count);
        Assert.All(errors, error =>
        {
            var message = error.Is("TaskStopped", ErrorCategory.OperationStopped, error.Target);
            Assert.Contains("TaskFailedToStart", message, StringComparison.Ordinal);
            Assert.Contains("CannotPullContainerError", message, StringComparison.Ordinal);
            Assert.Contains("no-such-image", message, StringComparison.Ordinal);
        });
        await me.HasLeftNothingAsync(startedTasks: 4);
    }

    [Fact]
    public async Task A_user_that_the_image_lacks_stops_the_task_with_the_exit_code_of_its_script()
    {
        await using var me = await Operator.StartAsync();

        var error = me.ErrorOf("New-FargateSession -UserName nobody-knows -Wait");

        var message = error.Is("TaskStopped", ErrorCategory.OperationStopped, me.Fargate.TaskDefinition);
        Assert.Contains("container 'cli' exited with 64", message, StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task A_task_that_ECS_does_not_know_at_first_is_waited_for()
    {
        await using var me = await Operator.StartAsync();
        var fault = me.Fargate.Faults.Add(new TaskMissing { For = TimeSpan.FromSeconds(10) });

        Assert.Empty(me.ErrorsOf("New-FargateSession -Wait | Stop-FargateSession"));

        Assert.Equal(1, fault.Uses);
        // The first answer is MISSING. There may be no second: a late reply of RunTask has the task's network interface already.
        Assert.True(me.Calls("DescribeTasks").Count > 0, me.CalledOperations);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task A_task_that_ECS_does_not_know_at_first_is_stopped_all_the_same()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new TaskMissing { For = TimeSpan.FromSeconds(10) });

        Assert.Empty(me.ErrorsOf("New-FargateSession | Stop-FargateSession"));

        Assert.True(me.Calls("StopTask").Count > 1, me.CalledOperations);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task A_task_that_takes_longer_than_StartTimeout_is_stopped()
    {
        await using var me = await Operator.StartAsync(new LocalFargateOptions
        {
            Timeline = new Timeline { Pulling = TimeSpan.FromMinutes(5) },
        });

        var error = me.ErrorOf("New-FargateSession -Wait -StartTimeout 2");

        var message = error.Is("StartTimeout", ErrorCategory.OperationTimeout, me.Fargate.TaskDefinition);
        Assert.Contains("2 s after RunTask; it is PENDING", message, StringComparison.Ordinal);
        Assert.Contains("-StartTimeout", message, StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }

    [Theory]
    [InlineData("DescribeTasks", "ecs:DescribeTasks")]
    [InlineData("DescribeNetworkInterfaces", "ec2:DescribeNetworkInterfaces")]
    public async Task Without_the_right_to_describe_a_task_it_is_stopped_and_the_action_named(string operation, string action)
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new AccessDenied { Operation = operation });

        var error = me.ErrorOf("New-FargateSession -Wait");

        var message = error.Is("AccessDenied", ErrorCategory.PermissionDenied, me.Fargate.TaskDefinition);
        Assert.Contains(action, message, StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task Credentials_that_expire_while_waiting_end_the_command_and_the_task_is_stopped()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new ExpiredCredentials { Operation = "DescribeTasks" });

        var error = me.ErrorOf("New-FargateSession | Get-FargateTaskAddress");

        Assert.StartsWith("fl-", error.Target, StringComparison.Ordinal);
        error.Is("CredentialsExpired", ErrorCategory.AuthenticationError, error.Target, isTerminating: true);
        await me.HasLeftNothingAsync();
    }
}
