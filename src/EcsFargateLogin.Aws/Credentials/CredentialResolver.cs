using Amazon.Runtime;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>
/// Finds credentials in the order in which the SDK looks for them. The SDK's own chain is not asked, because it neither
/// tells where it found them nor stops early on a machine that is not EC2.
/// </summary>
internal sealed class CredentialResolver(CloudSettings settings, ProfileStore profiles, string region)
{
    // Until the first keys are there: a role is assumed, a process run, a metadata service asked.
    private static readonly TimeSpan ObtainLimit = TimeSpan.FromSeconds(9);

    // Somebody has to fetch the device and type the code.
    private static readonly TimeSpan PersonLimit = TimeSpan.FromMinutes(3);

    /// <summary>Finds credentials, and obtains keys once, so that what is wrong with them shows at once.</summary>
    internal async Task<FoundCredentials> ResolveAsync(CancellationToken cancellationToken)
    {
        var found = FromUser() ?? FromNamedProfile() ?? FromEnvironment() ?? FromWebIdentity() ?? FromFallbackProfile()
            ?? FromContainer() ?? await FromInstanceAsync(cancellationToken) ?? FromLegacyProfile()
            ?? throw FargateErrors.NoCredentials();
        var limit = found.AsksPerson ? PersonLimit : ObtainLimit;
        await CredentialCheck.ObtainAsync(found, limit, cancellationToken);
        return found with { Credentials = new CheckedCredentials(found, limit) };
    }

    private FoundCredentials? FromUser() =>
        settings.Credentials is { } source ? new(new GivenCredentials(source), source.Origin.ToText()) : null;

    private FoundCredentials? FromNamedProfile() =>
        settings.ProfileName is { } name ? FromProfile(name)
            : settings.ProfileLocation is not null ? FromProfile(ProfileStore.FallbackName)
            : null;

    private FoundCredentials? FromLegacyProfile() =>
        profiles.Find(ProfileStore.LegacyName)?.CanCreateAWSCredentials == true
            ? FromProfile(ProfileStore.LegacyName)
            : null;

    private static FoundCredentials? FromEnvironment()
    {
        var accessKey = EnvironmentNames.Value(EnvironmentNames.AccessKey);
        var secretKey = EnvironmentNames.Value(EnvironmentNames.SecretKey);
        return (accessKey, secretKey) switch
        {
            (null, null) => null,
            // The SDK would go on and find somebody else's; half a pair is a mistake.
            (null, _) => throw FargateErrors.NoCredentials(
                $"{EnvironmentNames.SecretKey} is set, but {EnvironmentNames.AccessKey} is not."),
            (_, null) => throw FargateErrors.NoCredentials(
                $"{EnvironmentNames.AccessKey} is set, but {EnvironmentNames.SecretKey} is not."),
            _ => new(new EnvironmentVariablesAWSCredentials(), "environment variables"),
        };
    }

    private static FoundCredentials? FromWebIdentity() =>
        EnvironmentNames.Value(EnvironmentNames.WebIdentityTokenFile) is null
        || EnvironmentNames.Value(EnvironmentNames.WebIdentityRole) is null
            ? null
            : new(AssumeRoleWithWebIdentityCredentials.FromEnvironmentVariables(), "web identity (environment)");

    private FoundCredentials? FromFallbackProfile()
    {
        if (EnvironmentNames.Value(EnvironmentNames.Profile) is { } name)
        {
            return FromProfile(name);
        }

        var profile = profiles.Find(ProfileStore.FallbackName);
        return profile?.CanCreateAWSCredentials == true ? FromProfile(profile.Name) : null;
    }

    private static FoundCredentials? FromContainer() =>
        EnvironmentNames.Value(EnvironmentNames.ContainerRelativeUri) is null
        && EnvironmentNames.Value(EnvironmentNames.ContainerFullUri) is null
            ? null
            : new(new GenericContainerCredentials(), "container metadata");

    private static async Task<FoundCredentials?> FromInstanceAsync(CancellationToken cancellationToken)
    {
        if (!await InstanceMetadata.IsReachableAsync(cancellationToken))
        {
            return null;
        }

        try
        {
            // The constructor asks the service for its role, and blocks.
            var credentials = await Task.Run(() => new InstanceProfileAWSCredentials(), cancellationToken)
                .WaitAsync(ObtainLimit, cancellationToken);
            return new(credentials, "EC2 instance metadata");
        }
        catch (Exception exception) when (exception is TimeoutException or AmazonClientException
            or AmazonServiceException or InvalidOperationException or IOException or HttpRequestException)
        {
            throw FargateErrors.NoCredentials("the EC2 instance metadata service offers no role.");
        }
    }

    private FoundCredentials FromProfile(string name)
    {
        var profile = profiles.Get(name);
        var source = $"profile '{name}'";
        try
        {
            var credentials = profiles.Credentials(profile) ?? throw FargateErrors.CredentialsUnusable(
                source,
                "it holds neither keys nor a way to get them (role_arn, sso_session, credential_process, …).",
                exception: null);
            credentials = RoleCredentials.Replace(credentials, region, serialNumber => AskForCode(name, serialNumber));
            return credentials is RoleCredentials { MfaSerialNumber: { } serialNumber } role
                ? new(new MfaRole(role, serialNumber, name, SharedFiles.Describe(settings.ProfileLocation)), source)
                {
                    ProfileName = name,
                    AsksPerson = true,
                }
                : new(credentials, source) { ProfileName = name };
        }
        catch (Exception exception) when (exception is AmazonClientException or InvalidDataException
            or InvalidOperationException or ArgumentException)
        {
            throw CredentialCheck.Unusable(new(new AnonymousAWSCredentials(), source) { ProfileName = name }, exception);
        }
    }

    private Task<string> AskForCode(string profileName, string serialNumber)
    {
        var request = new MfaRequest(profileName, serialNumber);
        return settings.MfaCode is { } ask
            ? ask(request, CancellationToken.None)
            : throw FargateErrors.MfaCodeUnavailable(request, "nobody can be asked here");
    }
}
