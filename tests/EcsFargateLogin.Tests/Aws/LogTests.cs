using System.Text.Json;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Aws;

/// <summary>CloudWatch Logs, as far as the log of a container needs it.</summary>
public sealed class LogTests
{
    private static readonly LogStreamName Stream = new("/ecs/rails-cli", "eu-west-1", "fargate-login/cli/0123");

    [Fact]
    public async Task The_request_fits_the_service_model_and_is_signed_for_the_region_of_the_log()
    {
        await using var server = await LoopbackServer.StartAsync("""{"events":[]}""");
        using var cloud = AwsClouds.At(server);

        await cloud.GetLogEventsAsync(Stream, fromStart: true, 20, CancellationToken.None);

        var request = server.Single;
        Assert.Equal($"{ServiceModel.Logs.TargetPrefix}.GetLogEvents", request.Target);
        Assert.Empty(ServiceModel.Logs.Input("GetLogEvents").Problems(request.Json, "GetLogEvents"));
        Assert.Equal(
            """{"logGroupName":"/ecs/rails-cli","logStreamName":"fargate-login/cli/0123","limit":20,"startFromHead":true}""",
            request.Body);
        Assert.Contains("/eu-west-1/logs/aws4_request", request.Headers["Authorization"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_are_read_from_a_full_answer()
    {
        var answer = new ModelSample().Json(ServiceModel.Logs.Output("GetLogEvents"))!.ToJsonString();
        await using var server = await LoopbackServer.StartAsync(answer);
        using var cloud = AwsClouds.At(server);

        Assert.Equal(
            ["events[0].message", "events[1].message"],
            await cloud.GetLogEventsAsync(Stream, fromStart: false, 2, CancellationToken.None));
    }

    [Fact]
    public async Task A_stream_that_does_not_exist_yet_has_no_messages()
    {
        const string refusal = """{"__type":"ResourceNotFoundException","message":"The specified log stream does not exist."}""";
        await using var server = await LoopbackServer.StartAsync((_, context) => context.AnswerAsync(refusal, 400));
        using var cloud = AwsClouds.At(server);

        Assert.Empty(await cloud.GetLogEventsAsync(Stream, fromStart: false, 2, CancellationToken.None));
        Assert.Contains("ResourceNotFoundException", ServiceModel.Logs.Errors("GetLogEvents"));
    }

    [Fact]
    public async Task The_log_of_a_container_is_read_from_its_task_definition()
    {
        const string answer = """
            {"taskDefinition":{"taskDefinitionArn":"arn","containerDefinitions":[
              {"name":"cli","logConfiguration":{"logDriver":"awslogs","options":{
                "awslogs-group":"/ecs/x","awslogs-region":"eu-west-1","awslogs-stream-prefix":"p"}}},
              {"name":"no-prefix","logConfiguration":{"logDriver":"awslogs","options":{
                "awslogs-group":"/ecs/x","awslogs-region":"eu-west-1"}}},
              {"name":"other","logConfiguration":{"logDriver":"awsfirelens"}},
              {"name":"none"}]}}
            """;
        Assert.Empty(ServiceModel.Ecs.Output("DescribeTaskDefinition").Problems(JsonDocument.Parse(answer).RootElement, ""));
        await using var server = await LoopbackServer.StartAsync(answer);
        using var cloud = AwsClouds.At(server);

        var definition = await cloud.DescribeTaskDefinitionAsync("x", CancellationToken.None);

        var log = Assert.Single(definition.Logs);
        Assert.Equal("cli", log.Key);
        Assert.Equal(new LogStreamName("/ecs/x", "eu-west-1", "p/cli/0123"), log.Value.StreamOf("cli", "0123"));
    }
}
