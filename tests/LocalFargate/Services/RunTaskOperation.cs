using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LocalFargate.Faults;
using LocalFargate.Protocol;
using LocalFargate.Tasks;

namespace LocalFargate.Services;

/// <summary>RunTask: checks what it is asked for as ECS does, and starts the tasks.</summary>
internal sealed partial class RunTaskOperation(
    ClusterRegistry clusters, TaskDefinitions definitions, Vpc vpc, TaskRegistry registry, TaskLauncher launcher)
{
    private const int MaxCount = 10;
    private const int MaxOverridesLength = 8192;
    private const int MaxStartedByLength = 128;
    private const int MaxClientTokenLength = 64;

    internal required FaultSet Faults { get; init; }

    internal required Timeline Timeline { get; init; }

    internal JsonObject Perform(JsonObject parameters)
    {
        var cluster = clusters.Get((string?)parameters["cluster"]);
        var definition = definitions.Find((string)parameters["taskDefinition"]!) ?? throw EcsErrors.TaskDefinitionNotFound();
        var count = (int?)parameters["count"] ?? 1;
        if (count is < 1 or > MaxCount)
        {
            throw EcsErrors.InvalidParameter(
                count < 1 ? "Count must be greater than 0." : $"Count cannot be greater than {MaxCount}.");
        }

        CheckLaunchType(parameters, definition);
        CheckMarks(parameters);
        CheckOverrides(parameters, definition);
        CheckExecuteCommand(parameters, definition);
        var request = CheckNetwork(parameters, cluster, definition);

        var launch = registry.LaunchOnce((string?)parameters["clientToken"], () => Launch(request, count));
        if (!JsonNode.DeepEquals(launch.Parameters, parameters))
        {
            throw EcsErrors.TokenConflict(launch.Tasks.Select(task => task.Arn));
        }

        return Describe(launch);
    }

    private Launch Launch(LaunchRequest request, int count)
    {
        var tasks = new List<FargateTask>();
        var failures = new List<LaunchFailure>();
        for (var i = 0; i < count; i++)
        {
            var plan = Faults.Apply(new TaskPlan { Timeline = Timeline });
            if (plan.Failure is { } failure)
            {
                failures.Add(failure);
            }
            else
            {
                tasks.Add(launcher.Launch(request, plan));
            }
        }

        return new Launch(request.Parameters.DeepClone().AsObject(), tasks, failures);
    }

    private static JsonObject Describe(Launch launch) => new()
    {
        ["tasks"] = new JsonArray([.. launch.Tasks.Select(task => TaskDescriber.Describe(task, withTags: true))]),
        ["failures"] = new JsonArray([.. launch.Failures.Select(failure =>
        {
            var entry = new JsonObject { ["reason"] = failure.Reason };
            if (failure.Detail is { } detail)
            {
                entry["detail"] = detail;
            }

            return entry;
        })]),
    };

    private static void CheckLaunchType(JsonObject parameters, TaskDefinition definition)
    {
        var launchType = (string?)parameters["launchType"];
        var strategy = parameters["capacityProviderStrategy"] as JsonArray ?? [];
        if (launchType is not null && strategy.Count > 0)
        {
            throw EcsErrors.InvalidParameter(
                "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.");
        }

        foreach (var name in strategy.Select(item => (string?)item!["capacityProvider"]))
        {
            if (name is not ("FARGATE" or "FARGATE_SPOT"))
            {
                throw EcsErrors.InvalidParameter("The specified capacity provider was not found. Specify a valid name and try again.");
            }
        }

        if (launchType is not "FARGATE" && strategy.Count == 0)
        {
            throw EcsErrors.InvalidParameter("No Container Instances were found in your cluster.");
        }

        if (!definition.RunsOnFargate)
        {
            throw EcsErrors.InvalidParameter("Task definition does not support launch_type FARGATE.");
        }

        CheckPlatform((string?)parameters["platformVersion"], definition.EphemeralStorage is not null);
    }

    private static void CheckPlatform(string? version, bool hasEphemeralStorage)
    {
        if (version is not (null or "LATEST" or "1.4.0" or "1.3.0"))
        {
            throw new AwsException("PlatformUnknownException", "The specified platform version doesn't exist.");
        }

        if (version == "1.3.0" && hasEphemeralStorage)
        {
            throw new AwsException(
                "PlatformTaskDefinitionIncompatibilityException",
                "The specified platform version does not satisfy the task definition's required capabilities.");
        }
    }

    private static void CheckMarks(JsonObject parameters)
    {
        if ((string?)parameters["startedBy"] is { } startedBy
            && (startedBy.Length > MaxStartedByLength || !StartedBy().IsMatch(startedBy)))
        {
            throw EcsErrors.InvalidParameter(
                $"startedBy must have at most {MaxStartedByLength} letters, numbers, hyphens, forward slashes and underscores.");
        }

        if ((string?)parameters["clientToken"] is { } token
            && (token.Length is 0 or > MaxClientTokenLength || token.Any(character => character is < '!' or > '~')))
        {
            throw EcsErrors.InvalidParameter($"clientToken must have 1 to {MaxClientTokenLength} characters in the range 33-126.");
        }
    }

    private static void CheckOverrides(JsonObject parameters, TaskDefinition definition)
    {
        if (parameters["overrides"] is not { } overrides)
        {
            return;
        }

        TaskSizes.Check(
            (string?)overrides["cpu"] ?? definition.Cpu,
            (string?)overrides["memory"] ?? definition.Memory,
            overrides["ephemeralStorage"],
            definition.Containers);
        CheckPlatform((string?)parameters["platformVersion"], overrides["ephemeralStorage"] is not null);
        foreach (var entry in overrides["containerOverrides"]?.AsArray() ?? [])
        {
            var name = (string?)entry!["name"];
            if (definition.Containers.All(container => container.Name != name))
            {
                throw EcsErrors.InvalidParameter($"Override for container named {name} is not a container in the TaskDefinition.");
            }
        }

        if (overrides.ToJsonString(AwsJson.Options).Length > MaxOverridesLength)
        {
            throw EcsErrors.InvalidParameter($"Container Overrides length must be at most {MaxOverridesLength}");
        }
    }

    private static void CheckExecuteCommand(JsonObject parameters, TaskDefinition definition)
    {
        if (((bool?)parameters["enableExecuteCommand"] ?? false)
            && ((string?)parameters["overrides"]?["taskRoleArn"] ?? definition.TaskRoleArn) is null)
        {
            throw EcsErrors.TaskRoleMissing();
        }
    }

    private LaunchRequest CheckNetwork(JsonObject parameters, Cluster cluster, TaskDefinition definition)
    {
        var configuration = parameters["networkConfiguration"]?["awsvpcConfiguration"] ?? throw EcsErrors.InvalidParameter(
            "Network Configuration must be provided when networkMode 'awsvpc' is specified.");
        var subnetIds = ContainerDefinition.Strings(configuration["subnets"]);
        if (subnetIds.Count is 0 or > 16)
        {
            throw EcsErrors.InvalidParameter(subnetIds.Count == 0 ? "subnets can not be empty." : "subnets can have at most 16 items.");
        }

        var groupIds = ContainerDefinition.Strings(configuration["securityGroups"]);
        if (groupIds.Count > 5)
        {
            throw EcsErrors.InvalidParameter("securityGroups can have at most 5 items.");
        }

        var subnets = subnetIds.Select(id => vpc.FindSubnet(id) ?? throw EcsErrors.SubnetNotFound(subnetIds, id)).ToList();
        if (groupIds.FirstOrDefault(id => !vpc.SecurityGroups.Contains(id)) is { } unknown)
        {
            throw EcsErrors.SecurityGroupNotFound(groupIds, unknown);
        }

        return new LaunchRequest
        {
            Cluster = cluster,
            Definition = definition,
            Subnet = subnets[Random.Shared.Next(subnets.Count)],
            SecurityGroups = groupIds.Count > 0 ? groupIds : [vpc.SecurityGroups[0]],
            AssignPublicAddress = (string?)configuration["assignPublicIp"] == "ENABLED",
            Parameters = parameters,
        };
    }

    [GeneratedRegex("^[A-Za-z0-9_/-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex StartedBy();
}
