using System.Text.Json.Nodes;
using LocalFargate.Protocol;
using LocalFargate.Tasks;

namespace LocalFargate.Services;

/// <summary>The operations of Amazon ECS that a session needs.</summary>
internal sealed class EcsService(
    ClusterRegistry clusters, TaskDefinitions definitions, TaskRegistry tasks, RunTaskOperation runTask, ServiceRegistry services,
    ExecuteCommandOperation executeCommand)
    : IAwsService
{
    private const int MaxPageSize = 100;

    public ServiceModel Model { get; } = ServiceModel.Load("ecs-2014-11-13");

    public JsonObject? Perform(string operation, JsonObject parameters) => operation switch
    {
        "RunTask" => runTask.Perform(parameters),
        "DescribeTasks" => DescribeTasks(parameters),
        "StopTask" => StopTask(parameters),
        "ListTasks" => ListTasks(parameters),
        "ExecuteCommand" => executeCommand.Perform(parameters),
        "DescribeTaskDefinition" => DescribeTaskDefinition(parameters),
        "RegisterTaskDefinition" => RegisterTaskDefinition(parameters),
        "DescribeClusters" => DescribeClusters(parameters),
        "DescribeServices" => services.Describe(parameters),
        "ListServices" => services.List(parameters),
        "ListTaskDefinitionFamilies" => ListTaskDefinitionFamilies(parameters),
        "ListTaskDefinitions" => ListTaskDefinitions(parameters),
        "ListClusters" => Page.Take(parameters, "clusterArns", [.. clusters.All.Select(cluster => cluster.Arn)], MaxPageSize),
        _ => null,
    };

    private JsonObject DescribeTasks(JsonObject parameters)
    {
        var cluster = clusters.Get((string?)parameters["cluster"]);
        var names = ContainerDefinition.Strings(parameters["tasks"]);
        if (names.Count is 0 or > MaxPageSize)
        {
            throw EcsErrors.InvalidParameter(names.Count == 0 ? "Tasks cannot be empty." : "Tasks cannot have more than 100 elements.");
        }

        var withTags = ContainerDefinition.Strings(parameters["include"]).Contains("TAGS");
        var found = new JsonArray();
        var failures = new JsonArray();
        foreach (var name in names.Distinct())
        {
            if (tasks.Find(cluster, name) is { } task && !task.IsMissingWhenAsked())
            {
                found.Add(TaskDescriber.Describe(task, withTags));
            }
            else
            {
                failures.Add(new JsonObject
                {
                    ["arn"] = name.StartsWith("arn:", StringComparison.Ordinal)
                        ? name : $"{cluster.Arn.Replace(":cluster/", ":task/", StringComparison.Ordinal)}/{name}",
                    ["reason"] = "MISSING",
                });
            }
        }

        return new JsonObject { ["tasks"] = found, ["failures"] = failures };
    }

    private JsonObject StopTask(JsonObject parameters)
    {
        var cluster = clusters.Get((string?)parameters["cluster"]);
        var task = tasks.Find(cluster, (string)parameters["task"]!) is { } found && !found.IsMissingWhenAsked()
            ? found
            : throw EcsErrors.TaskNotFound();
        var reason = (string?)parameters["reason"];
        if (reason?.Length > 1024)
        {
            throw EcsErrors.InvalidParameter("Reason must have length less than or equal to 1024.");
        }

        task.Stop("UserInitiated", reason ?? "Task stopped by user");
        return new JsonObject { ["task"] = TaskDescriber.Describe(task, withTags: false) };
    }

    private JsonObject ListTasks(JsonObject parameters)
    {
        var cluster = clusters.Get((string?)parameters["cluster"]);
        var wantsStopped = (string?)parameters["desiredStatus"] == "STOPPED";
        var startedBy = (string?)parameters["startedBy"];
        var family = (string?)parameters["family"];
        var group = (string?)parameters["serviceName"] is { } service ? services.GroupOf(cluster, service) : null;
        var arns = tasks.All
            .Where(task => task.Cluster == cluster)
            .Where(task => task.State.StopWanted == wantsStopped)
            .Where(task => startedBy is null || task.StartedBy == startedBy)
            .Where(task => family is null || task.Definition.Family == family)
            .Where(task => group is null || (string?)task.Request["group"] == group)
            // Last: who lists other tasks does not ask for it.
            .Where(task => !task.IsMissingWhenAsked())
            .Select(task => task.Arn);
        return Page.Take(parameters, "taskArns", [.. arns], MaxPageSize);
    }

    private JsonObject DescribeTaskDefinition(JsonObject parameters)
    {
        var definition = definitions.Find((string)parameters["taskDefinition"]!)
            ?? throw new AwsException("ClientException", "Unable to describe task definition.");
        return new JsonObject { ["taskDefinition"] = definition.Describe(), ["tags"] = new JsonArray() };
    }

    private JsonObject RegisterTaskDefinition(JsonObject parameters)
    {
        if (parameters["containerDefinitions"]!.AsArray().Count == 0)
        {
            throw new AwsException("ClientException", "Container list cannot be empty.");
        }

        if (parameters["containerDefinitions"]!.AsArray().Any(node =>
            string.IsNullOrEmpty((string?)node!["name"]) || string.IsNullOrEmpty((string?)node["image"])))
        {
            throw new AwsException("ClientException", "Container.name and Container.image should not be null or empty.");
        }

        if (ContainerDefinition.Strings(parameters["requiresCompatibilities"]).Contains("FARGATE"))
        {
            TaskSizes.Check(
                (string?)parameters["cpu"],
                (string?)parameters["memory"],
                parameters["ephemeralStorage"],
                parameters["containerDefinitions"]!.AsArray().Select(node => new ContainerDefinition(node!.AsObject())));
        }

        return new JsonObject { ["taskDefinition"] = definitions.Register(parameters).Describe(), ["tags"] = new JsonArray() };
    }

    // None can be deregistered here.
    private IReadOnlyList<TaskDefinition> Active(string? status) =>
        status is null or "ACTIVE" or "ALL" ? definitions.All : [];

    private JsonObject ListTaskDefinitionFamilies(JsonObject parameters)
    {
        var prefix = (string?)parameters["familyPrefix"] ?? "";
        var families = Active((string?)parameters["status"])
            .Select(definition => definition.Family)
            .Where(family => family.StartsWith(prefix, StringComparison.Ordinal))
            .Distinct()
            .Order(StringComparer.Ordinal);
        return Page.Take(parameters, "families", [.. families], MaxPageSize);
    }

    private JsonObject ListTaskDefinitions(JsonObject parameters)
    {
        // A whole family in spite of its name.
        var family = (string?)parameters["familyPrefix"];
        var arns = Active((string?)parameters["status"])
            .Where(definition => family is null || definition.Family == family)
            .OrderBy(definition => definition.Family, StringComparer.Ordinal)
            .ThenBy(definition => definition.Revision)
            .Select(definition => definition.Arn);
        return Page.Take(
            parameters,
            "taskDefinitionArns",
            [.. (string?)parameters["sort"] == "DESC" ? arns.Reverse() : arns],
            MaxPageSize);
    }

    private JsonObject DescribeClusters(JsonObject parameters)
    {
        var names = ContainerDefinition.Strings(parameters["clusters"]);
        var found = new JsonArray();
        var failures = new JsonArray();
        foreach (var name in names.Count == 0 ? [ClusterRegistry.DefaultName] : names)
        {
            if (clusters.Find(name) is { } cluster)
            {
                found.Add(Describe(cluster));
            }
            else
            {
                failures.Add(new JsonObject { ["arn"] = clusters.ArnOf(name), ["reason"] = "MISSING" });
            }
        }

        return new JsonObject { ["clusters"] = found, ["failures"] = failures };
    }

    private JsonObject Describe(Cluster cluster)
    {
        var states = tasks.All.Where(task => task.Cluster == cluster).Select(task => task.State.Phase).ToList();
        return new JsonObject
        {
            ["clusterArn"] = cluster.Arn,
            ["clusterName"] = cluster.Name,
            ["status"] = "ACTIVE",
            ["registeredContainerInstancesCount"] = 0,
            ["runningTasksCount"] = states.Count(phase => phase == TaskPhase.Running),
            ["pendingTasksCount"] = states.Count(phase => phase < TaskPhase.Running),
            ["activeServicesCount"] = 0,
            ["capacityProviders"] = new JsonArray("FARGATE", "FARGATE_SPOT"),
            ["defaultCapacityProviderStrategy"] = new JsonArray(),
            ["settings"] = new JsonArray(),
            ["statistics"] = new JsonArray(),
            ["tags"] = new JsonArray(),
        };
    }
}
