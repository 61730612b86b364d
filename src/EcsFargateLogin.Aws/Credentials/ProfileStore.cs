using System.Text.RegularExpressions;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>The credential profiles of this user: the shared credentials and config files, or one file that was named.</summary>
internal sealed partial class ProfileStore
{
    /// <summary>The profile that AWS Tools for PowerShell falls back to, from the days before the shared files.</summary>
    internal const string LegacyName = "AWS PS Default";

    private const string DefaultName = "default";

    private readonly CredentialProfileStoreChain _chain;
    private readonly string? _location;

    /// <param name="location">The shared credentials file to look in; null for the usual files.</param>
    internal ProfileStore(string? location = null)
    {
        SharedFiles.FollowEnvironment();
        _location = location;
        _chain = new CredentialProfileStoreChain(location);
    }

    /// <summary>The profile that is meant when none is named.</summary>
    internal static string FallbackName => EnvironmentNames.Value(EnvironmentNames.Profile) ?? DefaultName;

    /// <summary>The names of all profiles, whatever they hold.</summary>
    internal IReadOnlyList<string> Names()
    {
        try
        {
            return [.. _chain.ListProfiles().Select(profile => profile.Name).Distinct()];
        }
        catch (Exception exception) when (IsOfFile(exception))
        {
            throw FargateErrors.CredentialsUnusable("the profiles", Unreadable(exception), exception: null);
        }
    }

    /// <summary>The profile of this name, which someone asked for.</summary>
    internal CredentialProfile Get(string name) =>
        Find(name) ?? throw FargateErrors.ProfileNotFound(name, Description);

    /// <summary>The profile of this name, or null.</summary>
    internal CredentialProfile? Find(string name)
    {
        try
        {
            return _chain.TryGetProfile(name, out var profile) ? profile : null;
        }
        catch (Exception exception) when (IsOfFile(exception))
        {
            // The exception is not passed on: it may quote a line of the file, and so a secret.
            throw FargateErrors.CredentialsUnusable($"profile '{name}'", Unreadable(exception), exception: null);
        }
    }

    /// <summary>The credentials of a profile, or null when it has none.</summary>
    internal AWSCredentials? Credentials(CredentialProfile profile) =>
        profile.CanCreateAWSCredentials ? AWSCredentialsFactory.GetAWSCredentials(profile, _chain) : null;

    private static bool IsOfFile(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or InvalidDataException or AmazonClientException;

    private string Description => SharedFiles.Describe(_location);

    private string Unreadable(Exception exception) =>
        LineNumber().Match(exception.Message) is { Success: true } line
            ? $"line {line.Groups["number"].Value} of {Description} is malformed."
            : $"{Description} cannot be read.";

    [GeneratedRegex(@"^Line (?<number>\d+)")]
    private static partial Regex LineNumber();
}
