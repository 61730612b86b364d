using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Lifecycle.Starting;

/// <summary>Completes what a user asks for with what a service has that runs already.</summary>
/// <param name="choice">The service, and what is taken from it.</param>
internal sealed class ServiceRequest(ServiceChoice choice)
{
    private const string AwsTags = "aws:";

    /// <summary>Completes a request with what its service has.</summary>
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
        if (choice.Takes(ServiceParts.TaskDefinition))
        {
            request = request with
            {
                TaskDefinition = service.TaskDefinition ?? throw Unsuitable("it has no task definition of its own"),
                IsOfApplication = true,
            };
        }

        return request with
        {
            Subnets = choice.Takes(ServiceParts.Subnets) ? service.Subnets : request.Subnets,
            SecurityGroups = choice.Takes(ServiceParts.SecurityGroups) ? service.SecurityGroups : request.SecurityGroups,
            AssignPublicIp = choice.Takes(ServiceParts.AssignPublicIp) ? service.AssignPublicIp : request.AssignPublicIp,
            PlatformVersion = choice.Takes(ServiceParts.PlatformVersion) ? service.PlatformVersion : request.PlatformVersion,
            CapacityProvider = choice.Takes(ServiceParts.CapacityProvider) ? CapacityProviderOf(service) : request.CapacityProvider,
            Tags = choice.Takes(ServiceParts.Tags) ? TagsOf(service, request) : request.Tags,
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

        if (service.Subnets.Count == 0 && choice.Takes(ServiceParts.Subnets))
        {
            throw Unsuitable("it has no awsvpc configuration, and so names no subnets");
        }
    }

    private FargateException Unsuitable(string why) => StartErrors.ServiceUnsuitable(choice.Name, why);

    /// <summary>Of a service that runs on both kinds of capacity: the one that nobody takes back under a shell.</summary>
    private static string CapacityProviderOf(ServiceDescription service) =>
        service.CapacityProviders.Count > 0 && service.CapacityProviders.All(provider => provider == TaskOptions.FargateSpot)
            ? TaskOptions.FargateSpot
            : TaskOptions.Fargate;

    /// <summary>The service's tags and the request's own, which count for more. Those of AWS itself nobody can set.</summary>
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
