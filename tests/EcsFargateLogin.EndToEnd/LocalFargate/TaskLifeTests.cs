using System.Text.Json.Nodes;
using LocalFargate;
using LocalFargate.Tasks;

namespace EcsFargateLogin.EndToEnd.LocalFargateTests;

public sealed class TaskLifeTests
{
    [Fact]
    public async Task A_task_walks_through_every_phase_and_tells_when()
    {
        // Each phase has to be seen, on a busy machine too.
        var step = TimeSpan.FromSeconds(1);
        await using var fargate = await LocalFargateServer.StartAsync(new LocalFargateOptions
        {
            Timeline = new Timeline
            {
                Provisioning = step,
                Pending = step,
                Pulling = step,
                Activating = step,
                Deactivating = step,
                Stopping = step,
                Deprovisioning = step,
            },
        });
        using var client = new FargateClient(fargate);
        var idle = fargate.RegisterIdleTask();

        var arn = await client.StartTaskAsync(task => task["taskDefinition"] = idle);
        var statuses = new List<string>();
        var task = await Wait.ForAsync(
            async () =>
            {
                var seen = await client.DescribeTaskAsync(arn);
                var status = (string)seen["lastStatus"]!;
                if (statuses.LastOrDefault() != status)
                {
                    statuses.Add(status);
                }

                if (status == "RUNNING" && (string)seen["desiredStatus"]! == "RUNNING")
                {
                    await client.StopTaskAsync(arn, "done");
                }

                return status == "STOPPED" ? seen : null;
            },
            "the task to stop");

        Assert.Equal(
            ["PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"],
            statuses);
        string[] times = ["createdAt", "connectivityAt", "pullStartedAt", "pullStoppedAt", "startedAt", "stoppingAt", "executionStoppedAt", "stoppedAt"];
        Assert.Equal(times.Select(name => (double)task[name]!).Order(), times.Select(name => (double)task[name]!));
        Assert.Equal(("UserInitiated", "done"), ((string?)task["stopCode"], (string?)task["stoppedReason"]));
        Assert.Equal(143, (int)task["containers"]![0]!["exitCode"]!);
        Assert.Equal("DELETED", (string?)task["attachments"]![0]!["status"]);
    }

    [Fact]
    public async Task The_network_interface_is_described_once_it_is_attached()
    {
        await using var fargate = await LocalFargateServer.StartAsync(new LocalFargateOptions
        {
            Timeline = new Timeline { Provisioning = TimeSpan.FromSeconds(2) },
        });
        using var client = new FargateClient(fargate);
        var idle = fargate.RegisterIdleTask();

        var arn = await client.StartTaskAsync(task => task["taskDefinition"] = idle);
        var before = await client.DescribeTaskAsync(arn);
        var after = await client.WaitForStatusAsync(arn, "RUNNING");
        var id = Detail(after, "networkInterfaceId");
        var described = await client.Ec2Async("DescribeNetworkInterfaces", ("NetworkInterfaceId.1", id!));

        Assert.Equal("PROVISIONING", (string?)before["lastStatus"]);
        Assert.Equal(fargate.Subnets[0], Detail(before, "subnetId"));
        Assert.Null(Detail(before, "privateIPv4Address"));
        Assert.Equal(Detail(after, "privateIPv4Address"), described.Value("privateIpAddress"));
        Assert.Equal(fargate.Tasks[0].PublicAddress, described.Value("publicIp"));
        Assert.NotEqual(described.Value("publicIp"), described.Value("privateIpAddress"));
        Assert.Equal(
            "InvalidNetworkInterfaceID.NotFound",
            (await client.Ec2Async("DescribeNetworkInterfaces", ("NetworkInterfaceId.1", "eni-0"))).Error);
    }

    [Fact]
    public async Task A_container_that_ends_stops_its_task()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate);
        var definition = fargate.RegisterShellTask("echo out; echo err >&2; exit 7");

        var arn = await client.StartTaskAsync(task => task["taskDefinition"] = definition);
        var task = await client.WaitForStatusAsync(arn, "STOPPED");
        var log = await LogOfShellTaskAsync(client, arn);

        Assert.Equal("EssentialContainerExited", (string?)task["stopCode"]);
        Assert.Equal("Essential container in task exited", (string?)task["stoppedReason"]);
        Assert.Equal(7, (int)task["containers"]![0]!["exitCode"]!);
        Assert.Equal(["err", "out"], log.Order());
    }

    [Fact]
    public async Task A_container_that_ignores_SIGTERM_is_killed_after_its_time()
    {
        await using var fargate = await LocalFargateServer.StartAsync(
            new LocalFargateOptions { StopTimeout = TimeSpan.FromMilliseconds(500) });
        using var client = new FargateClient(fargate);
        var definition = fargate.RegisterShellTask("trap '' TERM; echo ignores; while :; do sleep 60 & wait; done");
        var arn = await client.StartTaskAsync(task => task["taskDefinition"] = definition);
        await client.WaitForStatusAsync(arn, "RUNNING");
        await Wait.ForAsync(
            async () => (await LogOfShellTaskAsync(client, arn)).FirstOrDefault(), "the container to ignore SIGTERM");
        var process = fargate.Tasks.Single().ProcessIds.Single();

        await client.StopTaskAsync(arn);
        var task = await client.WaitForStatusAsync(arn, "STOPPED");

        Assert.Equal(137, (int)task["containers"]![0]!["exitCode"]!);
        Assert.False(Directory.Exists($"/proc/{process}"));
    }

    [Fact]
    public async Task An_image_that_is_not_there_stops_the_task_as_on_Fargate()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        using var client = new FargateClient(fargate);
        var definition = fargate.RegisterTaskDefinition(new TaskDefinitionOptions("broken")
        {
            Containers = [new LocalFargate.ContainerOptions("cli") { Image = "nobody/nothing:1" }],
        });

        var arn = await client.StartTaskAsync(task => task["taskDefinition"] = definition);
        var task = await client.WaitForStatusAsync(arn, "STOPPED");

        Assert.Equal("TaskFailedToStart", (string?)task["stopCode"]);
        Assert.StartsWith("CannotPullContainerError: ", (string?)task["stoppedReason"]);
        Assert.StartsWith("CannotPullContainerError: ", (string?)task["containers"]![0]!["reason"]);
    }

    [Fact]
    public async Task Many_servers_at_once_are_strangers_to_each_other()
    {
        var servers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => LocalFargateServer.StartAsync()));
        try
        {
            var addresses = await Task.WhenAll(servers.Select(async fargate =>
            {
                using var client = new FargateClient(fargate);
                var idle = fargate.RegisterIdleTask();
                var arn = await client.StartTaskAsync(task => task["taskDefinition"] = idle);
                await client.WaitForStatusAsync(arn, "RUNNING");
                return fargate.Tasks.Single().PrivateAddress;
            }));

            Assert.Equal(addresses.Length, addresses.Distinct().Count());
        }
        finally
        {
            await Task.WhenAll(servers.Select(fargate => fargate.DisposeAsync().AsTask()));
        }
    }

    [Fact]
    public async Task Stopped_tasks_are_forgotten_after_a_while()
    {
        await using var fargate = await LocalFargateServer.StartAsync(
            new LocalFargateOptions { StoppedTaskRetention = TimeSpan.FromMilliseconds(200) });
        using var client = new FargateClient(fargate);
        var definition = fargate.RegisterShellTask("true");

        var arn = await client.StartTaskAsync(task => task["taskDefinition"] = definition);
        await Wait.UntilAsync(() => fargate.Tasks.Count == 0, "the task to be forgotten");
        var stop = await client.StopTaskAsync(arn);

        Assert.Equal(("InvalidParameterException", "The referenced task was not found."), (stop.Error, stop.Message));
    }

    private static string? Detail(JsonObject task, string name) =>
        (string?)task["attachments"]![0]!["details"]!.AsArray().FirstOrDefault(detail => (string?)detail!["name"] == name)?["value"];

    private static async Task<IEnumerable<string>> LogOfShellTaskAsync(FargateClient client, string arn)
    {
        var log = await client.LogsAsync("GetLogEvents", new JsonObject
        {
            ["logGroupName"] = "/ecs/shell",
            ["logStreamName"] = $"ecs/cli/{arn.Split('/')[^1]}",
            ["startFromHead"] = true,
        });
        return log.Body["events"]?.AsArray().Select(line => (string)line!["message"]!) ?? [];
    }
}
