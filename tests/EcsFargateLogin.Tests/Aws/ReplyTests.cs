using System.Text.Json.Nodes;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Aws;

public sealed class ReplyTests
{
    private static readonly ModelSample Sample = new()
    {
        Instead =
        {
            ["tasks[0].attachments[1].type"] = "ElasticNetworkInterface",
            ["tasks[0].attachments[1].details[0].name"] = "networkInterfaceId",
            ["tasks[0].attachments[1].details[1].name"] = "subnetId",
            ["tasks[0].cpu"] = "1024",
            ["tasks[0].memory"] = "2048",
            ["taskDefinition.cpu"] = "512",
            ["taskDefinition.memory"] = "4096",
            ["nextToken"] = "",
            ["clusters[0].status"] = "INACTIVE",
            ["clusters[1].status"] = "ACTIVE",
        },
    };

    [Fact]
    public async Task Every_member_of_a_task_is_read_from_a_full_answer()
    {
        var answer = Sample.Json(ServiceModel.Ecs.Output("DescribeTasks"))!;
        await using var server = await LoopbackServer.StartAsync(answer.ToJsonString());
        using var cloud = AwsClouds.At(server);
        var reply = await cloud.DescribeTasksAsync("prod", ["a"], CancellationToken.None);

        Assert.Equal(2, reply.Tasks.Count);
        Assert.Equal(
            Enumerable.Range(0, 2).Select(index => new CloudFailure(
                $"failures[{index}].arn", $"failures[{index}].reason", $"failures[{index}].detail")),
            reply.Failures);
        AssertIsFull(answer["tasks"]![0]!, reply.Tasks[0]);
    }

    private static void AssertIsFull(JsonNode sent, TaskDescription task)
    {
        DateTimeOffset Time(string name) => DateTimeOffset.UnixEpoch.AddSeconds(sent[name]!.GetValue<double>());
        var expected = new TaskDescription
        {
            TaskArn = "tasks[0].taskArn",
            ClusterArn = "tasks[0].clusterArn",
            TaskDefinitionArn = "tasks[0].taskDefinitionArn",
            Group = "tasks[0].group",
            LastStatus = "tasks[0].lastStatus",
            DesiredStatus = "tasks[0].desiredStatus",
            StartedBy = "tasks[0].startedBy",
            CreatedAt = Time("createdAt"),
            ConnectivityAt = Time("connectivityAt"),
            PullStartedAt = Time("pullStartedAt"),
            PullStoppedAt = Time("pullStoppedAt"),
            StartedAt = Time("startedAt"),
            StoppingAt = Time("stoppingAt"),
            StoppedAt = Time("stoppedAt"),
            StopCode = "TaskFailedToStart",
            StoppedReason = "tasks[0].stoppedReason",
            AvailabilityZone = "tasks[0].availabilityZone",
            Size = new() { Cpu = 1024, Memory = 2048, EphemeralStorage = sent["ephemeralStorage"]!["sizeInGiB"]!.GetValue<int>() },
            NetworkInterfaceId = "tasks[0].attachments[1].details[0].value",
            SubnetId = "tasks[0].attachments[1].details[1].value",
            PrivateIPv4Address = "tasks[0].containers[0].networkInterfaces[0].privateIpv4Address",
            IPv6Address = "tasks[0].containers[0].networkInterfaces[0].ipv6Address",
            Containers = task.Containers,
            Tags = task.Tags,
            EnablesExecuteCommand = true,
            Overrides = task.Overrides,
        };
        Assert.Equal(expected, task);
        Assert.Equal(
            Enumerable.Range(0, 2).ToDictionary(index => $"tasks[0].tags[{index}].key", index => $"tasks[0].tags[{index}].value"),
            task.Tags);
        Assert.Equal(
            Enumerable.Range(0, 2).Select(index => new ContainerDescription
            {
                Name = $"tasks[0].containers[{index}].name",
                LastStatus = $"tasks[0].containers[{index}].lastStatus",
                ExitCode = sent["containers"]![index]!["exitCode"]!.GetValue<int>(),
                Reason = $"tasks[0].containers[{index}].reason",
                RuntimeId = $"tasks[0].containers[{index}].runtimeId",
                ExecuteCommandAgent = new ManagedAgentDescription(
                    $"tasks[0].containers[{index}].managedAgents[0].lastStatus",
                    $"tasks[0].containers[{index}].managedAgents[0].reason"),
            }),
            task.Containers);
        Assert.Equal(
            Enumerable.Range(0, 2).Select(index => $"tasks[0].overrides.containerOverrides[{index}].name"),
            task.Overrides.Select(container => container.ContainerName));
        Assert.All(task.Overrides, container => Assert.Equal((true, 2), (container.HasCommand, container.VariableNames.Count)));
    }

    [Fact]
    public async Task ExecuteCommand_gives_a_channel_that_shows_no_secret()
    {
        var answer = Sample.Json(ServiceModel.Ecs.Output("ExecuteCommand"))!.ToJsonString();
        await using var server = await LoopbackServer.StartAsync(answer);
        using var cloud = AwsClouds.At(server);

        var channel = await cloud.ExecuteCommandAsync(AwsClouds.Command, CancellationToken.None);

        Assert.Equal(new ChannelTicket("session.sessionId", "session.streamUrl", "session.tokenValue"), channel);
        Assert.Equal("session.sessionId", channel.ToString());
    }

    [Fact]
    public async Task Nothing_that_a_terminal_would_obey_gets_in_and_words_that_are_empty_are_none()
    {
        var answer = Sample.Json(ServiceModel.Ecs.Output("DescribeTasks"))!;
        var task = answer["tasks"]![0]!;
        task["stoppedReason"] = "\u001b[31mred\u009d0;x\u0007\u202e";
        task["lastStatus"] = "STOPPED\u001b[2J";
        task["containers"]![0]!["reason"] = "why\u001b]0;x\u0007";
        answer["tasks"]![1]!["stoppedReason"] = "";
        answer["tasks"]![1]!["containers"]![0]!["reason"] = " ";
        answer["failures"]![0]!["reason"] = "MISSING\u001b[0m";
        await using var server = await LoopbackServer.StartAsync(answer.ToJsonString());
        using var cloud = AwsClouds.At(server);

        var reply = await cloud.DescribeTasksAsync("prod", ["a"], CancellationToken.None);

        Assert.Equal((" [31mred 0;x  ", "STOPPED [2J"), (reply.Tasks[0].StoppedReason, reply.Tasks[0].LastStatus));
        Assert.Equal("why ]0;x ", reply.Tasks[0].Containers[0].Reason);
        Assert.Equal("MISSING [0m", reply.Failures[0].Reason);
        Assert.Equal((null, null), (reply.Tasks[1].StoppedReason, reply.Tasks[1].Containers[0].Reason));
    }

    [Fact]
    public async Task RunTask_gives_its_tasks_and_its_failures()
    {
        var answer = Sample.Json(ServiceModel.Ecs.Output("RunTask"))!.ToJsonString();
        await using var server = await LoopbackServer.StartAsync(answer);
        using var cloud = AwsClouds.At(server);
        var reply = await cloud.RunTaskAsync(AwsClouds.FullRequest, CancellationToken.None);
        Assert.Equal(["tasks[0].taskArn", "tasks[1].taskArn"], reply.Tasks.Select(task => task.TaskArn));
        Assert.Equal(["failures[0].reason", "failures[1].reason"], reply.Failures.Select(failure => failure.Reason));
    }

    [Fact]
    public async Task A_task_definition_and_a_cluster_are_read_from_full_answers()
    {
        await using var server = await LoopbackServer.StartAsync((request, context) =>
            context.AnswerAsync(Sample.Json(ServiceModel.Ecs.Output(request.Target.Split('.')[1]))!.ToJsonString()));
        using var cloud = AwsClouds.At(server);

        var definition = await cloud.DescribeTaskDefinitionAsync("rails-cli", CancellationToken.None);
        Assert.Equal("taskDefinition.taskDefinitionArn", definition.Arn);
        Assert.Equal("bridge", definition.NetworkMode);
        Assert.Equal((512, 4096), (definition.Size!.Task.Cpu, definition.Size.Task.Memory));
        Assert.Equal(definition.ContainerNames, definition.Size.Containers.Select(container => container.Name));
        Assert.All(definition.Size.Containers, each => Assert.True(each is { Cpu: > 0, Memory: > 0, MemoryReservation: > 0 }));
        Assert.Equal(["EC2", "EC2"], definition.Compatibilities);
        Assert.Equal(
            ["taskDefinition.containerDefinitions[0].name", "taskDefinition.containerDefinitions[1].name"],
            definition.ContainerNames);
        var container = "taskDefinition.containerDefinitions[1]";
        var start = definition.Starts[$"{container}.name"];
        Assert.Equal([$"{container}.entryPoint[0]", $"{container}.entryPoint[1]"], start.EntryPoint);
        Assert.Equal([$"{container}.command[0]", $"{container}.command[1]"], start.Command);

        Assert.Equal(
            new ClusterDescription("clusters[1].clusterArn", "clusters[1].clusterName", "ACTIVE"),
            await cloud.DescribeClusterAsync("prod", CancellationToken.None));
    }

    [Theory]
    [InlineData("""{"clusters":[],"failures":[{"arn":"prod","reason":"MISSING"}]}""")]
    [InlineData("""{"clusters":[{"clusterArn":"arn","clusterName":"prod","status":"INACTIVE"}]}""")]
    [InlineData("{}")]
    public async Task A_cluster_that_is_missing_or_inactive_is_null(string answer)
    {
        await using var server = await LoopbackServer.StartAsync(answer);
        using var cloud = AwsClouds.At(server);
        Assert.Null(await cloud.DescribeClusterAsync("prod", CancellationToken.None));
    }

    [Fact]
    public async Task Network_interfaces_are_read_from_a_full_answer()
    {
        var output = ServiceModel.Ec2.Output("DescribeNetworkInterfaces");
        var answer = WithNamespace(Sample.Xml(output, "DescribeNetworkInterfacesResponse").ToString());
        await using var server = await LoopbackServer.StartAsync(
            (_, context) => context.AnswerAsync(answer, contentType: "text/xml;charset=UTF-8"));
        using var cloud = AwsClouds.At(server);
        var interfaces = await cloud.DescribeNetworkInterfacesAsync(["eni-1"], CancellationToken.None);

        Assert.Equal(2, interfaces.Count);
        var first = interfaces[0];
        Assert.Equal("networkInterfaceSet[0].networkInterfaceId", first.Id);
        Assert.Equal("networkInterfaceSet[0].association.publicIp", first.PublicIPv4Address);
        Assert.Equal("networkInterfaceSet[0].privateIpAddress", first.PrivateIPv4Address);
        Assert.Equal("networkInterfaceSet[0].subnetId", first.SubnetId);
        Assert.Equal(
            Enumerable.Range(0, 2).Select(index => $"networkInterfaceSet[0].ipv6AddressesSet[{index}].ipv6Address"),
            first.IPv6Addresses);
    }

    [Fact]
    public async Task A_network_interface_without_a_public_address_has_none()
    {
        await using var server = await LoopbackServer.StartAsync((_, context) => context.AnswerAsync(
            WithNamespace("<DescribeNetworkInterfacesResponse><networkInterfaceSet>"
                + "<item><networkInterfaceId>eni-1</networkInterfaceId></item>"
                + "</networkInterfaceSet></DescribeNetworkInterfacesResponse>"),
            contentType: "text/xml;charset=UTF-8"));
        using var cloud = AwsClouds.At(server);
        var only = Assert.Single(await cloud.DescribeNetworkInterfacesAsync(["eni-1"], CancellationToken.None));
        Assert.Null(only.PublicIPv4Address);
        Assert.Empty(only.IPv6Addresses);
    }

    [Fact]
    public async Task A_new_task_with_almost_nothing_in_it_is_read()
    {
        await using var server = await LoopbackServer.StartAsync(
            """
            {"tasks":[{"taskArn":"t","clusterArn":"c","lastStatus":"PROVISIONING","containers":null,
              "attachments":[{"type":"ElasticNetworkInterface","details":null}]}]}
            """);
        using var cloud = AwsClouds.At(server);
        var task = Assert.Single((await cloud.DescribeTasksAsync("prod", ["t"], CancellationToken.None)).Tasks);
        Assert.Equal("PROVISIONING", task.LastStatus);
        Assert.Empty(task.Containers);
        Assert.Null(task.NetworkInterfaceId);
        Assert.Null(task.CreatedAt);
    }

    [Theory]
    [InlineData("""{"tasks":[{"clusterArn":"c","lastStatus":"PENDING"}]}""", "taskArn")]
    [InlineData("""{"tasks":[{"taskArn":"t","lastStatus":"PENDING"}]}""", "clusterArn")]
    [InlineData("""{"tasks":[{"taskArn":"t","clusterArn":"c"}]}""", "lastStatus")]
    [InlineData("""{"tasks":[null]}""", "taskArn")]
    [InlineData(
        """{"tasks":[{"taskArn":"t","clusterArn":"c","lastStatus":"PENDING","containers":[{}]}]}""",
        "containers[].name")]
    public async Task An_answer_that_lacks_what_it_must_have_is_an_error_that_names_it(string answer, string member)
    {
        await using var server = await LoopbackServer.StartAsync(answer);
        using var cloud = AwsClouds.At(server);
        var error = await Assert.ThrowsAsync<FargateException>(
            () => cloud.RunTaskAsync(AwsClouds.FullRequest, CancellationToken.None));
        Assert.Equal(FargateError.ServiceFailed, error.Error);
        Assert.Contains($"ecs:RunTask lacks {member}.", error.Message);
    }

    [Fact]
    public async Task A_list_of_tasks_that_never_ends_is_an_error()
    {
        await using var server = await LoopbackServer.StartAsync("""{"taskArns":["a"],"nextToken":"again"}""");
        using var cloud = AwsClouds.At(server);
        var error = await Assert.ThrowsAsync<FargateException>(
            () => cloud.ListTasksAsync("prod", "me", CancellationToken.None));
        Assert.Equal(FargateError.ServiceFailed, error.Error);
        Assert.Equal(100, server.Requests.Count);
    }

    private static string WithNamespace(string xml) =>
        xml.Replace(
            "<DescribeNetworkInterfacesResponse>",
            "<DescribeNetworkInterfacesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">",
            StringComparison.Ordinal);
}
