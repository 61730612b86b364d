using System.Text.Json;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Ecs;

/// <summary>Converts the boundary's requests to ECS's.</summary>
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
            LaunchType = request.CapacityProvider == RunTaskRequest.Fargate ? RunTaskRequest.Fargate : null,
            CapacityProviderStrategy = request.CapacityProvider == RunTaskRequest.Fargate
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
    };

    private static IReadOnlyList<T>? NullIfEmpty<T>(IReadOnlyList<T> list) => list.Count == 0 ? null : list;
}
