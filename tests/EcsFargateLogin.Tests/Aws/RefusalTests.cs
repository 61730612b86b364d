using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Aws;

public sealed class RefusalTests
{
    private const string Denied =
        "User: arn:aws:iam::123456789012:user/me is not authorized to perform: iam:PassRole on resource: "
        + "arn:aws:iam::123456789012:role/x";

    /// <summary>Code, AWS's words, our error, and its target.</summary>
    public static TheoryData<string, string, FargateError, string?> OfRunTask => new()
    {
        { "ClusterNotFoundException", "Cluster not found.", FargateError.ClusterNotFound, "prod" },
        { "ClientException", "TaskDefinition not found.", FargateError.TaskDefinitionNotFound, "rails-cli:7" },
        { "ClientException", "TaskDefinition is inactive", FargateError.TaskDefinitionNotFound, "rails-cli:7" },
        {
            "ClientException", "Unable to describe task definition.",
            FargateError.TaskDefinitionNotFound, "rails-cli:7"
        },
        {
            "InvalidParameterException",
            "Error retrieving subnet information for [subnet-2]: "
                + "The subnet ID 'subnet-2' does not exist (ErrorCode: InvalidSubnetID.NotFound)",
            FargateError.SubnetNotFound, "subnet-2"
        },
        {
            "InvalidParameterException",
            "Error retrieving security group information for [sg-0f]: "
                + "The security group 'sg-0f' does not exist (ErrorCode: InvalidGroup.NotFound)",
            FargateError.SecurityGroupNotFound, "sg-0f"
        },
        {
            "InvalidParameterException", "Override for container named cli is not a container in the TaskDefinition.",
            FargateError.ContainerNotFound, "cli"
        },
        {
            "ClientException",
            "No Fargate configuration exists for given values: 512 CPU, 512 memory. See the Amazon ECS documentation for the valid "
                + "values.",
            FargateError.InvalidTaskSize, "rails-cli:7"
        },
        { "ClientException", "Invalid 'cpu' setting for task.", FargateError.InvalidTaskSize, "rails-cli:7" },
        {
            "InvalidParameterException", "The 'memory' setting for container 'worker' is greater than for the task.",
            FargateError.InvalidTaskSize, "rails-cli:7"
        },
        {
            "InvalidParameterException", "Container Overrides length must be at most 8192",
            FargateError.OverridesTooLong, null
        },
        {
            "InvalidParameterException", "Task definition does not support launch_type FARGATE.",
            FargateError.TaskDefinitionUnsuitable, "rails-cli:7"
        },
        {
            "InvalidParameterException",
            "Network Configuration is not valid for the given networkMode of this task definition.",
            FargateError.TaskDefinitionUnsuitable, "rails-cli:7"
        },
        {
            "PlatformTaskDefinitionIncompatibilityException", "The task definition is not compatible.",
            FargateError.TaskDefinitionUnsuitable, "rails-cli:7"
        },
        { "AccessDeniedException", Denied, FargateError.AccessDenied, "iam:PassRole" },
        { "AccessDeniedException", "No.", FargateError.AccessDenied, "ecs:RunTask" },
        {
            "ExpiredTokenException", "The security token included in the request is expired",
            FargateError.CredentialsExpired, null
        },
        {
            "UnrecognizedClientException", "The security token included in the request is invalid.",
            FargateError.NoCredentials, "the test"
        },
        {
            "ClientException", "You've reached the limit on the number of vCPUs you can run concurrently",
            FargateError.QuotaExceeded, "ecs:RunTask"
        },
        {
            "ClientException",
            "Capacity is unavailable at this time. Please try again later or in a different availability zone",
            FargateError.CapacityUnavailable, "ecs:RunTask"
        },
        { "BlockedException", "Your account is blocked", FargateError.RequestRejected, "ecs:RunTask" },
        { "InvalidParameterException", "Something new", FargateError.RequestRejected, "ecs:RunTask" },
    };

    [Theory]
    [MemberData(nameof(OfRunTask))]
    public async Task A_refusal_of_RunTask_becomes_the_error_that_it_means(
        string code, string words, FargateError expected, string? target)
    {
        await using var server = await LoopbackServer.StartAsync((_, context) => context.AnswerErrorAsync(code, words));
        using var cloud = AwsClouds.At(server);
        var error = await Assert.ThrowsAsync<FargateException>(
            () => cloud.RunTaskAsync(AwsClouds.FullRequest, CancellationToken.None));

        Assert.Equal(expected, error.Error);
        Assert.Equal(target, error.Target);
        Assert.Equal(code, error.ErrorCode);
        Assert.Equal(400, error.StatusCode);
        Assert.Equal(HttpContextExtensions.RequestId, error.RequestId);
        Assert.Contains(words.TrimEnd('.'), error.Message);
        Assert.EndsWith(error.NextStep, error.Message);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("The referenced task was not found.")]
    [InlineData("taskId length should be one of [32,36]")]
    public async Task StopTask_of_a_task_that_ECS_does_not_know_names_it(string words)
    {
        await using var server = await LoopbackServer.StartAsync((_, context) =>
            context.AnswerErrorAsync("InvalidParameterException", words));
        using var cloud = AwsClouds.At(server);
        var error = await Assert.ThrowsAsync<FargateException>(
            () => cloud.StopTaskAsync("prod", "arn:task/1", "done", CancellationToken.None));
        Assert.Equal(FargateError.TaskNotFound, error.Error);
        Assert.Equal("arn:task/1", error.Target);
    }

    [Theory]
    [InlineData("TargetNotConnectedException", "The execute command failed due to an internal error. Try again later.")]
    [InlineData(
        "InvalidParameterException",
        "The execute command failed because execute command was not enabled when the task was run or the execute command agent "
        + "isn't running. Wait and try again or run a new task with execute command enabled and try again.")]
    public async Task ExecuteCommand_with_an_agent_that_does_not_answer_is_told_apart(string code, string words)
    {
        await using var server = await LoopbackServer.StartAsync((_, context) => context.AnswerErrorAsync(code, words));
        using var cloud = AwsClouds.At(server);

        var error = await Assert.ThrowsAsync<FargateException>(
            () => cloud.ExecuteCommandAsync(AwsClouds.Command, CancellationToken.None));

        Assert.Equal((FargateError.EcsExecUnavailable, code, "arn:task/1"), (error.Error, error.ErrorCode, error.Target));
        Assert.Single(server.Requests);
    }

    public static TheoryData<string, string, FargateError, string> OfEc2 => new()
    {
        {
            "InvalidNetworkInterfaceID.NotFound", "The networkInterface ID 'eni-2' does not exist",
            FargateError.NetworkInterfaceNotFound, "eni-2"
        },
        {
            "UnauthorizedOperation", "You are not authorized to perform this operation.",
            FargateError.AccessDenied, "ec2:DescribeNetworkInterfaces"
        },
        {
            "AuthFailure", "AWS was not able to validate the provided access credentials",
            FargateError.NoCredentials, "the test"
        },
    };

    [Theory]
    [MemberData(nameof(OfEc2))]
    public async Task A_refusal_of_EC2_becomes_the_error_that_it_means(
        string code, string words, FargateError expected, string target)
    {
        await using var server = await LoopbackServer.StartAsync(
            (_, context) => context.AnswerEc2ErrorAsync(code, words));
        using var cloud = AwsClouds.At(server);
        var error = await Assert.ThrowsAsync<FargateException>(
            () => cloud.DescribeNetworkInterfacesAsync(["eni-1", "eni-2"], CancellationToken.None));
        Assert.Equal(expected, error.Error);
        Assert.Equal(target, error.Target);
        Assert.Equal(code, error.ErrorCode);
        Assert.Equal(HttpContextExtensions.RequestId, error.RequestId);
    }

    [Fact]
    public void The_codes_of_RunTask_that_have_a_meaning_here_are_codes_of_the_model()
    {
        // The rest are common to all services, which the models do not list.
        string[] common = ["ExpiredTokenException", "UnrecognizedClientException"];
        var codes = OfRunTask.Select(row => (string)row[0]).Distinct().Except(common);
        Assert.Empty(codes.Except(ServiceModel.Ecs.Errors("RunTask")));
        Assert.Contains("InvalidParameterException", ServiceModel.Ecs.Errors("StopTask"));
        Assert.Contains("ClientException", ServiceModel.Ecs.Errors("DescribeTaskDefinition"));
        Assert.Contains("ServerException", ServiceModel.Ecs.Errors("DescribeTasks"));
    }

    [Fact]
    public async Task A_refusal_of_EC2_without_words_does_not_repeat_the_answer()
    {
        await using var server = await LoopbackServer.StartAsync(
            (_, context) => context.AnswerEc2ErrorAsync("SignatureDoesNotMatch", "", 403));
        using var cloud = AwsClouds.At(server);
        var error = await Assert.ThrowsAsync<FargateException>(() => cloud.CallAsync("ec2"));
        Assert.Equal((FargateError.NoCredentials, "SignatureDoesNotMatch"), (error.Error, error.ErrorCode));
        Assert.DoesNotContain("<", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_signature_never_repeats_the_session_token()
    {
        var words = "The request signature we calculated does not match.\n\n"
            + $"The Canonical String for this request should have been\nx-amz-security-token:{AwsClouds.SessionToken}";
        await using var server = await LoopbackServer.StartAsync(
            (_, context) => context.AnswerErrorAsync("InvalidSignatureException", words, 403));
        using var cloud = AwsClouds.At(server);
        var error = await Assert.ThrowsAsync<FargateException>(
            () => cloud.StopTaskAsync("prod", "arn", "done", CancellationToken.None));
        Assert.Equal(FargateError.NoCredentials, error.Error);
        Assert.Contains("does not match", error.Message);
        Assert.DoesNotContain(AwsClouds.SessionToken, error.ToString());
    }

    [Theory]
    [InlineData("ThrottlingException", 400, FargateError.Throttled)]
    [InlineData("ServerException", 500, FargateError.ServiceFailed)]
    [InlineData("ServiceUnavailable", 503, FargateError.ServiceFailed)]
    public async Task What_may_pass_is_tried_three_times_with_the_same_client_token_and_then_reported(
        string code, int status, FargateError expected)
    {
        await using var server = await LoopbackServer.StartAsync(
            (_, context) => context.AnswerErrorAsync(code, "Rate exceeded", status));
        using var cloud = AwsClouds.At(server);
        var error = await Assert.ThrowsAsync<FargateException>(
            () => cloud.RunTaskAsync(AwsClouds.FullRequest, CancellationToken.None));
        Assert.Equal(expected, error.Error);
        Assert.Equal(code, error.ErrorCode);
        Assert.Equal(3, server.Requests.Count);
        Assert.Single(server.Requests.Select(request => request.Body).Distinct());
    }

    [Theory]
    [InlineData("RequestLimitExceeded", 503, FargateError.Throttled)]
    [InlineData("InternalError", 500, FargateError.ServiceFailed)]
    [InlineData("Unavailable", 503, FargateError.ServiceFailed)]
    public async Task What_may_pass_of_the_query_protocols_is_tried_three_times_too(string code, int status, FargateError expected)
    {
        await using var server = await LoopbackServer.StartAsync(
            (_, context) => context.AnswerEc2ErrorAsync(code, "Request limit exceeded.", status));
        using var cloud = AwsClouds.At(server);
        string[] services = ["ec2", "sts", "iam"];
        Assert.All(await AwsClouds.FailAsync(cloud, services), error => Assert.Equal(
            (expected, code, HttpContextExtensions.RequestId), (error.Error, error.ErrorCode, error.RequestId)));
        Assert.Equal(3 * services.Length, server.Requests.Count);
    }

    [Fact]
    public async Task A_request_that_was_throttled_once_succeeds()
    {
        var count = 0;
        await using var server = await LoopbackServer.StartAsync((_, context) => Interlocked.Increment(ref count) == 1
            ? context.AnswerErrorAsync("ThrottlingException", "Rate exceeded")
            : context.AnswerAsync("{}"));
        using var cloud = AwsClouds.At(server);
        await cloud.StopTaskAsync("prod", "arn", "done", CancellationToken.None);
        Assert.Equal(2, server.Requests.Count);
    }
}
