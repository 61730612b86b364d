using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.RuntimeDependencies;
using Amazon.SecurityToken;
using Amazon.SSO;
using Amazon.SSOOIDC;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>
/// What the SDK itself looks up while it obtains credentials, for its clients of STS and SSO: the region and the
/// settings of the environment. It does so once a process; in a PowerShell session both change.
/// </summary>
internal static class SdkDefaults
{
    /// <summary>
    /// Names the SDK the clients to use: it would look for them among all assemblies of the process and take another
    /// module's copy, which does not fit. STS is asked here for web identities alone, without credentials.
    /// </summary>
    static SdkDefaults()
    {
        var clients = GlobalRuntimeDependencyRegistry.Instance;
        var nobody = new AnonymousAWSCredentials();
        clients.RegisterSecurityTokenServiceClient(context => new AmazonSecurityTokenServiceClient(
            nobody, new AmazonSecurityTokenServiceConfig { RegionEndpoint = context.SecurityTokenServiceClientContextData.Region }));
        clients.RegisterSSOClient(context => new AmazonSSOClient(
            nobody, new AmazonSSOConfig { RegionEndpoint = context.SSOClientContextData.Region }));
        clients.RegisterSSOOIDCClient(context => new AmazonSSOOIDCClient(
            nobody, new AmazonSSOOIDCConfig { RegionEndpoint = context.SSOOIDCClientContextData.Region }));
    }

    /// <summary>
    /// Makes the SDK look at the environment and files again, and at the profile that is named. This copy of it is this
    /// module's own.
    /// </summary>
    /// <exception cref="FargateException">A file is malformed.</exception>
    internal static void Follow(CloudSettings settings, ProfileStore profiles) => profiles.Read("the defaults", () =>
    {
        AWSConfigs.AWSProfileName = settings.ProfileName;
        AWSConfigs.AWSRegion = null;
        FallbackRegionFactory.Reset();
        FallbackInternalConfigurationFactory.Reset();
        return true;
    });

    /// <summary>Makes the SDK ask the STS of this region.</summary>
    internal static void UseRegion(string region)
    {
        AWSConfigs.AWSRegion = region;
        FallbackRegionFactory.Reset();
    }
}
