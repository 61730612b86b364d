using System.Globalization;
using Amazon.Runtime;
using EcsFargateLogin.Aws.Profiles;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>
/// Tells when credentials end that only a person can renew, as far as it is known. Keys with a session token say
/// nothing of it themselves: it is known where whoever brought them has told it. Those of container, instance and web
/// identity, of a credential_process, and of a role without MFA are renewed by asking again.
/// </summary>
internal static class CredentialEnd
{
    /// <returns>Null when they are renewed without a person, last for ever, or nobody has told when they end.</returns>
    internal static DateTimeOffset? Of(AWSCredentials credentials) => credentials switch
    {
        CheckedCredentials { Found: var found } => Of(found),
        GivenCredentials { Source: var source } => source.End,
        EnvironmentCredentials => OfEnvironment(),
        MfaRole role => role.CodeEnd,
        RoleCredentials { Source: var source } role when Of(source) is { } end => Later(end, role.End),
        SsoCredentials { LoginEnd: { } end } login => Later(end, login.End),
        _ => null,
    };

    private static DateTimeOffset? OfEnvironment() =>
        EnvironmentCredentials.SessionToken is not null
        && EnvironmentNames.Value(EnvironmentNames.Expiration) is { } text
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end)
            ? end
            : null;

    /// <summary>The keys that a login has brought may outlast it.</summary>
    private static DateTimeOffset Later(DateTimeOffset end, DateTimeOffset? ofKeys) => ofKeys > end ? ofKeys.Value : end;
}
