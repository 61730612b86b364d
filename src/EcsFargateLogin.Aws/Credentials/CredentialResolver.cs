using Amazon.Runtime;
using EcsFargateLogin.Aws.Profiles;
using EcsFargateLogin.Aws.Sts;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>
/// Finds credentials in the order of the AWS CLI. The SDK's default chain is not used: it reads the files by other rules, does
/// not name the source of credentials, and takes long on a machine that is not EC2.
/// </summary>
/// <param name="settings">The user's settings.</param>
/// <param name="files">The profiles.</param>
/// <param name="clients">The services that issue keys.</param>
/// <param name="metadata">The instance's metadata service.</param>
internal sealed class CredentialResolver(
    CloudSettings settings, ProfileFiles files, CredentialClients clients, InstanceMetadata metadata)
{
    // Time limit for the first keys: from a role, a process or a metadata service.
    private static readonly TimeSpan s_obtainLimit = TimeSpan.FromSeconds(9);

    // Time limit if a person has to fetch the MFA device and type its code.
    private static readonly TimeSpan s_personLimit = TimeSpan.FromMinutes(3);

    private readonly ProfileCredentials _profiles = new(files, clients, metadata, settings.MfaCode);

    /// <summary>Finds credentials, and obtains keys once, so that errors show early.</summary>
    internal async Task<FoundCredentials> ResolveAsync(CancellationToken cancellationToken)
    {
        var found = FromUser() ?? FromNamedProfile() ?? FromEnvironment()
            ?? await FromCurrentProfileOrHostAsync(cancellationToken)
            ?? FromLegacyProfile() ?? throw NothingFound();
        var limit = found.AsksPerson ? s_personLimit : s_obtainLimit;
        await CredentialCheck.ObtainAsync(found, limit, cancellationToken);
        return found with { Credentials = new CheckedCredentials(found, limit) };
    }

    private FoundCredentials? FromUser() =>
        settings.Credentials is { } source ? new(new UserCredentials(source), source.Origin.ToText()) : null;

    /// <summary>Finds the credentials of a profile that a parameter names; no other account replaces it.</summary>
    private FoundCredentials? FromNamedProfile()
    {
        if (settings is { ProfileName: null, ProfileLocation: null })
        {
            return null;
        }

        var profile = files.Get(settings.ProfileName ?? ProfileFiles.FallbackName);
        return _profiles.Find(profile) ?? throw ProfileCredentials.NoCredentials(profile);
    }

    private static FoundCredentials? FromEnvironment() =>
        EnvironmentCredentials.Find() is { } keys ? new(keys, "environment variables") : null;

    /// <summary>Finds the credentials of the current profile, or of the container or instance that runs this process.</summary>
    private async Task<FoundCredentials?> FromCurrentProfileOrHostAsync(CancellationToken cancellationToken)
    {
        var profile = EnvironmentNames.ProfileName is { } name ? files.Get(name) : files.Find(ProfileFiles.FallbackName);
        return (profile is not null && ProfileCredentials.AssumesRole(profile) ? _profiles.Find(profile) : null)
            ?? FromWebIdentity()
            ?? (profile is null ? null : _profiles.Find(profile))
            ?? (ContainerMetadata.Find() is { } container ? new FoundCredentials(container, "container metadata") : null)
            ?? (await metadata.IsReachableAsync(cancellationToken)
                ? new FoundCredentials(new InstanceCredentials(metadata), "EC2 instance metadata")
                : null);
    }

    private FoundCredentials? FromWebIdentity()
    {
        const string source = "web identity (environment)";
        if (EnvironmentNames.Value(EnvironmentNames.WebIdentityTokenFile) is not { } file
            || EnvironmentNames.Value(EnvironmentNames.WebIdentityRole) is not { } role)
        {
            return null;
        }

        RoleOptions options = new(source, role);
        if (EnvironmentNames.Value(EnvironmentNames.RoleSessionName) is { } name)
        {
            options = options with { SessionName = name };
        }

        return new(new WebIdentityCredentials(options, file, clients), source);
    }

    private FoundCredentials? FromLegacyProfile() =>
        files.Find(ProfileFiles.LegacyName) is { } profile ? _profiles.Find(profile) : null;

    private FargateException NothingFound() => EnvironmentNames.ProfileName is { } name && files.Find(name) is { } profile
        ? ProfileCredentials.NoCredentials(profile)
        : CredentialErrors.NoCredentials(files.Problem);
}

/// <summary>Credentials and where they came from.</summary>
/// <param name="Credentials">The credentials, which renew themselves.</param>
/// <param name="Source">Their source, for display.</param>
internal sealed record FoundCredentials(AWSCredentials Credentials, string Source)
{
    /// <summary>The profile they came from, or null.</summary>
    internal string? ProfileName { get; init; }

    /// <summary>Whether a person may have to type a code.</summary>
    internal bool AsksPerson { get; init; }
}

/// <summary>The user's credentials as the SDK's type. Each request gets the keys from their source.</summary>
internal sealed class UserCredentials(ICredentialSource source) : AWSCredentials
{
    internal ICredentialSource Source => source;

    public override ImmutableCredentials GetCredentials() => GetCredentialsAsync().GetAwaiter().GetResult();

    public override async Task<ImmutableCredentials> GetCredentialsAsync()
    {
        var keys = await source.GetKeysAsync();
        return new ImmutableCredentials(keys.AccessKey, keys.SecretKey, keys.SessionToken);
    }
}
