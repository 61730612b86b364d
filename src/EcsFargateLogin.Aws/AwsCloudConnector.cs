using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Aws.Credentials;
using EcsFargateLogin.Aws.Ec2;
using EcsFargateLogin.Aws.Ecs;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws;

/// <summary>Makes connections to AWS. EcsFargateLogin finds this class by its name.</summary>
public sealed class AwsCloudConnector : IFargateCloudConnector
{
    /// <inheritdoc/>
    public async Task<IFargateCloud> ConnectAsync(CloudSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        cancellationToken.ThrowIfCancellationRequested();
        var profiles = new ProfileStore(settings.ProfileLocation);
        var profile = settings.ProfileName is { } name
            ? profiles.Get(name)
            : profiles.Find(ProfileStore.FallbackName) ?? profiles.Find(ProfileStore.LegacyName);
        SdkDefaults.Follow(settings, profiles);
        var region = await RegionResolver.ResolveAsync(settings, profile, cancellationToken);
        SdkDefaults.UseRegion(region.Name);
        var endpoints = new ServiceEndpoints(settings, profile, region.Name);
        var ecs = endpoints.Resolve(EcsClient.ServiceId, EcsClient.SigningName);
        var ec2 = endpoints.Resolve(Ec2Client.ServiceId, Ec2Client.SigningName);
        var found = await new CredentialResolver(settings, profiles).ResolveAsync(cancellationToken);
        var connection = new CloudConnection
        {
            Region = region.Name,
            RegionSource = region.Source,
            CredentialSource = found.Source,
            EcsEndpoint = ecs.AbsoluteUri,
            CredentialOrigin = settings.Credentials?.Origin
                ?? (found.ProfileName is null ? CredentialOrigin.Default : CredentialOrigin.Profile),
            ProfileName = settings.ProfileName ?? found.ProfileName,
            ProfileLocation = settings.ProfileLocation,
            EndpointUrl = settings.EndpointUrl,
        };
        var retries = RetrySettings.Of(profile);
        return new AwsFargateCloud(
            connection,
            new EcsClient(found.Credentials, Config(EcsClient.ServiceId, EcsClient.SigningName, ecs)),
            new Ec2Client(found.Credentials, Config(Ec2Client.ServiceId, Ec2Client.SigningName, ec2)));

        AwsClientConfig Config(string serviceId, string signingName, Uri endpoint) =>
            new AwsClientConfig(serviceId, signingName, region.Name, endpoint).Retrying(retries);
    }
}
