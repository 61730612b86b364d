using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Lifecycle.Starting;

/// <summary>What a session can take from a service.</summary>
[Flags]
internal enum ServiceParts
{
    None = 0,
    TaskDefinition = 1,
    Subnets = 2,
    SecurityGroups = 4,
    AssignPublicIp = 8,
    PlatformVersion = 16,
    CapacityProvider = 32,
    Tags = 64,
    All = TaskDefinition | Subnets | SecurityGroups | AssignPublicIp | PlatformVersion | CapacityProvider | Tags,
}

/// <summary>A service that runs already, as the model of a session.</summary>
/// <param name="Name">Its name or ARN.</param>
/// <param name="Parts">What is taken from it.</param>
internal sealed record ServiceChoice(string Name, ServiceParts Parts)
{
    private const string AwsTags = "aws:";

    /// <summary>The cluster's name where the service is named by its ARN of the long form; otherwise null.</summary>
    public string? Cluster =>
        Name.Split('/') is [var head, { Length: > 0 } cluster, _] && head.EndsWith(":service", StringComparison.Ordinal)
            ? cluster
            : null;

    /// <summary>Completes a request with what its service has.</summary>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.ServiceNotFound"/>, or <see cref="FargateError.ServiceUnsuitable"/>.
    /// </exception>
    public static async Task<SessionRequest> CompleteAsync(
        IFargateCloud cloud, SessionRequest request, CancellationToken cancellationToken)
    {
        if (request.Service is not { } choice)
        {
            return request;
        }

        var service = await cloud.DescribeServiceAsync(request.Cluster, choice.Name, cancellationToken).ConfigureAwait(false)
            ?? throw StartErrors.ServiceNotFound(choice.Name, request.Cluster);
        return choice.Complete(request, service);
    }

    private SessionRequest Complete(SessionRequest request, ServiceDescription service)
    {
        CheckSuitable(service);
        if (Takes(ServiceParts.TaskDefinition))
        {
            request = request with
            {
                TaskDefinition = service.TaskDefinition ?? throw Unsuitable("it has no task definition of its own"),
                IsOfApplication = true,
            };
        }

        return request with
        {
            Subnets = Takes(ServiceParts.Subnets) ? service.Subnets : request.Subnets,
            SecurityGroups = Takes(ServiceParts.SecurityGroups) ? service.SecurityGroups : request.SecurityGroups,
            AssignPublicIp = Takes(ServiceParts.AssignPublicIp) ? service.AssignPublicIp : request.AssignPublicIp,
            PlatformVersion = Takes(ServiceParts.PlatformVersion) ? service.PlatformVersion : request.PlatformVersion,
            CapacityProvider = Takes(ServiceParts.CapacityProvider) ? CapacityProviderOf(service) : request.CapacityProvider,
            Tags = Takes(ServiceParts.Tags) ? TagsOf(service, request) : request.Tags,
        };
    }

    private bool Takes(ServiceParts part) => Parts.HasFlag(part);

    private void CheckSuitable(ServiceDescription service)
    {
        var foreign = service.CapacityProviders
            .Where(provider => provider is not (RunTaskRequest.Fargate or RunTaskRequest.FargateSpot))
            .ToList();
        if (foreign.Count > 0 || service.LaunchType is not (null or "" or RunTaskRequest.Fargate))
        {
            throw Unsuitable(
                $"it runs on {(foreign.Count > 0 ? string.Join(", ", foreign) : service.LaunchType)}, not on Fargate");
        }

        if (service.Subnets.Count == 0 && Takes(ServiceParts.Subnets))
        {
            throw Unsuitable("it has no awsvpc configuration, and so names no subnets");
        }
    }

    private FargateException Unsuitable(string why) => StartErrors.ServiceUnsuitable(Name, why);

    /// <summary>Of a service that runs on both kinds of capacity: the one that nobody takes back under a shell.</summary>
    private static string CapacityProviderOf(ServiceDescription service) =>
        service.CapacityProviders.Count > 0 && service.CapacityProviders.All(provider => provider == RunTaskRequest.FargateSpot)
            ? RunTaskRequest.FargateSpot
            : RunTaskRequest.Fargate;

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
