using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;
using EcsFargateLogin.Presets;

namespace EcsFargateLogin.Connection;

/// <summary>The parameters that say how AWS is reached, of a command that runs or is being typed.</summary>
internal sealed record AccessParameters
{
    public string? ProfileName { get; init; }

    /// <summary>A path of the file system.</summary>
    public string? ProfileLocation { get; init; }

    public string? AccessKey { get; init; }

    public string? SecretKey { get; init; }

    public string? SessionToken { get; init; }

    public object? Credential { get; init; }

    public object? Region { get; init; }

    public string? EndpointUrl { get; init; }

    /// <summary>Reads them from the values of a command.</summary>
    /// <param name="values">The values.</param>
    /// <param name="toFilePath">Turns a path of PowerShell into one of the file system.</param>
    public static AccessParameters Of(ParameterValues values, Func<string, string> toFilePath) => new()
    {
        ProfileName = values.Get<string>(nameof(ProfileName)),
        ProfileLocation = values.Get<string>(nameof(ProfileLocation)) is { } path ? toFilePath(path) : null,
        AccessKey = values.Get<string>(nameof(AccessKey)),
        SecretKey = values.Get<string>(nameof(SecretKey)),
        SessionToken = values.Get<string>(nameof(SessionToken)),
        Credential = values.Get<object>(nameof(Credential)),
        Region = values.Get<object>(nameof(Region)),
        EndpointUrl = values.Get<string>(nameof(EndpointUrl)),
    };
}

/// <summary>
/// Determines the settings of a connection from the parameters, the connection that a session was started with, and the session
/// variables of AWS Tools, in this order of precedence. Commands and their completion use the same rules.
/// </summary>
internal sealed class AwsAccess
{
    private const string CredentialsVariable = "StoredAWSCredentials";
    private const string RegionVariable = "StoredAWSRegion";

    private readonly Func<AccessParameters> _parameters;
    private readonly Func<string, object?> _variable;
    private readonly Lazy<ICredentialSource?> _given;
    private readonly Lazy<ICredentialSource?> _stored;

    /// <param name="parameters">The parameters as they are now: a preset may change some of them for each record.</param>
    /// <param name="variable">The value of a session variable, or null.</param>
    public AwsAccess(Func<AccessParameters> parameters, Func<string, object?> variable)
    {
        _parameters = parameters;
        _variable = variable;
        _given = new Lazy<ICredentialSource?>(() => GivenBy(parameters()));
        _stored = new Lazy<ICredentialSource?>(StoredCredential);
    }

    /// <summary>The credentials that the parameters hold, or null.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidCredential"/>.</exception>
    public ICredentialSource? Given => _given.Value;

    /// <summary>The settings of the connection to AWS for a session, or for a new one.</summary>
    /// <exception cref="FargateException">The parameters do not go together, or the session's credentials are gone.</exception>
    public CloudSettings SettingsFor(FargateSession? session)
    {
        var parameters = _parameters();
        var settings = Given is { } given ? new CloudSettings { Credentials = given }
            : NamesProfile(parameters) ? new CloudSettings
            {
                ProfileName = parameters.ProfileName ?? session?.ProfileName,
                ProfileLocation = parameters.ProfileLocation,
            }
            : session is { SessionId.Length: > 0 } ? AsStarted(session)
            : new CloudSettings { Credentials = _stored.Value };
        var (region, source) = RegionFor(parameters, session);
        return settings with
        {
            Region = region,
            RegionSource = source,
            EndpointUrl = parameters.EndpointUrl ?? session?.EndpointUrl,
        };
    }

    /// <summary>The keys of the three parameters; null when there are none.</summary>
    /// <exception cref="FargateException">Only some of them are given.</exception>
    private static GivenKeys? KeysOf(AccessParameters parameters) =>
        (parameters.AccessKey, parameters.SecretKey, parameters.SessionToken) switch
        {
            ({ } accessKey, { } secretKey, var token) => new(CredentialOrigin.Keys, new AccessKeys(accessKey, secretKey, token)),
            (not null, null, _) => throw ConnectionErrors.KeysIncomplete("-AccessKey", "-SecretKey"),
            (null, not null, _) => throw ConnectionErrors.KeysIncomplete("-SecretKey", "-AccessKey"),
            (null, null, not null) => throw ConnectionErrors.KeysIncomplete("-SessionToken", "-AccessKey and -SecretKey"),
            _ => null,
        };

    private static bool NamesProfile(AccessParameters parameters) =>
        parameters.ProfileName is not null || parameters.ProfileLocation is not null;

    private CloudSettings AsStarted(FargateSession session) => session.Record.Connection switch
    {
        { CredentialOrigin: CredentialOrigin.Keys or CredentialOrigin.Credential } => new CloudSettings
        {
            Credentials = SessionCredentials.Find(session.SessionId) ?? throw Gone(session),
        },
        { CredentialOrigin: CredentialOrigin.StoredCredentials } =>
            new CloudSettings { Credentials = _stored.Value ?? throw Gone(session) },
        var connection =>
            new CloudSettings { ProfileName = connection.ProfileName, ProfileLocation = connection.ProfileLocation },
    };

    private static FargateException Gone(FargateSession session) =>
        ConnectionErrors.SessionCredentialsGone(session, session.CredentialOrigin.ToText());

    private static ICredentialSource? GivenBy(AccessParameters parameters) => KeysOf(parameters) ?? CredentialOf(parameters);

    private static ICredentialSource? CredentialOf(AccessParameters parameters) =>
        parameters.Credential is not { } credential ? null
            : NamesProfile(parameters) ? throw ConnectionErrors.ProfileAndCredential()
            : CredentialObject.ToSource(credential, CredentialOrigin.Credential);

    private ICredentialSource? StoredCredential() =>
        _variable(CredentialsVariable) is { } credential
            ? CredentialObject.ToSource(credential, CredentialOrigin.StoredCredentials)
            : null;

    private (string? Name, string Source) RegionFor(AccessParameters parameters, FargateSession? session)
    {
        if (parameters.Region is { } region)
        {
            return (RegionObject.ToName(region, "-Region"), "-Region");
        }

        return session is { Region.Length: > 0 } ? (session.Region, $"session {session}")
            : _variable(RegionVariable) is { } stored
                ? (RegionObject.ToName(stored, $"${RegionVariable}"), $"${RegionVariable}")
                : (null, "");
    }
}
