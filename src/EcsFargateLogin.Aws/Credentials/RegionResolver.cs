using System.Text.RegularExpressions;
using EcsFargateLogin.Aws.Profiles;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>
/// Finds the region: from the parameter, a profile named by parameter, the environment, the profile or the instance.
/// </summary>
internal static partial class RegionResolver
{
    private const string Setting = "region";

    /// <param name="settings">The user's settings.</param>
    /// <param name="profile">The named or current profile, or null.</param>
    /// <param name="metadata">The instance's metadata service.</param>
    /// <param name="cancellationToken">Cancels the query of the metadata service.</param>
    internal static async Task<(string Name, string Source)> ResolveAsync(
        CloudSettings settings, Profile? profile, InstanceMetadata metadata, CancellationToken cancellationToken)
    {
        var (name, source) = FromParameter(settings)
            ?? (settings is { ProfileName: null, ProfileLocation: null } ? null : FromProfile(profile))
            ?? FromVariable(EnvironmentNames.Region)
            ?? FromVariable(EnvironmentNames.DefaultRegion)
            ?? FromProfile(profile)
            ?? await FromInstanceAsync(metadata, cancellationToken)
            ?? throw CloudErrors.NoRegion();
        return RegionName().IsMatch(name) ? (name, source)
            : throw CloudErrors.InvalidRegion(name, profile is not null && source == profile.Source
                ? $"{source}, {profile.Find(Setting)!.Where}"
                : source);
    }

    private static (string, string)? FromParameter(CloudSettings settings) =>
        settings.Region is { } region ? (region, settings.RegionSource) : null;

    private static (string, string)? FromProfile(Profile? profile) =>
        profile?.Text(Setting) is { } region ? (region, profile.Source) : null;

    private static (string, string)? FromVariable(string name) =>
        EnvironmentNames.Value(name) is { } region ? (region, $"environment variable {name}") : null;

    private static async Task<(string, string)?> FromInstanceAsync(
        InstanceMetadata metadata, CancellationToken cancellationToken) =>
        await metadata.IsReachableAsync(cancellationToken) && await metadata.GetRegionAsync(cancellationToken) is { } region
            ? (region, "EC2 instance metadata")
            : null;

    // A region's name becomes part of a host name.
    [GeneratedRegex(@"\A[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\z")]
    private static partial Regex RegionName();
}
