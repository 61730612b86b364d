using System.Text.Json.Nodes;

namespace LocalFargate.Tasks;

/// <summary>Describes tasks as ECS does.</summary>
internal static class TaskDescriber
{
    internal static JsonObject Describe(FargateTask task, bool withTags)
    {
        var state = task.State;
        var request = task.Request;
        var description = new JsonObject
        {
            ["attachments"] = new JsonArray(DescribeAttachment(task, state)),
            ["attributes"] = new JsonArray(new JsonObject { ["name"] = "ecs.cpu-architecture", ["value"] = "x86_64" }),
            ["availabilityZone"] = task.NetworkInterface.Subnet.AvailabilityZone,
            ["clusterArn"] = task.Cluster.Arn,
            ["containers"] = new JsonArray([.. state.Containers.Select(container => DescribeContainer(task, state, container))]),
            ["cpu"] = (string?)request["overrides"]?["cpu"] ?? task.Definition.Cpu,
            ["createdAt"] = EpochSeconds(state.CreatedAt),
            ["desiredStatus"] = state.StopWanted ? "STOPPED" : "RUNNING",
            ["enableExecuteCommand"] = task.EnablesExecuteCommand,
            ["group"] = (string?)request["group"] ?? $"family:{task.Definition.Family}",
            ["healthStatus"] = "UNKNOWN",
            ["lastStatus"] = Status(state.Phase),
            ["memory"] = (string?)request["overrides"]?["memory"] ?? task.Definition.Memory,
            ["overrides"] = DescribeOverrides(task),
            ["platformFamily"] = "Linux",
            ["platformVersion"] = PlatformVersion(request),
            ["startedBy"] = task.StartedBy,
            ["stopCode"] = state.StopCode,
            ["stoppedReason"] = state.StoppedReason,
            ["tags"] = withTags ? request["tags"]?.DeepClone() ?? new JsonArray() : new JsonArray(),
            ["taskArn"] = task.Arn,
            ["taskDefinitionArn"] = task.Definition.Arn,
            ["version"] = state.Version,
            ["ephemeralStorage"] = (request["overrides"]?["ephemeralStorage"] ?? task.Definition.EphemeralStorage)?.DeepClone()
                ?? new JsonObject { ["sizeInGiB"] = 20 },
        };
        AddLaunchType(description, request);
        AddTimes(description, state);
        return WithoutNulls(description);
    }

    /// <summary>A time as ECS's JSON has it: seconds since 1970, with milliseconds.</summary>
    internal static double EpochSeconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;

    internal static string Status(TaskPhase phase) => phase.ToString().ToUpperInvariant();

    private static JsonObject DescribeAttachment(FargateTask task, TaskState state)
    {
        var networkInterface = task.NetworkInterface;
        var details = new JsonArray(Detail("subnetId", networkInterface.Subnet.Id));
        if (state.ConnectivityAt is not null)
        {
            details.Add(Detail("networkInterfaceId", networkInterface.Id));
            details.Add(Detail("macAddress", networkInterface.MacAddress));
            details.Add(Detail("privateDnsName", networkInterface.PrivateDnsName));
            details.Add(Detail("privateIPv4Address", networkInterface.PrivateAddress.ToString()));
        }

        return new JsonObject
        {
            ["id"] = networkInterface.AttachmentId,
            ["type"] = "ElasticNetworkInterface",
            ["status"] = state.IsAttached ? "ATTACHED" : state.Phase == TaskPhase.Stopped ? "DELETED" : "PRECREATED",
            ["details"] = details,
        };

        static JsonObject Detail(string name, string value) => new() { ["name"] = name, ["value"] = value };
    }

    private static JsonObject DescribeContainer(FargateTask task, TaskState state, ContainerState container)
    {
        var definition = task.Definition.Containers.First(candidate => candidate.Name == container.Name);
        var interfaces = new JsonArray();
        if (state.ConnectivityAt is not null)
        {
            interfaces.Add(new JsonObject
            {
                ["attachmentId"] = task.NetworkInterface.AttachmentId,
                ["privateIpv4Address"] = task.NetworkInterface.PrivateAddress.ToString(),
            });
        }

        return WithoutNulls(new JsonObject
        {
            ["managedAgents"] = DescribeAgents(task, container),
            ["containerArn"] = $"{task.Arn.Replace(":task/", ":container/", StringComparison.Ordinal)}/{container.Name}",
            ["taskArn"] = task.Arn,
            ["name"] = container.Name,
            ["image"] = definition.Image,
            ["runtimeId"] = container.RuntimeId,
            ["lastStatus"] = container.Status,
            ["exitCode"] = container.ExitCode,
            ["reason"] = container.Reason,
            ["networkInterfaces"] = interfaces,
            ["healthStatus"] = "UNKNOWN",
            ["cpu"] = definition.Cpu,
            ["memory"] = definition.Memory,
        });
    }

    private static JsonArray? DescribeAgents(FargateTask task, ContainerState container)
    {
        if (!task.EnablesExecuteCommand)
        {
            return null;
        }

        var agent = new JsonObject { ["name"] = "ExecuteCommandAgent", ["lastStatus"] = container.AgentStatus(task.Plan) };
        if (container.StartedAt + task.Plan.AgentAfter is { } startedAt && (string?)agent["lastStatus"] == "RUNNING")
        {
            agent["lastStartedAt"] = EpochSeconds(startedAt);
        }

        return new JsonArray(agent);
    }

    // ECS answers with an entry for every container, whether it was overridden or not.
    private static JsonObject DescribeOverrides(FargateTask task)
    {
        var overrides = task.Request["overrides"]?.DeepClone().AsObject() ?? [];
        var given = overrides["containerOverrides"]?.AsArray() ?? [];
        overrides["containerOverrides"] = new JsonArray([.. task.Definition.Containers.Select(container =>
            given.FirstOrDefault(node => (string?)node!["name"] == container.Name)?.DeepClone()
            ?? new JsonObject { ["name"] = container.Name })]);
        overrides["inferenceAcceleratorOverrides"] ??= new JsonArray();
        return overrides;
    }

    private static string PlatformVersion(JsonObject request) =>
        (string?)request["platformVersion"] is { } version && version != "LATEST" ? version : "1.4.0";

    private static void AddLaunchType(JsonObject description, JsonObject request)
    {
        if (request["capacityProviderStrategy"] is JsonArray { Count: > 0 } strategy)
        {
            description["capacityProviderName"] = (string?)strategy[0]!["capacityProvider"];
        }

        description["launchType"] = "FARGATE";
    }

    private static void AddTimes(JsonObject description, TaskState state)
    {
        (string Name, DateTimeOffset? Time)[] times =
        [
            ("connectivityAt", state.ConnectivityAt),
            ("pullStartedAt", state.PullStartedAt),
            ("pullStoppedAt", state.PullStoppedAt),
            ("startedAt", state.StartedAt),
            ("stoppingAt", state.StoppingAt),
            ("executionStoppedAt", state.ExecutionStoppedAt),
            ("stoppedAt", state.StoppedAt),
        ];
        foreach (var (name, time) in times)
        {
            if (time is { } known)
            {
                description[name] = EpochSeconds(known);
            }
        }

        if (state.ConnectivityAt is not null)
        {
            description["connectivity"] = "CONNECTED";
        }
    }

    private static JsonObject WithoutNulls(JsonObject node)
    {
        foreach (var name in node.Where(entry => entry.Value is null).Select(entry => entry.Key).ToList())
        {
            node.Remove(name);
        }

        return node;
    }
}
