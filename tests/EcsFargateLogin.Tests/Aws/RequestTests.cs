using System.Text;
using System.Text.Json;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Aws;

public sealed class RequestTests
{
    private const string Tasks = """{"tasks":[],"failures":[]}""";

    public static TheoryData<string> Operations =>
    [
        "RunTask", "DescribeTasks", "StopTask", "ExecuteCommand", "ListTasks", "DescribeTaskDefinition", "DescribeClusters",
        "DescribeServices",
    ];

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Every_request_to_ECS_fits_the_service_model(string operation)
    {
        await using var server = await AnswerWithSamplesAsync();
        using var cloud = AwsClouds.At(server);
        await CallAsync(cloud, operation);

        var request = server.Single;
        Assert.Equal($"{ServiceModel.Ecs.TargetPrefix}.{operation}", request.Target);
        Assert.Equal("application/x-amz-json-1.1", request.Headers["Content-Type"]);
        Assert.Empty(ServiceModel.Ecs.Input(operation).Problems(request.Json, operation));
    }

    [Fact]
    public void The_check_against_the_model_finds_what_is_wrong()
    {
        var wrong = JsonDocument.Parse("""
            {"count":"1","launchType":"FARGAT","taskdefinition":"x","networkConfiguration":{"awsvpcConfiguration":{}}}
            """);
        Assert.Equal(5, ServiceModel.Ecs.Input("RunTask").Problems(wrong.RootElement, "RunTask").Count());
    }

    [Fact]
    public async Task RunTask_sends_what_was_asked_for()
    {
        await using var server = await LoopbackServer.StartAsync(Tasks);
        using var cloud = AwsClouds.At(server);
        await cloud.RunTaskAsync(AwsClouds.FullRequest, CancellationToken.None);

        const string expected = """
            {"cluster":"prod","taskDefinition":"rails-cli:7","launchType":"FARGATE","count":1,
             "networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-1","subnet-2"],
               "securityGroups":["sg-1"],"assignPublicIp":"ENABLED"}},
             "overrides":{"containerOverrides":[{"name":"cli",
               "environment":[{"name":"_AUTHORIZED_PUBLIC_KEY","value":"ssh-ed25519 AAAA+/= é\"\\\n$"}],
               "command":["sh","-c","exec start-sshd.sh"]}],"taskRoleArn":"arn:aws:iam::123456789012:role/cli"},
             "startedBy":"fargate-session/abc","clientToken":"0123456789abcdef"}
            """;
        var sent = server.Single;
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(expected).RootElement, sent.Json), sent.Body);
    }

    [Fact]
    public async Task RunTask_overrides_the_size_of_the_task_as_far_as_it_was_given()
    {
        foreach (var (size, expected) in new (TaskSize, string)[]
        {
            (new() { Cpu = 1024, Memory = 2048, EphemeralStorage = 50 },
                """{"cpu":"1024","memory":"2048","ephemeralStorage":{"sizeInGiB":50}}"""),
            (new() { Memory = 4096 }, """{"memory":"4096"}"""),
            (TaskSize.None, "{}"),
        })
        {
            await using var server = await LoopbackServer.StartAsync(Tasks);
            using var cloud = AwsClouds.At(server);
            await cloud.RunTaskAsync(AwsClouds.FullRequest with { Size = size }, CancellationToken.None);

            var overrides = server.Single.Json.GetProperty("overrides").EnumerateObject()
                .Where(member => member.Name is "cpu" or "memory" or "ephemeralStorage");
            Assert.Equal(expected, $"{{{string.Join(',', overrides.Select(member => $"\"{member.Name}\":{member.Value.GetRawText()}"))}}}");
            Assert.Empty(ServiceModel.Ecs.Input("RunTask").Problems(server.Single.Json, "RunTask"));
        }
    }

    [Fact]
    public async Task RunTask_enables_ECS_Exec_where_that_was_asked_for()
    {
        await using var server = await LoopbackServer.StartAsync(Tasks);
        using var cloud = AwsClouds.At(server);
        await cloud.RunTaskAsync(AwsClouds.FullRequest with { EnablesExecuteCommand = true }, CancellationToken.None);

        Assert.True(server.Single.Json.GetProperty("enableExecuteCommand").GetBoolean());
        Assert.Empty(ServiceModel.Ecs.Input("RunTask").Problems(server.Single.Json, "RunTask"));
    }

    [Fact]
    public async Task ExecuteCommand_asks_for_a_terminal_in_the_container()
    {
        await using var server = await LoopbackServer.StartAsync(
            """{"session":{"sessionId":"a","streamUrl":"b","tokenValue":"c"}}""");
        using var cloud = AwsClouds.At(server);
        await cloud.ExecuteCommandAsync(AwsClouds.Command, CancellationToken.None);

        const string expected = """
            {"cluster":"prod","task":"arn:task/1","container":"cli","command":"/bin/sh -c 'exec sh -l'","interactive":true}
            """;
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(expected).RootElement, server.Single.Json), server.Single.Body);
    }

    [Fact]
    public async Task RunTask_on_Spot_names_a_capacity_provider_and_no_launch_type()
    {
        await using var server = await LoopbackServer.StartAsync(Tasks);
        using var cloud = AwsClouds.At(server);
        await cloud.RunTaskAsync(
            AwsClouds.FullRequest with { CapacityProvider = RunTaskRequest.FargateSpot }, CancellationToken.None);

        var sent = server.Single.Json;
        Assert.Empty(ServiceModel.Ecs.Input("RunTask").Problems(sent, "RunTask"));
        Assert.False(sent.TryGetProperty("launchType", out _));
        Assert.Equal(
            """[{"capacityProvider":"FARGATE_SPOT"}]""", sent.GetProperty("capacityProviderStrategy").GetRawText());
    }

    [Fact]
    public async Task RunTask_leaves_out_what_was_not_asked_for()
    {
        await using var server = await LoopbackServer.StartAsync(Tasks);
        using var cloud = AwsClouds.At(server);
        var request = AwsClouds.FullRequest with
        {
            SecurityGroups = [],
            AssignPublicIp = false,
            Environment = new Dictionary<string, string>(),
            Command = [],
            TaskRoleArn = null,
        };
        await cloud.RunTaskAsync(request, CancellationToken.None);

        var sent = server.Single.Json;
        var network = sent.GetProperty("networkConfiguration").GetProperty("awsvpcConfiguration");
        Assert.False(network.TryGetProperty("securityGroups", out _));
        Assert.Equal("DISABLED", network.GetProperty("assignPublicIp").GetString());
        Assert.Equal("""{"containerOverrides":[{"name":"cli"}]}""", sent.GetProperty("overrides").GetRawText());
    }

    [Fact]
    public async Task Overrides_of_8192_characters_are_sent_and_longer_ones_are_refused_before_anything_is_sent()
    {
        await using var server = await LoopbackServer.StartAsync(Tasks);
        using var cloud = AwsClouds.At(server);
        RunTaskRequest Request(int length) => AwsClouds.FullRequest with
        {
            Environment = new Dictionary<string, string> { ["LONG"] = new('+', length) },
            Command = [],
            TaskRoleArn = null,
        };
        var frame = """{"containerOverrides":[{"name":"cli","environment":[{"name":"LONG","value":""}]}]}""".Length;

        await cloud.RunTaskAsync(Request(8192 - frame), CancellationToken.None);
        Assert.Equal(8192, server.Single.Json.GetProperty("overrides").GetRawText().Length);

        var error = await Assert.ThrowsAsync<FargateException>(
            () => cloud.RunTaskAsync(Request(8193 - frame), CancellationToken.None));
        Assert.Equal(FargateError.OverridesTooLong, error.Error);
        Assert.Contains("8193 characters", error.Message);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task DescribeTasks_asks_for_100_tasks_a_call()
    {
        await using var server = await LoopbackServer.StartAsync(Tasks);
        using var cloud = AwsClouds.At(server);
        string[] arns = [.. Enumerable.Range(0, 201).Select(index => $"arn:{index}")];
        await cloud.DescribeTasksAsync("prod", arns, CancellationToken.None);

        var sent = server.Requests.Select(request => request.Json.GetProperty("tasks")).ToArray();
        Assert.Equal([100, 100, 1], sent.Select(tasks => tasks.GetArrayLength()));
        Assert.Equal(arns, sent.SelectMany(tasks => tasks.EnumerateArray()).Select(task => task.GetString()));
    }

    [Fact]
    public async Task DescribeTasks_of_no_task_asks_nothing()
    {
        await using var server = await LoopbackServer.StartAsync(Tasks);
        using var cloud = AwsClouds.At(server);
        var reply = await cloud.DescribeTasksAsync("prod", [], CancellationToken.None);
        Assert.Empty(reply.Tasks);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task ListTasks_follows_every_page_with_the_same_filters()
    {
        string[] pages =
        [
            """{"taskArns":["a"],"nextToken":"2"}""",
            """{"taskArns":null,"nextToken":"3"}""",
            """{"taskArns":["b"]}""",
        ];
        var next = -1;
        await using var server = await LoopbackServer.StartAsync(
            (_, context) => context.AnswerAsync(pages[Interlocked.Increment(ref next)]));
        using var cloud = AwsClouds.At(server);

        Assert.Equal(["a", "b"], await cloud.ListTasksAsync("prod", "me", CancellationToken.None));
        Assert.Equal(
            [
                """{"cluster":"prod","startedBy":"me","desiredStatus":"RUNNING"}""",
                """{"cluster":"prod","startedBy":"me","desiredStatus":"RUNNING","nextToken":"2"}""",
                """{"cluster":"prod","startedBy":"me","desiredStatus":"RUNNING","nextToken":"3"}""",
            ],
            server.Requests.Select(request => request.Body));
    }

    [Fact]
    public async Task DescribeNetworkInterfaces_fits_the_service_model()
    {
        await using var server = await LoopbackServer.StartAsync((_, context) => context.AnswerAsync(
            "<DescribeNetworkInterfacesResponse/>", contentType: "text/xml"));
        using var cloud = AwsClouds.At(server);
        await cloud.DescribeNetworkInterfacesAsync(["eni-1", "eni-2"], CancellationToken.None);

        var filters = ServiceModel.Ec2.Input("DescribeNetworkInterfaces").Members["Filters"];
        Assert.Equal(("list", "filter"), (filters.Shape.Type, filters.LocationName));
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["Action"] = "DescribeNetworkInterfaces",
                ["Version"] = ServiceModel.Ec2.ApiVersion,
                // The EC2 protocol writes each name with a capital letter.
                ["Filter.1.Name"] = "network-interface-id",
                ["Filter.1.Value.1"] = "eni-1",
                ["Filter.1.Value.2"] = "eni-2",
            },
            server.Single.Form);
        Assert.StartsWith("application/x-www-form-urlencoded", server.Single.Headers["Content-Type"]);
    }

    [Theory]
    [InlineData("eu-central-1")]
    [InlineData("cn-north-1")]
    public async Task Requests_are_signed_for_their_region_and_service(string region)
    {
        await using var server = await LoopbackServer.StartAsync((request, context) =>
            request.Headers.ContainsKey("X-Amz-Target") ? context.AnswerAsync(Tasks)
            : context.AnswerAsync("<DescribeNetworkInterfacesResponse/>", contentType: "text/xml"));
        using var cloud = AwsClouds.At(server.Url, region);
        await cloud.DescribeTasksAsync("prod", ["a"], CancellationToken.None);
        await cloud.DescribeNetworkInterfacesAsync(["eni-1"], CancellationToken.None);

        Assert.Collection(
            server.Requests,
            request => AssertSigned(request, $"/{region}/ecs/aws4_request", "x-amz-target"),
            request => AssertSigned(request, $"/{region}/ec2/aws4_request", "content-type"));
    }

    private static void AssertSigned(CapturedRequest request, string scope, string header)
    {
        Assert.Matches(
            $"^AWS4-HMAC-SHA256 Credential={AwsClouds.AccessKey}/[0-9]{{8}}{scope}, "
                + "SignedHeaders=[a-z0-9;-]+, Signature=[0-9a-f]{64}$",
            request.Authorization);
        Assert.Contains(header, request.Authorization);
        Assert.Equal(AwsClouds.SessionToken, request.Headers["X-Amz-Security-Token"]);
        Assert.DoesNotContain(AwsClouds.SecretKey, request.Body + string.Join("\n", request.Headers.Values));
    }

    private static Task<LoopbackServer> AnswerWithSamplesAsync() => LoopbackServer.StartAsync((request, context) =>
    {
        var output = ServiceModel.Ecs.Output(request.Target.Split('.')[1]);
        var sample = new ModelSample { Instead = { ["nextToken"] = "" } };
        return context.AnswerAsync(Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(sample.Json(output))));
    });

    private static Task CallAsync(IFargateCloud cloud, string operation) => operation switch
    {
        "RunTask" => cloud.RunTaskAsync(AwsClouds.FullRequest, CancellationToken.None),
        "DescribeTasks" => cloud.DescribeTasksAsync("prod", ["arn"], CancellationToken.None),
        "StopTask" => cloud.StopTaskAsync("prod", "arn", "done", CancellationToken.None),
        "ExecuteCommand" => cloud.ExecuteCommandAsync(AwsClouds.Command, CancellationToken.None),
        "ListTasks" => cloud.ListTasksAsync("prod", "me", CancellationToken.None),
        "DescribeTaskDefinition" => cloud.DescribeTaskDefinitionAsync("rails-cli", CancellationToken.None),
        "DescribeClusters" => cloud.DescribeClusterAsync("prod", CancellationToken.None),
        "DescribeServices" => cloud.DescribeServiceAsync("prod", "web", CancellationToken.None),
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, null),
    };
}
