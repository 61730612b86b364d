using EcsFargateLogin.Cloud;
using EcsFargateLogin.Sessions;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Turns a cmdlet's parameters, the session it works on and the session variables of AWS Tools into settings: what was
/// typed goes before how the session was started, and that before the variables.
/// </summary>
internal sealed class AwsAccess
{
    private const string CredentialsVariable = "StoredAWSCredentials";
    private const string RegionVariable = "StoredAWSRegion";

    private readonly AwsCmdlet _cmdlet;
    private readonly Lazy<ICredentialSource?> _given;
    private readonly Lazy<ICredentialSource?> _stored;

    public AwsAccess(AwsCmdlet cmdlet)
    {
        _cmdlet = cmdlet;
        _given = new Lazy<ICredentialSource?>(() => KeysOfParameters() ?? CredentialOfParameter());
        _stored = new Lazy<ICredentialSource?>(StoredCredential);
    }

    /// <summary>The credentials that the parameters hold, or null.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidCredential"/>.</exception>
    public ICredentialSource? Given => _given.Value;

    /// <summary>How to reach AWS for a session, or for something new.</summary>
    /// <exception cref="FargateException">The parameters do not go together, or the session's credentials are gone.</exception>
    public CloudSettings SettingsFor(FargateSession? session)
    {
        var settings = Given is { } given ? new CloudSettings { Credentials = given }
            : NamesProfile ? new CloudSettings { ProfileName = _cmdlet.ProfileName ?? session?.ProfileName, ProfileLocation = Location }
            : session is { SessionId.Length: > 0 } ? AsStarted(session)
            : new CloudSettings { Credentials = _stored.Value };
        var (region, source) = RegionFor(session);
        return settings with
        {
            Region = region,
            RegionSource = source,
            EndpointUrl = _cmdlet.EndpointUrl ?? session?.EndpointUrl,
            MfaCode = _cmdlet.AskForMfaCode,
        };
    }

    /// <summary>The keys of the three parameters; null when there are none.</summary>
    /// <exception cref="FargateException">They are there in part.</exception>
    public static GivenKeys? KeysOf(string? accessKey, string? secretKey, string? sessionToken) =>
        (accessKey, secretKey, sessionToken) switch
        {
            (not null, not null, _) => new(CredentialOrigin.Keys, new AccessKeys(accessKey, secretKey, sessionToken)),
            (not null, null, _) => throw FargateErrors.KeysIncomplete("-AccessKey", "-SecretKey"),
            (null, not null, _) => throw FargateErrors.KeysIncomplete("-SecretKey", "-AccessKey"),
            (null, null, not null) => throw FargateErrors.KeysIncomplete("-SessionToken", "-AccessKey and -SecretKey"),
            _ => null,
        };

    private bool NamesProfile => _cmdlet.ProfileName is not null || _cmdlet.ProfileLocation is not null;

    private string? Location => _cmdlet.ProfileLocation is { } path
        ? _cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path)
        : null;

    private CloudSettings AsStarted(FargateSession session) => session.CredentialOrigin switch
    {
        CredentialOrigin.Keys or CredentialOrigin.Credential => new CloudSettings
        {
            Credentials = SessionCredentials.Find(session.SessionId) ?? throw Gone(session),
        },
        CredentialOrigin.StoredCredentials => new CloudSettings { Credentials = _stored.Value ?? throw Gone(session) },
        _ => new CloudSettings { ProfileName = session.ProfileName, ProfileLocation = session.ProfileLocation },
    };

    private static FargateException Gone(FargateSession session) =>
        FargateErrors.SessionCredentialsGone(session, session.CredentialOrigin.ToText());

    private GivenKeys? KeysOfParameters() => KeysOf(_cmdlet.AccessKey, _cmdlet.SecretKey, _cmdlet.SessionToken);

    private ICredentialSource? CredentialOfParameter() =>
        _cmdlet.Credential is not { } credential ? null
            : NamesProfile ? throw FargateErrors.ProfileAndCredential()
            : CredentialObject.ToSource(credential, CredentialOrigin.Credential);

    private ICredentialSource? StoredCredential() =>
        _cmdlet.SessionState.PSVariable.GetValue(CredentialsVariable) is { } credential
            ? CredentialObject.ToSource(credential, CredentialOrigin.StoredCredentials)
            : null;

    private (string? Name, string Source) RegionFor(FargateSession? session)
    {
        if (_cmdlet.Region is { } region)
        {
            return (RegionObject.ToName(region, "-Region"), "-Region");
        }

        return session is { Region.Length: > 0 } ? (session.Region, $"session {session}")
            : _cmdlet.SessionState.PSVariable.GetValue(RegionVariable) is { } stored
                ? (RegionObject.ToName(stored, $"${RegionVariable}"), $"${RegionVariable}")
                : (null, "");
    }
}
