using System.Text.RegularExpressions;
using Amazon.Runtime.CredentialManagement;
using Amazon.Util;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>
/// Finds the region: the parameter, a profile named by parameter, the environment, the profile, the instance.
/// </summary>
internal static partial class RegionResolver
{
    private static readonly TimeSpan MetadataLimit = TimeSpan.FromSeconds(5);

    /// <param name="settings">What the user said.</param>
    /// <param name="profile">The profile that is named or in force; null when there is none.</param>
    /// <param name="cancellationToken">Ends the look at the metadata service.</param>
    internal static async Task<(string Name, string Source)> ResolveAsync(
        CloudSettings settings, CredentialProfile? profile, CancellationToken cancellationToken)
    {
        var (name, source) = FromParameter(settings)
            ?? (settings is { ProfileName: null, ProfileLocation: null } ? null : FromProfile(profile))
            ?? FromVariable(EnvironmentNames.Region)
            ?? FromVariable(EnvironmentNames.DefaultRegion)
            ?? FromProfile(profile)
            ?? await FromInstanceAsync(cancellationToken)
            ?? throw FargateErrors.NoRegion();
        return RegionName().IsMatch(name) ? (name, source) : throw FargateErrors.InvalidRegion(name, source);
    }

    private static (string, string)? FromParameter(CloudSettings settings) =>
        settings.Region is { } region ? (region, settings.RegionSource) : null;

    private static (string, string)? FromProfile(CredentialProfile? profile) =>
        profile?.Region is { } region ? (region.SystemName, $"profile '{profile.Name}'") : null;

    private static (string, string)? FromVariable(string name) =>
        EnvironmentNames.Value(name) is { } region ? (region, $"environment variable {name}") : null;

    private static async Task<(string, string)?> FromInstanceAsync(CancellationToken cancellationToken)
    {
        if (!await InstanceMetadata.IsReachableAsync(cancellationToken))
        {
            return null;
        }

        try
        {
            var region = await Task.Run(() => EC2InstanceMetadata.Region, cancellationToken)
                .WaitAsync(MetadataLimit, cancellationToken);
            return region is null ? null : (region.SystemName, "EC2 instance metadata");
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    // A region's name becomes part of a host name.
    [GeneratedRegex(@"\A[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\z")]
    private static partial Regex RegionName();
}
