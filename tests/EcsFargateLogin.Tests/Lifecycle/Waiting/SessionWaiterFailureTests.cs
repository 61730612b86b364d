using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Lifecycle.Waiting;

/// <summary>Waits that end in an error.</summary>
public sealed class SessionWaiterFailureTests : WaitTest
{
    private static readonly WaitOptions Short = Quick with
    {
        MissingLimit = TimeSpan.FromMilliseconds(200),
        PublicAddressLimit = TimeSpan.FromMilliseconds(200),
        BannerLimit = TimeSpan.FromSeconds(1),
    };

    [Fact]
    public async Task A_task_that_ECS_never_knows_is_an_error()
    {
        var error = await FailAsync(FargateError.TaskNotFound, SampleTask.Session(), Address, Short);

        Assert.Contains(SampleTask.Arn, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_poll_that_fails_three_times_in_a_row_is_an_error()
    {
        Cloud.OnDescribeTasks = (_, _, _) => throw SampleTask.ServiceFailed();

        await FailAsync(FargateError.ServiceFailed, SampleTask.Session(), Address);

        Assert.Equal(3, Cloud.CallsOf("DescribeTasks").Count);
    }

    [Fact]
    public async Task A_poll_that_is_refused_is_an_error_at_once()
    {
        Cloud.OnDescribeTasks = (_, _, _) => throw SampleTask.AccessDenied("ecs:DescribeTasks");

        await FailAsync(FargateError.AccessDenied, SampleTask.Session(), Address);

        Assert.Single(Cloud.CallsOf("DescribeTasks"));
    }

    [Fact]
    public async Task A_task_that_stops_before_it_is_ready_fails_with_every_fact()
    {
        Cloud.OnDescribeTasks = (_, _, before) => SampleTask.Reply(before == 0
            ? SampleTask.Of("PENDING")
            : SampleTask.Of("DEPROVISIONING") with
            {
                StopCode = "TaskFailedToStart",
                StoppedReason = "CannotPullContainerError: no such\nimage",
                Containers =
                [
                    new ContainerDescription { Name = "cli", ExitCode = 137, Reason = "OutOfMemoryError" },
                    new ContainerDescription { Name = "log", LastStatus = "PENDING" },
                ],
            });

        var error = await FailAsync(FargateError.TaskStopped, SampleTask.Session(), Shell);

        Assert.Contains(
            "stopCode TaskFailedToStart; stoppedReason: CannotPullContainerError: no such image; "
            + "container 'cli' exited with 137 (OutOfMemoryError); container 'log' has no exit code.",
            error.Message,
            StringComparison.Ordinal);
        Assert.Equal("TaskFailedToStart", error.ErrorCode);
    }

    [Theory]
    [InlineData("CannotPullContainerError: no such\nimage", "")]
    [InlineData("no such image", "")]
    [InlineData(" ", "")]
    [InlineData("CannotPullContainerError: no such image: retried", " (CannotPullContainerError: no such image: retried)")]
    public async Task A_reason_that_ECS_gives_for_the_task_and_for_its_containers_is_said_once(string reason, string expected)
    {
        Cloud.OnDescribeTasks = (_, _, _) => SampleTask.Reply(SampleTask.Of("STOPPED") with
        {
            StoppedReason = "CannotPullContainerError: no such image",
            Containers =
            [
                new ContainerDescription { Name = "cli", Reason = reason },
                new ContainerDescription { Name = "log", Reason = reason },
            ],
        });

        var error = await FailAsync(FargateError.TaskStopped, SampleTask.Session(), Shell);

        Assert.Contains(
            "stoppedReason: CannotPullContainerError: no such image; "
            + $"container 'cli' has no exit code{expected}; container 'log' has no exit code.",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_lines_of_the_log_are_told_without_what_a_terminal_would_obey()
    {
        Cloud.OnDescribeTasks = (_, _, _) => SampleTask.Reply(SampleTask.Of("STOPPED"));
        Cloud.OnGetLogEvents = () => ["first", "\e[2Jsecond\r", "", new string('x', 1000)];

        var error = await FailAsync(FargateError.TaskStopped, SampleTask.Session(), Shell);

        Assert.Contains("ends with: first | [2Jsecond | xxx", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', error.Message);
        Assert.True(error.Message.Length < 800);
        var read = Assert.Single(Cloud.CallsOf("GetLogEvents"));
        Assert.Equal((new LogStreamName("/ecs/cli", "eu-west-1", $"login/cli/{SampleTask.Id}"), false, 20), read.Input);
    }

    [Fact]
    public async Task A_log_that_may_not_be_read_leaves_the_error_as_it_is()
    {
        Cloud.OnDescribeTasks = (_, _, _) => SampleTask.Reply(SampleTask.Of("STOPPED") with { StoppedReason = "because" });
        Cloud.OnGetLogEvents = () => throw SampleTask.AccessDenied("logs:GetLogEvents");

        var error = await FailAsync(FargateError.TaskStopped, SampleTask.Session(), Shell);

        Assert.Contains("because", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("log of the container ends", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stopping_task_is_given_time_to_tell_its_exit_codes_but_is_never_ready()
    {
        using var server = GreetingServer.Greeting(Banner);
        PublicAddressIs("127.0.0.1");
        Cloud.OnDescribeTasks = (_, _, before) => SampleTask.Reply(SampleTask.Of("DEACTIVATING") with
        {
            Containers = [new ContainerDescription { Name = "cli", ExitCode = before < 40 ? null : 3 }],
        });

        var error = await FailAsync(FargateError.TaskStopped, SampleTask.Session(server.Port), Shell);

        Assert.Contains("'cli' exited with 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_that_does_not_run_in_time_is_late()
    {
        TasksAre("PENDING");
        FargateSession session = new(new SessionRecord
        {
            SessionId = "fl-abcdefghjk",
            TaskArn = SampleTask.Arn,
            CreatedAt = DateTimeOffset.UtcNow,
            StartTimeout = TimeSpan.FromMilliseconds(200),
        });

        var error = await FailAsync(FargateError.StartTimeout, session, Address);

        Assert.Contains("not running 0.2 s after RunTask; it is PENDING", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_task_without_the_public_address_it_was_to_get_is_an_error_that_names_the_subnet()
    {
        TasksAre("RUNNING");
        Cloud.OnDescribeNetworkInterfaces = _ => [SampleTask.Interface(publicAddress: null)];

        var error = await FailAsync(FargateError.NoPublicAddress, SampleTask.Session(), Shell, Short);

        Assert.Equal("subnet-1", error.Target);
        Assert.Contains(SampleTask.InterfaceId, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_task_without_any_address_is_an_error()
    {
        TasksAre("RUNNING");

        await FailAsync(FargateError.NoAddress, SampleTask.Session(assignPublicIp: false), Shell, Short);
    }

    [Fact]
    public async Task A_port_that_never_answers_is_an_error_with_what_came_of_the_last_attempt()
    {
        using ClosedPort port = new();
        TasksAre("RUNNING");
        PublicAddressIs("127.0.0.1");

        var error = await FailAsync(FargateError.PortUnreachable, SampleTask.Session(port.Number), Shell, Short);

        Assert.Contains($"127.0.0.1 port {port.Number} within ", error.Message, StringComparison.Ordinal);
        Assert.Contains("the connection failed (ConnectionRefused)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_needs_the_public_address_must_be_allowed_to_read_interfaces()
    {
        TasksAre("RUNNING");
        Cloud.OnDescribeNetworkInterfaces = _ => throw SampleTask.AccessDenied("ec2:DescribeNetworkInterfaces");

        await FailAsync(FargateError.AccessDenied, SampleTask.Session(), Shell);
    }
}
