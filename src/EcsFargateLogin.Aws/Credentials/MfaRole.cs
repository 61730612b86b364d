using System.Collections.Concurrent;
using EcsFargateLogin.Aws.Sts;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>
/// The credentials of a role that is assumed with a code of an MFA device. A code is good for one use, so that what it
/// brought is kept, in memory, for every later command of this process.
/// </summary>
/// <param name="role">The role.</param>
/// <param name="serialNumber">The device.</param>
/// <param name="profileName">The profile that assumes it.</param>
/// <param name="files">The files that the profile lies in.</param>
internal sealed class MfaRole(RoleCredentials role, string serialNumber, string profileName, string files) : RenewableCredentials
{
    private static readonly ConcurrentDictionary<Key, TemporaryKeys> s_logins = [];

    // As long before their end a person is asked for a code again.
    private static readonly TimeSpan s_margin = TimeSpan.FromMinutes(1);

    private readonly Key _key = new(files, profileName, role.RoleArn, serialNumber);

    /// <summary>When a code is needed again; null before the first one.</summary>
    internal DateTimeOffset? CodeEnd => s_logins.TryGetValue(_key, out var login) ? login.End : null;

    protected override TimeSpan Margin => TimeSpan.Zero;

    protected override async Task<TemporaryKeys> ObtainAsync(CancellationToken cancellationToken)
    {
        if (s_logins.TryGetValue(_key, out var login) && login.End > DateTimeOffset.UtcNow)
        {
            return login;
        }

        var keys = await role.ObtainAnewAsync(cancellationToken);
        return s_logins[_key] = keys with { End = keys.End - s_margin };
    }

    private sealed record Key(string Files, string ProfileName, string RoleArn, string SerialNumber);
}
