using System.Collections.Concurrent;
using Amazon.Runtime;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>
/// The credentials of a role that is assumed with a code of an MFA device. A code is good for one use, so that what it
/// brought is kept, in memory, for every later command of this process.
/// </summary>
/// <param name="role">The role.</param>
/// <param name="serialNumber">The device.</param>
/// <param name="profileName">The profile that assumes it.</param>
/// <param name="files">The files that the profile lies in.</param>
internal sealed class MfaRole(RoleCredentials role, string serialNumber, string profileName, string files) : AWSCredentials
{
    private static readonly ConcurrentDictionary<Key, Login> _logins = [];

    // Renewed a little early: no request is signed with what expires on its way.
    private static readonly TimeSpan ExpiryMargin = TimeSpan.FromMinutes(1);

    private readonly Key _key = new(files, profileName, role.RoleArn, serialNumber);

    /// <summary>When a code is needed again; null before the first one.</summary>
    internal DateTimeOffset? End => _logins.TryGetValue(_key, out var login) ? login.ExpiresAt : null;

    public override ImmutableCredentials GetCredentials() => GetCredentialsAsync().GetAwaiter().GetResult();

    public override async Task<ImmutableCredentials> GetCredentialsAsync()
    {
        if (_logins.TryGetValue(_key, out var login) && login.ExpiresAt > DateTime.UtcNow)
        {
            return login.Credentials;
        }

        role.ClearCredentials();
        var credentials = await role.GetCredentialsAsync();
        if (role.Expiration is { } expiration)
        {
            _logins[_key] = new Login(credentials, expiration.ToUniversalTime() - ExpiryMargin);
        }

        return credentials;
    }

    private sealed record Key(string Files, string ProfileName, string RoleArn, string SerialNumber);

    /// <summary>A class, not a record, so that it does not print what it holds.</summary>
    private sealed class Login(ImmutableCredentials credentials, DateTime expiresAt)
    {
        internal ImmutableCredentials Credentials => credentials;

        internal DateTime ExpiresAt => expiresAt;
    }
}
