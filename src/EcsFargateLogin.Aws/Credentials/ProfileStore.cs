using System.Text.RegularExpressions;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>The credential profiles of this user: the shared credentials and config files.</summary>
internal sealed partial class ProfileStore
{
    private const string DefaultName = "default";

    private readonly CredentialProfileStoreChain _chain;

    internal ProfileStore()
    {
        SharedFiles.FollowEnvironment();
        _chain = new CredentialProfileStoreChain();
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
        Find(name) ?? throw FargateErrors.ProfileNotFound(name, SharedFiles.Description);

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

    private static string Unreadable(Exception exception) =>
        LineNumber().Match(exception.Message) is { Success: true } line
            ? $"line {line.Groups["number"].Value} of {SharedFiles.Description} is malformed."
            : $"{SharedFiles.Description} cannot be read.";

    [GeneratedRegex(@"^Line (?<number>\d+)")]
    private static partial Regex LineNumber();
}
