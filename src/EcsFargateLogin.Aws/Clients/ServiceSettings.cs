using EcsFargateLogin.Aws.Iam;
using EcsFargateLogin.Aws.Profiles;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Clients;

/// <summary>The settings of the clients of all services, from one command's settings and profile.</summary>
/// <param name="settings">The settings of the command.</param>
/// <param name="profile">The current profile, or null.</param>
internal sealed class ServiceSettings(CloudSettings settings, Profile? profile)
{
    private readonly RetrySettings _retries = RetrySettings.Of(profile);

    /// <summary>Returns the settings of a service in a region.</summary>
    /// <param name="serviceId">The service's id in its model, such as CloudWatch Logs.</param>
    /// <param name="signingName">The service's name in signatures, which is also the first label of its host names.</param>
    /// <param name="region">The region.</param>
    internal ClientSettings Of(string serviceId, string signingName, string region) =>
        new(serviceId, signingName, region, UrlOf(serviceId, signingName, region)) { Retries = _retries };

    /// <summary>Returns the settings of IAM, which has one region in each partition.</summary>
    /// <param name="region">A region of the partition.</param>
    internal ClientSettings OfIam(string region)
    {
        var (url, home) = new ServiceEndpoints(settings, profile, region).ResolveIam(IamClient.ServiceId);
        return new(IamClient.ServiceId, IamClient.SigningName, home, url) { Retries = _retries };
    }

    /// <summary>Returns the URL that is configured for a service; null for AWS's own.</summary>
    internal Uri? ConfiguredUrlOf(string serviceId, string region) =>
        new ServiceEndpoints(settings, profile, region).ConfiguredUrl(serviceId);

    /// <summary>Whether requests go to FIPS endpoints.</summary>
    internal bool UsesFips(string region) => new ServiceEndpoints(settings, profile, region).UsesFips;

    /// <summary>Returns the URL of a service in a region.</summary>
    /// <inheritdoc cref="Of"/>
    private Uri UrlOf(string serviceId, string signingName, string region) =>
        new ServiceEndpoints(settings, profile, region).Resolve(serviceId, signingName);
}
