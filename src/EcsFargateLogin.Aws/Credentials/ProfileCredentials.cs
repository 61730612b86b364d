using System.Globalization;
using Amazon.Runtime;
using EcsFargateLogin.Aws.Profiles;
using EcsFargateLogin.Aws.Sts;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>
/// Creates the credentials of profiles, in the AWS CLI's order: a role, a web identity, SSO, the keys of the credentials file,
/// a process, the keys of the config file. Settings for later ones are ignored.
/// </summary>
/// <param name="files">The profiles.</param>
/// <param name="clients">The services that issue keys.</param>
/// <param name="metadata">The instance's metadata service.</param>
/// <param name="askForCode">Asks a person for an MFA code; null without a person.</param>
internal sealed class ProfileCredentials(
    ProfileFiles files,
    CredentialClients clients,
    InstanceMetadata metadata,
    Func<MfaRequest, CancellationToken, Task<string>>? askForCode)
{
    private const string AccessKey = "aws_access_key_id";
    private const string SecretKey = "aws_secret_access_key";
    private const string RoleArn = "role_arn";
    private const string SourceProfile = "source_profile";
    private const string CredentialSource = "credential_source";
    private const string TokenFile = "web_identity_token_file";
    private const string LoginSession = "login_session";
    private const string Process = "credential_process";

    /// <summary>Returns the credentials of a profile; null if it configures none.</summary>
    /// <exception cref="FargateException">Their settings are incomplete.</exception>
    internal FoundCredentials? Find(Profile profile) => Of(profile) switch
    {
        null => null,
        RoleCredentials { MfaSerialNumber: { } serialNumber } role =>
            new(new MfaRole(role, serialNumber, profile.Name, files.Description), profile.Source)
            {
                ProfileName = profile.Name,
                AsksPerson = true,
            },
        var credentials => new(credentials, profile.Source) { ProfileName = profile.Name },
    };

    /// <summary>Returns the error for a named profile without credentials.</summary>
    internal static FargateException NoCredentials(Profile profile) => Unusable(profile, profile.Find(SecretKey) is { } alone
        ? $"it has an {SecretKey} ({alone.Where}), but no {AccessKey}"
        : $"it holds neither keys nor a way to get them ({RoleArn}, sso_session, {Process}, …)");

    /// <summary>Whether a profile assumes a role with other credentials. A web identity needs none.</summary>
    internal static bool AssumesRole(Profile profile) => profile.Has(RoleArn) && !profile.Has(TokenFile);

    private AWSCredentials? Of(Profile profile) => AssumesRole(profile) ? Role(profile, [profile]) : WithoutSource(profile);

    /// <param name="profile">A profile that assumes a role.</param>
    /// <param name="visited">The profiles that refer to it, and itself.</param>
    private RoleCredentials Role(Profile profile, IReadOnlyList<Profile> visited)
    {
        var role = profile.Find(RoleArn)!;
        var source = (profile.Find(SourceProfile), profile.Find(CredentialSource)) switch
        {
            ({ } named, null) => FromSourceProfile(profile, named, visited),
            (null, { } credentialSource) => FromCredentialSource(profile, credentialSource),
            (null, null) => throw Unusable(
                profile, $"its {RoleArn} ({role.Where}) needs a {SourceProfile} or a {CredentialSource} with keys to assume it"),
            ({ } one, { } other) => throw Unusable(
                profile, $"it has both a {SourceProfile} ({one.Where}) and a {CredentialSource} ({other.Where}); remove one"),
        };
        return new RoleCredentials(Options(profile), source, clients, (serialNumber, cancellationToken) =>
            AskForCode(new MfaRequest(visited[0].Name, serialNumber), cancellationToken));
    }

    private AWSCredentials FromSourceProfile(Profile profile, Setting named, IReadOnlyList<Profile> visited)
    {
        var name = profile.Text(named);
        var source = files.Find(name)
            ?? throw Unusable(profile, $"its {SourceProfile} '{name}' ({named.Where}) does not exist in {files.Description}");
        if (HasKeys(source) || !AssumesRole(source))
        {
            return WithoutSource(source) ?? throw Unusable(
                profile, $"its {SourceProfile} '{name}' ({named.Where}) holds neither keys nor a way to get them");
        }

        return visited.Any(earlier => earlier.Name == name)
            ? throw Unusable(
                visited[0],
                $"its {SourceProfile} leads in a circle, {string.Join(" → ", visited.Select(earlier => earlier.Name))} → {name} "
                    + $"({named.Where})")
            : Role(source, [.. visited, source]);
    }

    private AWSCredentials FromCredentialSource(Profile profile, Setting setting) =>
        profile.Text(setting).ToUpperInvariant() switch
    {
        "ENVIRONMENT" => EnvironmentCredentials.Find()
            ?? throw Unusable(profile, $"its {CredentialSource} ({setting.Where}) is the environment, which has no keys"),
        "ECSCONTAINER" => ContainerMetadata.Find()
            ?? throw Unusable(
                profile, $"its {CredentialSource} ({setting.Where}) is a container's role, and this is no container"),
        "EC2INSTANCEMETADATA" => new InstanceCredentials(metadata),
        _ => throw Unusable(
            profile,
            $"its {CredentialSource} '{setting.Value}' ({setting.Where}) is not Environment, Ec2InstanceMetadata or "
            + "EcsContainer"),
    };

    private AWSCredentials? WithoutSource(Profile profile) =>
        WebIdentity(profile) ?? Sso(profile) ?? Keys(profile, profile.Credentials) ?? FromProcess(profile)
        ?? Keys(profile, profile.Config);

    private WebIdentityCredentials? WebIdentity(Profile profile)
    {
        if (profile.Find(TokenFile) is not { } token)
        {
            return null;
        }

        return profile.Has(RoleArn)
            ? new WebIdentityCredentials(Options(profile), profile.Text(token), clients)
            : throw Unusable(profile, $"its {TokenFile} ({token.Where}) needs a {RoleArn}");
    }

    private static RoleOptions Options(Profile profile)
    {
        RoleOptions options = new(profile.Source, profile.Text(RoleArn)!)
        {
            ExternalId = profile.Text("external_id"),
            MfaSerialNumber = profile.Text("mfa_serial"),
            // Like the AWS CLI, ignores a value that is not a number.
            DurationSeconds = int.TryParse(
                profile.Text("duration_seconds"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                    ? seconds
                    : null,
        };
        return profile.Text("role_session_name") is { } name ? options with { SessionName = name } : options;
    }

    private SsoCredentials? Sso(Profile profile)
    {
        string[] ofProfile = ["sso_account_id", "sso_role_name"];
        if (!ofProfile.Any(profile.Has))
        {
            return null;
        }

        var (session, name) = SsoSession(profile);
        string[] missing = [.. ofProfile.Concat(["sso_start_url", "sso_region"]).Where(setting => Value(setting) is null)];
        var within = name is null ? "" : $" or in [sso-session {name}]";
        return missing.Length > 0
            ? throw Unusable(profile, $"what a login by SSO needs is not in it{within}: {string.Join(", ", missing)}")
            : new SsoCredentials(
                new SsoOptions(profile.Name, name)
                {
                    StartUrl = Value("sso_start_url")!,
                    Region = Value("sso_region")!,
                    AccountId = Value("sso_account_id")!,
                    RoleName = Value("sso_role_name")!,
                },
                clients);

        string? Value(string setting) => session?[setting] is { } found ? profile.Text(found) : profile.Text(setting);
    }

    /// <summary>Returns the sso-session that a profile refers to, and its name; nulls for none.</summary>
    private static (ConfigSection? Session, string? Name) SsoSession(Profile profile)
    {
        if (profile.Find("sso_session") is not { } reference)
        {
            return (null, null);
        }

        var name = profile.Text(reference);
        var session = profile.Section("sso-session", reference)
            ?? throw Unusable(
                profile, $"its sso_session '{name}' ({reference.Where}) does not exist: no section is [sso-session {name}]");
        var contradiction = session.Settings.Values.FirstOrDefault(
            setting => profile.Find(setting.Name) is { } own && own.Value != setting.Value);
        return contradiction is null ? (session, name) : throw Unusable(
            profile,
            $"its {contradiction.Name} ({profile.Find(contradiction.Name)!.Where}) contradicts that of its sso-session "
                + $"({contradiction.Where})");
    }

    private static ProcessCredentials? FromProcess(Profile profile)
    {
        if (profile.Find(Process) is { } process)
        {
            return new ProcessCredentials(profile, process);
        }

        return profile.Has(LoginSession) ? throw CredentialErrors.LoginUnsupported(profile.Name) : null;
    }

    /// <summary>Reads a key pair from one file only: the other file may have another account's.</summary>
    private static AWSCredentials? Keys(Profile profile, ConfigSection? section)
    {
        if (section?[AccessKey] is not { } accessKey)
        {
            return null;
        }

        // First, because a key that continues on the next line may contain the other.
        var id = Unquoted(profile, accessKey);
        var secretKey = section[SecretKey]
            ?? throw Unusable(profile, $"it has an {AccessKey} ({accessKey.Where}), but no {SecretKey} beside it");
        var token = section["aws_security_token"] ?? section["aws_session_token"];
        return token is null
            ? new BasicAWSCredentials(id, Unquoted(profile, secretKey))
            : new SessionAWSCredentials(id, Unquoted(profile, secretKey), Unquoted(profile, token));
    }

    private static string Unquoted(Profile profile, Setting key) => profile.Text(key) is ['"' or '\'', .., '"' or '\'']
        ? throw profile.Invalid(key, "is in quotes, which would be part of it; remove them")
        : key.Value;

    private static bool HasKeys(Profile profile) => profile.Has(AccessKey) || profile.Has(SecretKey);

    private Task<string> AskForCode(MfaRequest request, CancellationToken cancellationToken) => askForCode is { } ask
        ? ask(request, cancellationToken)
        : throw CredentialErrors.MfaCodeUnavailable(request, "there is nobody to ask");

    private static FargateException Unusable(Profile profile, string reason) =>
        CredentialErrors.CredentialsUnusable(profile.Source, $"{reason}.", exception: null);
}
