using System.Text.Json.Nodes;
using LocalFargate;

namespace EcsFargateLogin.EndToEnd.LocalFargateTests;

public sealed class RunTaskTests
{
    public static TheoryData<string, Action<JsonObject>, string, string> Refusals { get; } = new()
    {
        { "cluster", task => task["cluster"] = "none", "ClusterNotFoundException", "Cluster not found." },
        { "definition", task => task["taskDefinition"] = "none", "ClientException", "TaskDefinition not found." },
        { "revision", task => task["taskDefinition"] = "rails-cli:9", "ClientException", "TaskDefinition not found." },
        { "count", task => task["count"] = 11, "InvalidParameterException", "Count cannot be greater than 10." },
        { "no launch type", task => task.Remove("launchType"), "InvalidParameterException", "No Container Instances were found in your cluster." },
        { "no network", task => task.Remove("networkConfiguration"), "InvalidParameterException", "Network Configuration must be provided when networkMode 'awsvpc' is specified." },
        { "subnet", task => Network(task)["subnets"] = new JsonArray("subnet-0"), "InvalidParameterException", "Error retrieving subnet information for [subnet-0]: The subnet ID 'subnet-0' does not exist (ErrorCode: InvalidSubnetID.NotFound)" },
        { "group", task => Network(task)["securityGroups"] = new JsonArray("sg-0"), "InvalidParameterException", "The security group 'sg-0' does not exist (ErrorCode: InvalidGroup.NotFound)" },
        { "container", task => task["overrides"] = Override("web", "A", "1"), "InvalidParameterException", "Override for container named web is not a container in the TaskDefinition." },
        { "overrides", task => task["overrides"] = Override("cli", "A", new string('x', 8192)), "InvalidParameterException", "Container Overrides length must be at most 8192" },
        { "size", task => task["overrides"] = new JsonObject { ["cpu"] = "512" }, "ClientException", "No Fargate configuration exists for given values: 512 CPU, 512 memory. See the Amazon ECS documentation for the valid values." },
        { "memory", task => task["overrides"] = new JsonObject { ["memory"] = "700" }, "ClientException", "No Fargate configuration exists for given values: 256 CPU, 700 memory." },
        { "number", task => task["overrides"] = new JsonObject { ["cpu"] = "many" }, "ClientException", "Invalid 'cpu' setting for task." },
        { "storage", task => task["overrides"] = new JsonObject { ["ephemeralStorage"] = new JsonObject { ["sizeInGiB"] = 20 } }, "ClientException", "EphemeralStorage size should be between 21 and 200 GiB." },
        { "tag", task => task["startedBy"] = "a b", "InvalidParameterException", "startedBy" },
        { "platform", task => task["platformVersion"] = "9.9.9", "PlatformUnknownException", "platform version" },
        { "bridge", task => task["taskDefinition"] = "on-ec2", "InvalidParameterException", "Task definition does not support launch_type FARGATE." },
    };

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public async Task What_ECS_refuses_is_refused_in_its_words(string what, Action<JsonObject> change, string error, string words)
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        fargate.RegisterTaskDefinition(new TaskDefinitionOptions("on-ec2")
        {
            NetworkMode = "bridge",
            RequiresCompatibilities = ["EC2"],
            Containers = [new LocalFargate.ContainerOptions("cli")],
        });
        using var client = new FargateClient(fargate);

        var reply = await client.RunTaskAsync(change);

        Assert.True(reply.Error == error, $"{what}: {reply.Text}");
        Assert.Contains(words, reply.Message);
        Assert.Empty(fargate.Tasks);
    }

    [Fact]
    public async Task A_client_token_starts_a_task_once()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate);

        var first = await client.StartTaskAsync(task => task["clientToken"] = "token-1");
        var again = await client.StartTaskAsync(task => task["clientToken"] = "token-1");
        var different = await client.RunTaskAsync(task =>
        {
            task["clientToken"] = "token-1";
            task["startedBy"] = "somebody-else";
        });

        Assert.Equal(first, again);
        Assert.Equal("ConflictException", different.Error);
        Assert.Equal(first, (string?)different.Body["resourceIds"]![0]);
        Assert.Single(fargate.Tasks);
    }

    [Fact]
    public async Task A_task_is_described_with_its_own_size_or_that_of_its_task_definition()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate);
        var idle = fargate.RegisterIdleTask();

        var usual = await client.StartTaskAsync(task => task["taskDefinition"] = idle);
        var large = await client.StartTaskAsync(task =>
        {
            task["taskDefinition"] = idle;
            task["overrides"] = new JsonObject
            {
                ["cpu"] = "1024",
                ["memory"] = "2048",
                ["ephemeralStorage"] = new JsonObject { ["sizeInGiB"] = 50 },
            };
        });

        foreach (var (arn, expected) in new[] { (usual, "256 512 20"), (large, "1024 2048 50") })
        {
            var task = await client.DescribeTaskAsync(arn);
            Assert.Equal(expected, $"{task["cpu"]} {task["memory"]} {task["ephemeralStorage"]!["sizeInGiB"]}");
        }
    }

    [Fact]
    public async Task A_task_is_listed_by_its_startedBy_until_it_is_to_stop()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate);
        var idle = fargate.RegisterIdleTask();
        var arn = await client.StartTaskAsync(task => (task["taskDefinition"], task["startedBy"]) = (idle, "mine/1"));
        await client.StartTaskAsync(task => (task["taskDefinition"], task["startedBy"]) = (idle, "other"));

        Assert.Equal([arn], await ListAsync(client, fargate, "RUNNING"));
        await client.StopTaskAsync(arn, "done");

        Assert.Empty(await ListAsync(client, fargate, "RUNNING"));
        Assert.Equal([arn], await ListAsync(client, fargate, "STOPPED"));
    }

    [Fact]
    public async Task A_task_definition_can_be_registered_and_described_over_the_wire()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate);
        var input = new JsonObject
        {
            ["family"] = "other",
            ["networkMode"] = "awsvpc",
            ["cpu"] = "256",
            ["memory"] = "512",
            ["containerDefinitions"] = new JsonArray(new JsonObject { ["name"] = "app", ["image"] = "plain" }),
        };

        await client.EcsAsync("RegisterTaskDefinition", input);
        await client.EcsAsync("RegisterTaskDefinition", input);
        var described = (await client.EcsAsync("DescribeTaskDefinition", new JsonObject { ["taskDefinition"] = "other" }))
            .Body["taskDefinition"]!;
        var missing = await client.EcsAsync("DescribeTaskDefinition", new JsonObject { ["taskDefinition"] = "other:3" });

        Assert.Equal(2, (int)described["revision"]!);
        Assert.Equal(["EC2", "FARGATE"], described["compatibilities"]!.AsArray().Select(name => (string)name!));
        Assert.Equal(("ClientException", "Unable to describe task definition."), (missing.Error, missing.Message));
    }

    private static async Task<string[]> ListAsync(FargateClient client, LocalFargateServer fargate, string desiredStatus)
    {
        var reply = await client.EcsAsync("ListTasks", new JsonObject
        {
            ["cluster"] = fargate.Cluster,
            ["startedBy"] = "mine/1",
            ["desiredStatus"] = desiredStatus,
        });
        return [.. reply.Body["taskArns"]!.AsArray().Select(arn => (string)arn!)];
    }

    private static JsonObject Network(JsonObject task) => task["networkConfiguration"]!["awsvpcConfiguration"]!.AsObject();

    private static JsonObject Override(string container, string name, string value) => new()
    {
        ["containerOverrides"] = new JsonArray(new JsonObject
        {
            ["name"] = container,
            ["environment"] = new JsonArray(new JsonObject { ["name"] = name, ["value"] = value }),
        }),
    };
}
