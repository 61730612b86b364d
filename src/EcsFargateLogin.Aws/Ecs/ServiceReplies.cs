using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Ecs;

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
