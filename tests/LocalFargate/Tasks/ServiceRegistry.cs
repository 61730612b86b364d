using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using LocalFargate.Protocol;
using LocalFargate.Services;

namespace LocalFargate.Tasks;

/// <summary>The services of a server: what they say about their tasks, of which none is started here.</summary>
internal sealed class ServiceRegistry(ClusterRegistry clusters, TaskDefinitions definitions)
{
    private const int MostDescribed = 10;
    private const int MaxPageSize = 100;

    private readonly ConcurrentQueue<(Cluster Cluster, string Arn, ServiceOptions Options)> _services = [];

    internal string Register(ServiceOptions options)
    {
        var cluster = clusters.Get(options.Cluster);
        var arn = $"{cluster.Arn.Replace(":cluster/", ":service/", StringComparison.Ordinal)}/{options.Name}";
        _services.Enqueue((cluster, arn, options));
        return arn;
    }

    /// <summary>The group of the tasks of a service, which is named or given by its ARN.</summary>
    internal string GroupOf(Cluster cluster, string service) =>
        _services.FirstOrDefault(each => each.Cluster == cluster && (each.Options.Name == service || each.Arn == service)) is
            { Options: { } options } ? $"service:{options.Name}"
            : throw new AwsException("ServiceNotFoundException", "Service not found.");

    /// <summary>What ECS starts for a service.</summary>
    internal LaunchRequest LaunchOf(string service, Vpc vpc, bool enablesExecuteCommand)
    {
        var (cluster, _, options) = _services.Single(each => each.Options.Name == service);
        return new LaunchRequest
        {
            Cluster = cluster,
            Definition = definitions.Find(options.TaskDefinition)!,
            Subnet = vpc.Subnets.First(subnet => options.Subnets.Count == 0 || options.Subnets.Contains(subnet.Id)),
            SecurityGroups = options.SecurityGroups,
            AssignPublicAddress = options.AssignPublicIp,
            Parameters = new JsonObject
            {
                ["cluster"] = cluster.Arn,
                ["taskDefinition"] = options.TaskDefinition,
                ["launchType"] = "FARGATE",
                ["group"] = $"service:{service}",
                ["startedBy"] = "ecs-svc/0123456789012345678",
                ["enableExecuteCommand"] = enablesExecuteCommand,
            },
        };
    }

    internal JsonObject List(JsonObject parameters)
    {
        var cluster = clusters.Get((string?)parameters["cluster"]);
        var arns = _services
            .Where(service => service.Cluster == cluster && service.Options.Status != "INACTIVE")
            .Select(service => service.Arn);
        return Page.Take(parameters, "serviceArns", [.. arns], MaxPageSize);
    }

    internal JsonObject Describe(JsonObject parameters)
    {
        var cluster = clusters.Get((string?)parameters["cluster"]);
        var names = ContainerDefinition.Strings(parameters["services"]);
        if (names.Count is 0 or > MostDescribed)
        {
            throw EcsErrors.InvalidParameter(
                names.Count == 0 ? "Services cannot be empty." : $"Services cannot have more than {MostDescribed} elements.");
        }

        var withTags = ContainerDefinition.Strings(parameters["include"]).Contains("TAGS");
        var found = new JsonArray();
        var failures = new JsonArray();
        foreach (var name in names)
        {
            if (_services.FirstOrDefault(service => service.Cluster == cluster
                && (service.Options.Name == name || service.Arn == name)) is { Arn: { } arn, Options: { } options })
            {
                found.Add(Describe(cluster, arn, options, withTags));
            }
            else
            {
                failures.Add(new JsonObject
                {
                    ["arn"] = name.StartsWith("arn:", StringComparison.Ordinal)
                        ? name : $"{cluster.Arn.Replace(":cluster/", ":service/", StringComparison.Ordinal)}/{name}",
                    ["reason"] = "MISSING",
                });
            }
        }

        return new JsonObject { ["services"] = found, ["failures"] = failures };
    }

    private JsonObject Describe(Cluster cluster, string arn, ServiceOptions options, bool withTags)
    {
        var service = new JsonObject
        {
            ["serviceArn"] = arn,
            ["serviceName"] = options.Name,
            ["clusterArn"] = cluster.Arn,
            ["status"] = options.Status,
            ["desiredCount"] = 1,
            ["runningCount"] = 0,
            ["pendingCount"] = 0,
        };
        var tasks = DescribeTasks(options);
        if (options.IsDeployedByTaskSets)
        {
            tasks["id"] = "ecs-svc/0123456789012345678";
            tasks["status"] = "PRIMARY";
            service["deploymentController"] = new JsonObject { ["type"] = "CODE_DEPLOY" };
            service["taskSets"] = new JsonArray(tasks);
        }
        else
        {
            foreach (var (name, value) in tasks)
            {
                service[name] = value?.DeepClone();
            }
        }

        if (withTags)
        {
            service["tags"] = new JsonArray([.. options.Tags.Select(tag =>
                new JsonObject { ["key"] = tag.Key, ["value"] = tag.Value })]);
        }

        return service;
    }

    private JsonObject DescribeTasks(ServiceOptions options)
    {
        var tasks = new JsonObject
        {
            ["taskDefinition"] = definitions.Find(options.TaskDefinition)!.Arn,
            ["platformVersion"] = options.PlatformVersion,
            ["capacityProviderStrategy"] = new JsonArray([.. options.CapacityProviders.Select(provider =>
                new JsonObject { ["capacityProvider"] = provider, ["weight"] = 1, ["base"] = 0 })]),
        };
        if (options.LaunchType is { } launchType && options.CapacityProviders.Count == 0)
        {
            tasks["launchType"] = launchType;
        }

        if (options.Subnets.Count > 0)
        {
            tasks["networkConfiguration"] = new JsonObject
            {
                ["awsvpcConfiguration"] = new JsonObject
                {
                    ["subnets"] = TaskDefinitionOptions.Strings(options.Subnets),
                    ["securityGroups"] = TaskDefinitionOptions.Strings(options.SecurityGroups),
                    ["assignPublicIp"] = options.AssignPublicIp ? "ENABLED" : "DISABLED",
                },
            };
        }

        return tasks;
    }
}
