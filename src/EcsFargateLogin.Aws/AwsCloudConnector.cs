using Amazon;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Aws.Credentials;
using EcsFargateLogin.Aws.Ec2;
using EcsFargateLogin.Aws.Ecs;
using EcsFargateLogin.Aws.Iam;
using EcsFargateLogin.Aws.Logs;
using EcsFargateLogin.Aws.Profiles;
using EcsFargateLogin.Aws.Sts;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws;

/// <summary>Opens connections to AWS. EcsFargateLogin finds this class by its name.</summary>
internal sealed class AwsCloudConnector : IFargateCloudConnector
{
    /// <inheritdoc/>
    public async Task<IFargateCloud> ConnectAsync(CloudSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        cancellationToken.ThrowIfCancellationRequested();
        SdkFiles.Disable();
        ProfileFiles files = new(settings.ProfileLocation);
        var named = settings.ProfileName ?? (settings.Credentials is null ? EnvironmentNames.ProfileName : null);
        var profile = named is not null ? files.Get(named)
            : files.Find(ProfileFiles.FallbackName) ?? files.Find(ProfileFiles.LegacyName);
        InstanceMetadata metadata = new(profile);
        var region = await RegionResolver.ResolveAsync(settings, profile, metadata, cancellationToken);
        var endpoints = new ServiceEndpoints(settings, profile, region.Name);
        var ecs = endpoints.Resolve(EcsClient.ServiceId, EcsClient.SigningName);
        var ec2 = endpoints.Resolve(Ec2Client.ServiceId, Ec2Client.SigningName);
        CredentialClients clients = new(profile, region.Name);
        var found = await new CredentialResolver(settings, files, clients, metadata).ResolveAsync(cancellationToken);
        var retries = RetrySettings.Of(profile);
        return new AwsFargateCloud(
            ConnectionOf(settings, region, found, ecs),
            new EcsClient(found.Credentials, Settings(EcsClient.ServiceId, EcsClient.SigningName, region.Name, ecs)),
            new Ec2Client(found.Credentials, Settings(Ec2Client.ServiceId, Ec2Client.SigningName, region.Name, ec2)),
            CreateLogs,
            new SurveyClients(CreateSts, CreateIam),
            found.Credentials)
        {
            SsmEndpoint = () => endpoints.Resolve("SSM", "ssm").AbsoluteUri,
        };

        // A log may be in another region than its task.
        LogsClient CreateLogs(string logRegion) => new(found.Credentials, Settings(
            LogsClient.ServiceId,
            LogsClient.SigningName,
            logRegion,
            new ServiceEndpoints(settings, profile, logRegion).Resolve(LogsClient.ServiceId, LogsClient.SigningName)));

        StsClient CreateSts() => new(found.Credentials, Settings(
            StsClient.ServiceId,
            StsClient.SigningName,
            region.Name,
            endpoints.Resolve(StsClient.ServiceId, StsClient.SigningName)));

        IamClient CreateIam()
        {
            var (url, home) = endpoints.ResolveIam(IamClient.ServiceId);
            return new(found.Credentials, Settings(IamClient.ServiceId, IamClient.SigningName, home, url));
        }

        ClientSettings Settings(string serviceId, string signingName, string ofRegion, Uri endpoint) =>
            new(serviceId, signingName, ofRegion, endpoint) { Retries = retries };
    }

    private static CloudConnection ConnectionOf(
        CloudSettings settings, (string Name, string Source) region, FoundCredentials found, Uri ecs) => new()
    {
        Aws = new AwsConnection
        {
            Region = region.Name,
            EndpointUrl = settings.EndpointUrl,
            CredentialOrigin = settings.Credentials?.Origin
                ?? (found.ProfileName is null ? CredentialOrigin.Default : CredentialOrigin.Profile),
            ProfileName = settings.ProfileName ?? found.ProfileName,
            ProfileLocation = settings.ProfileLocation,
        },
        RegionSource = region.Source,
        CredentialSource = found.Source,
        EcsEndpoint = ecs.AbsoluteUri,
    };

    /// <inheritdoc/>
    public async Task<IFargateCatalog> OpenCatalogAsync(CloudSettings settings, CancellationToken cancellationToken) =>
        (AwsFargateCloud)await ConnectAsync(settings, cancellationToken);

    /// <inheritdoc/>
    public IReadOnlyList<string> ProfileNames(CloudSettings settings) =>
        [.. new ProfileFiles(settings.ProfileLocation).Names];

    /// <inheritdoc/>
    public IReadOnlyList<RegionDescription> Regions() =>
        [
            .. RegionEndpoint.EnumerableAllRegions
                // us-east-1-regional is an endpoint of S3, not a region.
                .Where(region => !region.SystemName.EndsWith("-regional", StringComparison.Ordinal))
                .Select(region => new RegionDescription(region.SystemName, region.DisplayName)),
        ];
}
