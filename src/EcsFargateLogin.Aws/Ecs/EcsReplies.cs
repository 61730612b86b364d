using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Aws.Ecs;

/// <summary>Checks ECS's outputs and converts them to the boundary's records.</summary>
internal static class EcsReplies
{
    internal static IReadOnlyList<TaskDescription> Tasks(IReadOnlyList<TaskShape?>? tasks, string operation) =>
        [.. (tasks ?? []).Select(task => Task(task, operation))];

    internal static IReadOnlyList<CloudFailure> Failures(IReadOnlyList<FailureShape?>? failures) =>
        [.. (failures ?? []).Select(failure => new CloudFailure(
            Text(failure?.Arn), Text(failure?.Reason), Text(failure?.Detail)))];

    internal static TaskDefinitionDescription TaskDefinition(TaskDefinitionShape? definition, string operation) => new()
    {
        Arn = Required(definition?.TaskDefinitionArn, operation, "taskDefinitionArn"),
        NetworkMode = definition?.NetworkMode,
        HasTaskRole = !string.IsNullOrEmpty(definition?.TaskRoleArn),
        Size = new DefinitionSize(
            Size(definition?.Cpu, definition?.Memory, definition?.EphemeralStorage),
            [
                .. (definition?.ContainerDefinitions ?? []).OfType<ContainerDefinitionShape>().Select(container => new ContainerSize(
                    container.Name!, container.Cpu ?? 0, container.Memory, container.MemoryReservation)),
            ]),
        Compatibilities = [.. (definition?.Compatibilities ?? []).OfType<string>()],
        ContainerNames =
        [
            .. (definition?.ContainerDefinitions ?? [])
                .Select(container => Required(container?.Name, operation, "containerDefinitions[].name")),
        ],
        // The default is true.
        EssentialNames =
        [
            .. (definition?.ContainerDefinitions ?? [])
                .OfType<ContainerDefinitionShape>()
                .Where(container => container.Essential ?? true)
                .Select(container => container.Name!),
        ],
        Logs = ByName(definition, container => Log(container.LogConfiguration)),
        LogDrivers = ByName(definition, container => Text(container.LogConfiguration?.LogDriver)),
        Starts = ByName(definition, Start),
    };

    /// <summary>What containers have, by their names. Of containers with the same name, which ECS does not accept, the first counts.</summary>
    private static Dictionary<string, T> ByName<T>(
        TaskDefinitionShape? definition, Func<ContainerDefinitionShape, T?> valueOf)
        where T : class =>
        (definition?.ContainerDefinitions ?? [])
            .OfType<ContainerDefinitionShape>()
            .Select(container => (Name: container.Name!, Value: valueOf(container)))
            .Where(container => container.Value is not null)
            .DistinctBy(container => container.Name, StringComparer.Ordinal)
            .ToDictionary(container => container.Name, container => container.Value!, StringComparer.Ordinal);

    /// <summary>ECS tells CPU units and MiB as text, of task definitions for EC2 in any numbers.</summary>
    private static TaskSize Size(string? cpu, string? memory, EphemeralStorageShape? storage) => new()
    {
        Cpu = TaskSizeRule.Of(TaskSizeValue.Cpu).Parse(cpu),
        Memory = TaskSizeRule.Of(TaskSizeValue.Memory).Parse(memory),
        EphemeralStorage = storage?.SizeInGiB,
    };

    private static ContainerStart Start(ContainerDefinitionShape container) => new()
    {
        EntryPoint = [.. (container.EntryPoint ?? []).OfType<string>()],
        Command = [.. (container.Command ?? []).OfType<string>()],
        IsRestarted = container.RestartPolicy?.Enabled ?? false,
        IsReadOnly = container.ReadonlyRootFilesystem ?? false,
        Environment = (container.Environment ?? [])
            .Where(variable => variable?.Name is not null)
            .DistinctBy(variable => variable!.Name)
            .ToDictionary(variable => variable!.Name!, variable => variable!.Value ?? "", StringComparer.Ordinal),
    };

    /// <summary>Returns null for other log drivers, and if the stream's name is not known in advance.</summary>
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
        Text(value) ?? throw CloudErrors.MalformedReply(operation, $"lacks {member}");

    /// <summary>Returns text for display: null if it is blank, and without control sequences.</summary>
    private static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : TerminalText.Clean(value);

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
            TaskDefinitionArn = Text(task!.TaskDefinitionArn),
            Group = Text(task.Group),
            DesiredStatus = Text(task.DesiredStatus),
            StartedBy = Text(task.StartedBy),
            Tags = Tags(task.Tags),
            CreatedAt = task.CreatedAt,
            ConnectivityAt = task.ConnectivityAt,
            PullStartedAt = task.PullStartedAt,
            PullStoppedAt = task.PullStoppedAt,
            StartedAt = task.StartedAt,
            StoppingAt = task.StoppingAt,
            StoppedAt = task.StoppedAt,
            StopCode = Text(task.StopCode),
            StoppedReason = Text(task.StoppedReason),
            AvailabilityZone = Text(task.AvailabilityZone),
            Containers = [.. containers.Select(container => Container(container, operation))],
            Size = Size(task.Cpu, task.Memory, task.EphemeralStorage),
            EnablesExecuteCommand = task.EnableExecuteCommand ?? false,
            Overrides = [.. (task.Overrides?.ContainerOverrides ?? []).OfType<GivenContainerOverrideShape>().Select(Override)],
            NetworkInterfaceId = attachment.GetValueOrDefault("networkInterfaceId"),
            SubnetId = attachment.GetValueOrDefault("subnetId"),
            PrivateIPv4Address = attachment.GetValueOrDefault("privateIPv4Address")
                ?? network.Select(shape => Text(shape.PrivateIpv4Address)).FirstOrDefault(address => address is not null),
            IPv6Address = network.Select(shape => Text(shape.Ipv6Address)).FirstOrDefault(address => address is not null),
        };
    }

    private static ContainerDescription Container(ContainerShape? container, string operation) => new()
    {
        Name = Required(container?.Name, operation, "containers[].name"),
        LastStatus = Text(container!.LastStatus),
        ExitCode = container.ExitCode,
        Reason = Text(container.Reason),
        RuntimeId = container.RuntimeId,
        ExecuteCommandAgent = (container.ManagedAgents ?? [])
            .Where(agent => agent?.Name == "ExecuteCommandAgent")
            .Select(agent => new ManagedAgentDescription(Text(agent!.LastStatus), Text(agent.Reason)))
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

    // A Fargate task has one network interface; details are added while it is attached.
    private static Dictionary<string, string> Details(IReadOnlyList<AttachmentShape?>? attachments)
    {
        Dictionary<string, string> details = [];
        var attached = attachments?.FirstOrDefault(attachment => attachment?.Type == "ElasticNetworkInterface");
        foreach (var detail in attached?.Details ?? [])
        {
            if (detail is { Name: { } name } && Text(detail.Value) is { } value)
            {
                details[name] = value;
            }
        }

        return details;
    }
}

/// <summary>Checks ECS's outputs about services and converts them to the boundary's records.</summary>
internal static class ServiceReplies
{
    internal static ServiceDescription Service(ServiceShape service, string operation)
    {
        // With an external deployment controller, the primary task set has the settings instead of the service.
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
