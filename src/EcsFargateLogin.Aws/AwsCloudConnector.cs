using Amazon;
using Amazon.Runtime;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Aws.Credentials;
using EcsFargateLogin.Aws.Ec2;
using EcsFargateLogin.Aws.Ecs;
using EcsFargateLogin.Aws.Kms;
using EcsFargateLogin.Aws.Logs;
using EcsFargateLogin.Aws.Profiles;
using EcsFargateLogin.Aws.Ssm;
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
        ServiceSettings services = new(settings, profile);
        var ecs = services.Of(EcsClient.ServiceId, EcsClient.SigningName, region.Name);
        var ec2 = services.Of(Ec2Client.ServiceId, Ec2Client.SigningName, region.Name);
        CredentialClients clients = new(profile, region.Name);
        var found = await new CredentialResolver(settings, files, clients, metadata).ResolveAsync(cancellationToken);
        var credentials = found.Credentials;
        return new AwsFargateCloud(
            ConnectionOf(settings, region, found, ecs.Endpoint),
            new EcsClient(credentials, ecs),
            new Ec2Client(credentials, ec2),
            // A log may be in another region than its task.
            logRegion => new(credentials, services.Of(LogsClient.ServiceId, LogsClient.SigningName, logRegion)),
            new SurveyClients(
                () => new(credentials, services.Of(StsClient.ServiceId, StsClient.SigningName, region.Name)),
                () => new(credentials, services.OfIam(region.Name))),
            credentials)
        {
            CreateRoutes = () => new(RouteClientsOf(services, credentials, region.Name), found.Source),
        };
    }

    /// <summary>
    /// Creates the clients of the routes through AWS. The hosts of their WebSockets are told by AWS, and signed for by names that
    /// no client has.
    /// </summary>
    private static RouteClients RouteClientsOf(ServiceSettings services, AWSCredentials credentials, string region)
    {
        const string tunnels = "EC2 Instance Connect";
        var ssm = services.Of(SsmClient.ServiceId, SsmClient.SigningName, region);
        var ec2 = services.Of(Ec2Client.ServiceId, Ec2Client.SigningName, region);
        return new()
        {
            Ec2 = new(credentials, ec2),
            Ssm = new(credentials, ssm),
            Kms = new(credentials, services.Of(KmsClient.ServiceId, KmsClient.SigningName, region)),
            ChannelSigner = new(credentials, ssm with { SigningName = "ssmmessages" }, clock: ssm.Endpoint),
            TunnelSigner = new(credentials, ec2 with { SigningName = "ec2-instance-connect" }, clock: ec2.Endpoint),
            TunnelEndpoint = services.ConfiguredUrlOf(tunnels, region),
            UsesFips = services.UsesFips(region),
        };
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
