using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Aws.Ecs;

/// <summary>Checks ECS's answers and turns them into the boundary's records.</summary>
internal static class EcsReplies
{
    internal static IReadOnlyList<TaskDescription> Tasks(IReadOnlyList<TaskShape?>? tasks, string operation) =>
        [.. (tasks ?? []).Select(task => Task(task, operation))];

    internal static IReadOnlyList<CloudFailure> Failures(IReadOnlyList<FailureShape?>? failures) =>
        [.. (failures ?? []).Select(failure => new CloudFailure(
            Words(failure?.Arn), Words(failure?.Reason), Words(failure?.Detail)))];

    internal static TaskDefinitionDescription TaskDefinition(TaskDefinitionShape? definition, string operation) => new()
    {
        Arn = Required(definition?.TaskDefinitionArn, operation, "taskDefinitionArn"),
        NetworkMode = definition?.NetworkMode,
        Compatibilities = [.. (definition?.Compatibilities ?? []).OfType<string>()],
        ContainerNames =
        [
            .. (definition?.ContainerDefinitions ?? [])
                .Select(container => Required(container?.Name, operation, "containerDefinitions[].name")),
        ],
        // Essential unless it is said not to be.
        EssentialNames =
        [
            .. (definition?.ContainerDefinitions ?? [])
                .OfType<ContainerDefinitionShape>()
                .Where(container => container.Essential ?? true)
                .Select(container => container.Name!),
        ],
        Logs = (definition?.ContainerDefinitions ?? [])
            .Select(container => (container?.Name, Log: Log(container?.LogConfiguration)))
            .Where(container => container.Log is not null)
            .ToDictionary(container => container.Name!, container => container.Log!, StringComparer.Ordinal),
        Starts = (definition?.ContainerDefinitions ?? [])
            .OfType<ContainerDefinitionShape>()
            .ToDictionary(container => container.Name!, Start, StringComparer.Ordinal),
    };

    private static ContainerStart Start(ContainerDefinitionShape container) => new()
    {
        EntryPoint = [.. (container.EntryPoint ?? []).OfType<string>()],
        Command = [.. (container.Command ?? []).OfType<string>()],
        IsRestarted = container.RestartPolicy?.Enabled ?? false,
        Environment = (container.Environment ?? [])
            .Where(variable => variable?.Name is not null)
            .DistinctBy(variable => variable!.Name)
            .ToDictionary(variable => variable!.Name!, variable => variable!.Value ?? "", StringComparer.Ordinal),
    };

    /// <summary>Null for other log drivers, and where the stream's name cannot be told beforehand.</summary>
    private static ContainerLog? Log(LogConfigurationShape? configuration) =>
        configuration is { LogDriver: "awslogs", Options: { } options }
        && options.GetValueOrDefault("awslogs-group") is { Length: > 0 } group
        && options.GetValueOrDefault("awslogs-region") is { Length: > 0 } region
        && options.GetValueOrDefault("awslogs-stream-prefix") is { Length: > 0 } prefix
            ? new ContainerLog(group, region, prefix)
            : null;

    internal static ClusterDescription Cluster(ClusterShape? cluster, string operation) => new(
        Required(cluster?.ClusterArn, operation, "clusterArn"),
        Required(cluster?.ClusterName, operation, "clusterName"),
        Required(cluster?.Status, operation, "status"));

    internal static string Required(string? value, string operation, string member) =>
        Words(value) ?? throw CloudErrors.MalformedAnswer(operation, $"lacks {member}");

    /// <summary>What is only shown: null where it is empty, and never anything that a terminal would obey.</summary>
    private static string? Words(string? value) => string.IsNullOrWhiteSpace(value) ? null : TerminalText.Clean(value);

    private static TaskDescription Task(TaskShape? task, string operation)
    {
        var containers = task?.Containers ?? [];
        var network = containers
            .SelectMany(container => container?.NetworkInterfaces ?? [])
            .OfType<NetworkInterfaceShape>();
        var attachment = Details(task?.Attachments);
        return new TaskDescription
        {
            TaskArn = Required(task?.TaskArn, operation, "taskArn"),
            ClusterArn = Required(task?.ClusterArn, operation, "clusterArn"),
            LastStatus = Required(task?.LastStatus, operation, "lastStatus"),
            TaskDefinitionArn = Words(task!.TaskDefinitionArn),
            DesiredStatus = Words(task.DesiredStatus),
            StartedBy = Words(task.StartedBy),
            Tags = Tags(task.Tags),
            CreatedAt = task.CreatedAt,
            ConnectivityAt = task.ConnectivityAt,
            PullStartedAt = task.PullStartedAt,
            PullStoppedAt = task.PullStoppedAt,
            StartedAt = task.StartedAt,
            StoppingAt = task.StoppingAt,
            StoppedAt = task.StoppedAt,
            StopCode = Words(task.StopCode),
            StoppedReason = Words(task.StoppedReason),
            AvailabilityZone = Words(task.AvailabilityZone),
            Containers = [.. containers.Select(container => Container(container, operation))],
            EnablesExecuteCommand = task.EnableExecuteCommand ?? false,
            Overrides = [.. (task.Overrides?.ContainerOverrides ?? []).OfType<GivenContainerOverrideShape>().Select(Override)],
            NetworkInterfaceId = attachment.GetValueOrDefault("networkInterfaceId"),
            SubnetId = attachment.GetValueOrDefault("subnetId"),
            PrivateIPv4Address = attachment.GetValueOrDefault("privateIPv4Address")
                ?? network.Select(shape => Words(shape.PrivateIpv4Address)).FirstOrDefault(address => address is not null),
            IPv6Address = network.Select(shape => Words(shape.Ipv6Address)).FirstOrDefault(address => address is not null),
        };
    }

    private static ContainerDescription Container(ContainerShape? container, string operation) => new()
    {
        Name = Required(container?.Name, operation, "containers[].name"),
        LastStatus = Words(container!.LastStatus),
        ExitCode = container.ExitCode,
        Reason = Words(container.Reason),
        RuntimeId = container.RuntimeId,
        ExecuteCommandAgent = (container.ManagedAgents ?? [])
            .Where(agent => agent?.Name == "ExecuteCommandAgent")
            .Select(agent => new ManagedAgentDescription(Words(agent!.LastStatus), Words(agent.Reason)))
            .FirstOrDefault(),
    };

    private static ContainerOverride Override(GivenContainerOverrideShape container) => new(
        container.Name ?? "",
        container.Command is { Count: > 0 },
        [.. (container.Environment ?? []).Select(variable => variable?.Name).OfType<string>()]);

    internal static Dictionary<string, string>? Tags(IReadOnlyList<TagShape?>? tags) => tags?
        .Where(tag => tag?.Key is not null)
        .DistinctBy(tag => TerminalText.Clean(tag!.Key!))
        .ToDictionary(tag => TerminalText.Clean(tag!.Key!), tag => TerminalText.Clean(tag!.Value ?? ""), StringComparer.Ordinal);

    // A Fargate task has one network interface; its details appear one by one while it is attached.
    private static Dictionary<string, string> Details(IReadOnlyList<AttachmentShape?>? attachments)
    {
        Dictionary<string, string> details = [];
        var attached = attachments?.FirstOrDefault(attachment => attachment?.Type == "ElasticNetworkInterface");
        foreach (var detail in attached?.Details ?? [])
        {
            if (detail is { Name: { } name } && Words(detail.Value) is { } value)
            {
                details[name] = value;
            }
        }

        return details;
    }
}

/// <summary>Checks what ECS answers about services and turns it into the boundary's records.</summary>
internal static class ServiceReplies
{
    internal static ServiceDescription Service(ServiceShape service, string operation)
    {
        // Where deployments are another's than ECS's, the service itself names less than its primary task set.
        var primary = service.TaskSets?.FirstOrDefault(set => set?.Status == "PRIMARY");
        var network = (primary?.NetworkConfiguration ?? service.NetworkConfiguration)?.AwsvpcConfiguration;
        return new ServiceDescription
        {
            Arn = EcsReplies.Required(service.ServiceArn, operation, "services[].serviceArn"),
            TaskDefinition = primary?.TaskDefinition ?? service.TaskDefinition,
            LaunchType = primary?.LaunchType ?? service.LaunchType,
            CapacityProviders =
            [
                .. (primary?.CapacityProviderStrategy ?? service.CapacityProviderStrategy ?? [])
                    .Select(item => item?.CapacityProvider).OfType<string>(),
            ],
            PlatformVersion = primary?.PlatformVersion ?? service.PlatformVersion,
            Subnets = [.. (network?.Subnets ?? []).OfType<string>()],
            SecurityGroups = [.. (network?.SecurityGroups ?? []).OfType<string>()],
            AssignPublicIp = network?.AssignPublicIp == "ENABLED",
            Tags = EcsReplies.Tags(service.Tags) ?? [],
        };
    }
}
