using EcsFargateLogin.Cloud;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Lifecycle.Starting;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Lifecycle.Closing;

public sealed class TransientFailuresTests
{
    [Theory]
    [InlineData("Capacity is unavailable at this time. Please try again later or in a different availability zone")]
    [InlineData("Timeout waiting for network interface provisioning to complete.")]
    [InlineData("Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-1': InsufficientFreeAddressesInSubnet")]
    public void Tasks_without_capacity_or_interface_are_worth_starting_again(string reason) =>
        Assert.True(TransientFailures.Matches(Stopped(reason)));

    [Theory]
    [InlineData("CannotPullContainerError: pull image manifest has been retried 1 time(s): network interface timeout")]
    [InlineData("ResourceInitializationError: unable to pull secrets or registry auth: context deadline exceeded")]
    [InlineData("ECS was unable to assume the role 'arn:aws:iam::1:role/x' for the network interface of this task")]
    [InlineData("AccessDeniedException: not authorized to create the network interface")]
    [InlineData("Essential container in task exited")]
    public void Tasks_that_would_fail_again_are_not(string reason) => Assert.False(TransientFailures.Matches(Stopped(reason)));

    [Fact]
    public void A_container_that_exited_is_not_started_again_whatever_the_reason_says()
    {
        var task = Stopped("Capacity is unavailable at this time.") with
        {
            Containers = [new ContainerDescription { Name = "cli", ExitCode = 1 }],
        };

        Assert.False(TransientFailures.Matches(task));
    }

    [Theory]
    [InlineData("RESOURCE:FARGATE", true)]
    [InlineData("MISSING", false)]
    public void Of_the_failures_of_RunTask_those_without_room_are(string reason, bool expected)
    {
        RunTaskRequest request = new()
        {
            Cluster = "dev",
            TaskDefinition = "rails-cli",
            Subnets = ["subnet-1"],
            ContainerName = "cli",
            StartedBy = "fl-a",
            ClientToken = "a",
        };

        Assert.Equal(expected, TransientFailures.Matches(StartErrors.RunTaskFailed(request, new CloudFailure(null, reason, null))));
    }

    private static TaskDescription Stopped(string reason) =>
        SampleTask.Of("STOPPED") with { StopCode = "TaskFailedToStart", StoppedReason = reason };
}
