using System.Management.Automation;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>AWS refuses, fails or is out of reach before a task has started: the error says which, and nothing is left.</summary>
public sealed class ServiceErrorTests
{
    [Theory]
    [InlineData("RunTask")]
    [InlineData("DescribeTaskDefinition")]
    public async Task Throttling_that_lasts_is_an_error_after_the_retries(string operation)
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new Throttling { Operation = operation });

        var error = me.ErrorOf("New-FargateSession");

        var message = error.Is("Throttled", ErrorCategory.LimitsExceeded, me.Fargate.TaskDefinition);
        Assert.Contains($"ecs:{operation}", message, StringComparison.Ordinal);
        Assert.True(me.Calls(operation).Count > 1);
        await me.HasLeftNothingAsync(startedTasks: 0);
    }

    [Fact]
    public async Task Throttling_that_passes_is_waited_out()
    {
        await using var me = await Operator.StartAsync();
        string[] operations = ["RunTask", "DescribeTasks", "DescribeNetworkInterfaces", "StopTask"];
        Fault[] faults =
        [
            .. operations.Select(operation => me.Fargate.Faults.Add(new Throttling { Operation = operation, Times = 1 })),
        ];

        Assert.Empty(me.ErrorsOf("New-FargateSession -Wait | Stop-FargateSession"));

        Assert.All(faults, fault => Assert.Equal(1, fault.Uses));
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task The_right_to_read_task_definitions_is_not_needed()
    {
        await using var me = await Operator.StartAsync();
        var fault = me.Fargate.Faults.Add(new AccessDenied { Operation = "DescribeTaskDefinition" });

        Assert.Empty(me.ErrorsOf("New-FargateSession -Wait | Stop-FargateSession"));

        Assert.Equal(1, fault.Uses);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task Expired_credentials_end_the_command()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new ExpiredCredentials { Operation = "RunTask" });

        var error = me.ErrorOf("'rails-cli', 'rails-cli' | ForEach-Object { New-FargateSession $_ }");

        var message = error.Is(
            "CredentialsExpired", ErrorCategory.AuthenticationError, me.Fargate.TaskDefinition, isTerminating: true);
        Assert.Contains("aws sso login", message, StringComparison.Ordinal);
        await me.HasLeftNothingAsync(startedTasks: 0);
    }

    [Fact]
    public async Task A_service_that_fails_is_an_error_after_the_retries()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new ServerError { Operation = "DescribeTaskDefinition", Status = 503 });

        var error = me.ErrorOf("New-FargateSession");

        error.Is("ServiceFailed", ErrorCategory.InvalidResult, me.Fargate.TaskDefinition);
        Assert.True(me.Calls("DescribeTaskDefinition").Count > 1);
        me.HasStartedNothing();
    }

    [Fact]
    public async Task An_endpoint_that_refuses_connections_is_named()
    {
        await using var me = await Operator.StartAsync();

        // Port 1 of the loopback range, where nothing listens.
        var error = me.ErrorOf("New-FargateSession -EndpointUrl http://127.0.0.1:1");

        var message = error.Is("EndpointUnreachable", ErrorCategory.ConnectionError, me.Fargate.TaskDefinition);
        Assert.Contains("127.0.0.1:1 ", message, StringComparison.Ordinal);
        Assert.Contains("refused", message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("-EndpointUrl", message, StringComparison.Ordinal);
        me.HasStartedNothing();
    }
}
