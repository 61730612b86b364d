using System.Collections.Concurrent;
using Amazon.Runtime;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>
/// The credentials of a role that is assumed with a code of an MFA device. A code is good for one use, so that what it
/// brought is kept, in memory, for every later command of this process.
/// </summary>
internal sealed class MfaRole : AWSCredentials
{
    private static readonly ConcurrentDictionary<Key, Login> _logins = [];

    // Renewed a little early: no request is signed with what expires on its way.
    private static readonly TimeSpan ExpiryMargin = TimeSpan.FromMinutes(1);

    private readonly AssumeRoleAWSCredentials _role;
    private readonly Key _key;

    private MfaRole(AssumeRoleAWSCredentials role, Key key)
    {
        _role = role;
        _key = key;
    }

    /// <summary>Lets a profile's credentials ask for their code, where they need one.</summary>
    /// <param name="credentials">The credentials of a profile.</param>
    /// <param name="profileName">Its name.</param>
    /// <param name="settings">Whom to ask.</param>
    /// <returns>The credentials to use, or null when no code is needed.</returns>
    internal static MfaRole? TryWrap(AWSCredentials credentials, string profileName, CloudSettings settings)
    {
        string? serialNumber = null;
        for (var role = credentials as AssumeRoleAWSCredentials;
            role is not null;
            role = role.SourceCredentials as AssumeRoleAWSCredentials)
        {
            if (role.Options.MfaSerialNumber is { Length: > 0 } serial)
            {
                serialNumber = serial;
                role.Options.MfaTokenCodeCallback = () => AskFor(new MfaRequest(profileName, serial), settings);
            }
        }

        return serialNumber is null ? null : new MfaRole((AssumeRoleAWSCredentials)credentials, new Key(
            SharedFiles.Key(settings.ProfileLocation), profileName, ((AssumeRoleAWSCredentials)credentials).RoleArn, serialNumber));
    }

    public override ImmutableCredentials GetCredentials() => GetCredentialsAsync().GetAwaiter().GetResult();

    public override async Task<ImmutableCredentials> GetCredentialsAsync()
    {
        if (_logins.TryGetValue(_key, out var login) && login.ExpiresAt > DateTime.UtcNow)
        {
            return login.Credentials;
        }

        _role.ClearCredentials();
        var credentials = await _role.GetCredentialsAsync();
        if (_role.Expiration is { } expiration)
        {
            _logins[_key] = new Login(credentials, expiration.ToUniversalTime() - ExpiryMargin);
        }

        return credentials;
    }

    private static string AskFor(MfaRequest request, CloudSettings settings) =>
        settings.MfaCode is { } ask
            ? ask(request, CancellationToken.None).GetAwaiter().GetResult()
            : throw FargateErrors.MfaCodeUnavailable(request, "nobody can be asked here");

    private sealed record Key(string Files, string ProfileName, string RoleArn, string SerialNumber);

    /// <summary>A class, not a record, so that it does not print what it holds.</summary>
    private sealed class Login(ImmutableCredentials credentials, DateTime expiresAt)
    {
        internal ImmutableCredentials Credentials => credentials;

        internal DateTime ExpiresAt => expiresAt;
    }
}
