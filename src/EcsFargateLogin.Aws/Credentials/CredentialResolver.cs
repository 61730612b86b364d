using Amazon.Runtime;
using EcsFargateLogin.Aws.Profiles;
using EcsFargateLogin.Aws.Sts;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>
/// Finds credentials in the order of the AWS CLI. The SDK's own chain is not asked: it reads the files by other rules, does
/// not tell where it found credentials, and does not stop early on a machine that is not EC2.
/// </summary>
/// <param name="settings">What the user said.</param>
/// <param name="files">The profiles.</param>
/// <param name="clients">How the services that hand out keys are reached.</param>
/// <param name="metadata">The instance's metadata service.</param>
internal sealed class CredentialResolver(
    CloudSettings settings, ProfileFiles files, CredentialClients clients, InstanceMetadata metadata)
{
    // Until the first keys are there: a role is assumed, a process run, a metadata service asked.
    private static readonly TimeSpan s_obtainLimit = TimeSpan.FromSeconds(9);

    // Somebody has to fetch the device and type the code.
    private static readonly TimeSpan s_personLimit = TimeSpan.FromMinutes(3);

    private readonly ProfileCredentials _profiles = new(files, clients, metadata, settings.MfaCode);

    /// <summary>Finds credentials, and obtains keys once, so that what is wrong with them shows at once.</summary>
    internal async Task<FoundCredentials> ResolveAsync(CancellationToken cancellationToken)
    {
        var found = FromUser() ?? FromNamedProfile() ?? FromEnvironment() ?? await FromSurroundingsAsync(cancellationToken)
            ?? FromLegacyProfile() ?? throw NothingFound();
        var limit = found.AsksPerson ? s_personLimit : s_obtainLimit;
        await CredentialCheck.ObtainAsync(found, limit, cancellationToken);
        return found with { Credentials = new CheckedCredentials(found, limit) };
    }

    private FoundCredentials? FromUser() =>
        settings.Credentials is { } source ? new(new GivenCredentials(source), source.Origin.ToText()) : null;

    /// <summary>Of a profile that a parameter names: no other account is taken in its place.</summary>
    private FoundCredentials? FromNamedProfile()
    {
        if (settings is { ProfileName: null, ProfileLocation: null })
        {
            return null;
        }

        var profile = files.Get(settings.ProfileName ?? ProfileFiles.FallbackName);
        return _profiles.Find(profile) ?? throw ProfileCredentials.Nothing(profile);
    }

    private static FoundCredentials? FromEnvironment() =>
        EnvironmentCredentials.Find() is { } keys ? new(keys, "environment variables") : null;

    /// <summary>Of the profile in force, and else of the container or instance that this runs in.</summary>
    private async Task<FoundCredentials?> FromSurroundingsAsync(CancellationToken cancellationToken)
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
        ? ProfileCredentials.Nothing(profile)
        : CredentialErrors.NoCredentials(files.Problem);
}

/// <summary>Credentials and where they came from.</summary>
/// <param name="Credentials">What signs the requests; refreshes itself.</param>
/// <param name="Source">Where they were found, for people.</param>
internal sealed record FoundCredentials(AWSCredentials Credentials, string Source)
{
    /// <summary>The profile they came from, or null.</summary>
    internal string? ProfileName { get; init; }

    /// <summary>Whether a person may have to be asked for a code.</summary>
    internal bool AsksPerson { get; init; }
}

/// <summary>Credentials that the user handed over, in the SDK's terms. The source is asked for each request.</summary>
internal sealed class GivenCredentials(ICredentialSource source) : AWSCredentials
{
    internal ICredentialSource Source => source;

    public override ImmutableCredentials GetCredentials() => GetCredentialsAsync().GetAwaiter().GetResult();

    public override async Task<ImmutableCredentials> GetCredentialsAsync()
    {
        var keys = await source.GetKeysAsync();
        return new ImmutableCredentials(keys.AccessKey, keys.SecretKey, keys.SessionToken);
    }
}
