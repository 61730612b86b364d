using System.Globalization;
using System.Text.Json;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Ecs;

/// <summary>Converts the boundary's requests to ECS's, which have the shapes below.</summary>
internal static class EcsRequests
{
    /// <summary>ECS's limit for the overrides of a task, in characters of JSON.</summary>
    internal const int OverridesLimit = 8192;

    internal static RunTaskInput ToInput(RunTaskRequest request)
    {
        var overrides = Overrides(request);
        var length = JsonSerializer.Serialize(overrides, EcsShapes.OnWire.TaskOverrideShape).Length;
        if (length > OverridesLimit)
        {
            throw EcsErrors.OverridesTooLong(length, OverridesLimit);
        }

        return new RunTaskInput
        {
            Cluster = request.Cluster,
            TaskDefinition = request.TaskDefinition,
            // On demand by launch type, which clusters without capacity providers accept too.
            LaunchType = request.CapacityProvider == TaskOptions.Fargate ? TaskOptions.Fargate : null,
            CapacityProviderStrategy = request.CapacityProvider == TaskOptions.Fargate
                ? null
                : [new CapacityProviderStrategyItemShape(request.CapacityProvider)],
            PlatformVersion = request.PlatformVersion,
            Count = 1,
            NetworkConfiguration = new(new AwsVpcConfigurationShape
            {
                Subnets = request.Subnets,
                SecurityGroups = NullIfEmpty(request.SecurityGroups),
                AssignPublicIp = request.AssignPublicIp ? "ENABLED" : "DISABLED",
            }),
            Overrides = overrides,
            EnableExecuteCommand = request.EnablesExecuteCommand ? true : null,
            StartedBy = request.StartedBy,
            Tags = NullIfEmpty(request.Tags.Select(tag => new TagShape(tag.Key, tag.Value)).ToList()),
            // Propagation needs permission to tag too, so it is requested only together with tags.
            PropagateTags = request.Tags.Count > 0 ? "TASK_DEFINITION" : null,
            ClientToken = request.ClientToken,
        };
    }

    private static TaskOverrideShape Overrides(RunTaskRequest request) => new()
    {
        ContainerOverrides =
        [
            new ContainerOverrideShape
            {
                Name = request.ContainerName,
                Environment = NullIfEmpty(
                    request.Environment.Select(pair => new KeyValuePairShape(pair.Key, pair.Value)).ToList()),
                Command = NullIfEmpty(request.Command),
            },
        ],
        TaskRoleArn = request.TaskRoleArn,
        Cpu = request.Size.Cpu?.ToString(CultureInfo.InvariantCulture),
        Memory = request.Size.Memory?.ToString(CultureInfo.InvariantCulture),
        EphemeralStorage = request.Size.EphemeralStorage is { } storage ? new EphemeralStorageShape(storage) : null,
    };

    private static IReadOnlyList<T>? NullIfEmpty<T>(IReadOnlyList<T> list) => list.Count == 0 ? null : list;
}

// The shapes of RunTask as the service model names them; members that a session does not use are left out.

internal sealed class RunTaskInput
{
    public required string Cluster { get; init; }
    public required string TaskDefinition { get; init; }
    public string? LaunchType { get; init; }
    public IReadOnlyList<CapacityProviderStrategyItemShape>? CapacityProviderStrategy { get; init; }
    public string? PlatformVersion { get; init; }
    public required int Count { get; init; }
    public required NetworkConfigurationShape NetworkConfiguration { get; init; }
    public required TaskOverrideShape Overrides { get; init; }
    public bool? EnableExecuteCommand { get; init; }
    public required string StartedBy { get; init; }
    public IReadOnlyList<TagShape>? Tags { get; init; }
    public string? PropagateTags { get; init; }
    public required string ClientToken { get; init; }
}

internal sealed record CapacityProviderStrategyItemShape(string? CapacityProvider);

internal sealed record NetworkConfigurationShape(AwsVpcConfigurationShape AwsvpcConfiguration);

internal sealed class AwsVpcConfigurationShape
{
    public required IReadOnlyList<string> Subnets { get; init; }
    public IReadOnlyList<string>? SecurityGroups { get; init; }
    public required string AssignPublicIp { get; init; }
}

internal sealed class TaskOverrideShape
{
    public required IReadOnlyList<ContainerOverrideShape> ContainerOverrides { get; init; }
    public string? TaskRoleArn { get; init; }
    public string? Cpu { get; init; }
    public string? Memory { get; init; }
    public EphemeralStorageShape? EphemeralStorage { get; init; }
}

internal sealed record EphemeralStorageShape(int? SizeInGiB);

internal sealed class ContainerOverrideShape
{
    public required string Name { get; init; }
    public IReadOnlyList<KeyValuePairShape>? Environment { get; init; }
    public IReadOnlyList<string>? Command { get; init; }
}

internal sealed record KeyValuePairShape(string? Name, string? Value);

internal sealed record TagShape(string? Key, string? Value);

internal sealed class RunTaskOutput
{
    public IReadOnlyList<TaskShape?>? Tasks { get; init; }
    public IReadOnlyList<FailureShape?>? Failures { get; init; }
}
