using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>
/// What the SDK itself looks up while it obtains credentials, for its clients of STS and SSO: the region and the
/// settings of the environment. It does so once a process; in a PowerShell session both change.
/// </summary>
internal static class SdkDefaults
{
    /// <summary>Makes the SDK look again, and ask the STS of this region. This copy of the SDK is this module's own.</summary>
    internal static void Follow(string region)
    {
        AWSConfigs.AWSRegion = region;
        FallbackRegionFactory.Reset();
        FallbackInternalConfigurationFactory.Reset();
    }
}
