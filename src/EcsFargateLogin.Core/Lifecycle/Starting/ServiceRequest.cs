using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Lifecycle.Starting;

/// <summary>Completes a request with the settings of a running service.</summary>
/// <param name="choice">The service and the parts to copy.</param>
internal sealed class ServiceRequest(ServiceChoice choice)
{
    private const string AwsTags = "aws:";

    /// <summary>Completes a request with the settings of its service.</summary>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.ServiceNotFound"/>, or <see cref="FargateError.ServiceUnsuitable"/>.
    /// </exception>
    public static async Task<SessionRequest> CompleteAsync(
        IFargateCloud cloud, SessionRequest request, CancellationToken cancellationToken)
    {
        if (request.Service is not { } service)
        {
            return request;
        }

        var description = await cloud.DescribeServiceAsync(request.Cluster, service.Name, cancellationToken)
            ?? throw StartErrors.ServiceNotFound(service.Name, request.Cluster);
        return new ServiceRequest(service).Complete(request, description);
    }

    private SessionRequest Complete(SessionRequest request, ServiceDescription service)
    {
        CheckSuitable(service);
        if (choice.Includes(ServiceParts.TaskDefinition))
        {
            request = request with
            {
                TaskDefinition = service.TaskDefinition ?? throw Unsuitable("it has no task definition of its own"),
                IsOfApplication = true,
            };
        }

        return request with
        {
            Subnets = choice.Includes(ServiceParts.Subnets) ? service.Subnets : request.Subnets,
            SecurityGroups = choice.Includes(ServiceParts.SecurityGroups) ? service.SecurityGroups : request.SecurityGroups,
            AssignPublicIp = choice.Includes(ServiceParts.AssignPublicIp) ? service.AssignPublicIp : request.AssignPublicIp,
            PlatformVersion = choice.Includes(ServiceParts.PlatformVersion) ? service.PlatformVersion : request.PlatformVersion,
            CapacityProvider = choice.Includes(ServiceParts.CapacityProvider)
                ? CapacityProviderOf(service)
                : request.CapacityProvider,
            Tags = choice.Includes(ServiceParts.Tags) ? TagsOf(service, request) : request.Tags,
        };
    }

    private void CheckSuitable(ServiceDescription service)
    {
        var foreign = service.CapacityProviders
            .Where(provider => provider is not (TaskOptions.Fargate or TaskOptions.FargateSpot))
            .ToList();
        if (foreign.Count > 0 || service.LaunchType is not (null or "" or TaskOptions.Fargate))
        {
            throw Unsuitable(
                $"it runs on {(foreign.Count > 0 ? string.Join(", ", foreign) : service.LaunchType)}, not on Fargate");
        }

        if (service.Subnets.Count == 0 && choice.Includes(ServiceParts.Subnets))
        {
            throw Unsuitable("it has no awsvpc configuration, and so names no subnets");
        }
    }

    private FargateException Unsuitable(string why) => StartErrors.ServiceUnsuitable(choice.Name, why);

    /// <summary>
    /// Returns the capacity provider. For a service on both kinds of capacity: on demand, which AWS does not reclaim during a
    /// shell.
    /// </summary>
    private static string CapacityProviderOf(ServiceDescription service) =>
        service.CapacityProviders.Count > 0 && service.CapacityProviders.All(provider => provider == TaskOptions.FargateSpot)
            ? TaskOptions.FargateSpot
            : TaskOptions.Fargate;

    /// <summary>
    /// Returns the service's tags, overridden by the request's. AWS's own tags are omitted, because nobody can set them.
    /// </summary>
    private static Dictionary<string, string> TagsOf(ServiceDescription service, SessionRequest request)
    {
        var tags = service.Tags
            .Where(tag => !tag.Key.StartsWith(AwsTags, StringComparison.OrdinalIgnoreCase))
            .ToDictionary(StringComparer.Ordinal);
        foreach (var (key, value) in request.Tags)
        {
            tags[key] = value;
        }

        return tags;
    }
}
