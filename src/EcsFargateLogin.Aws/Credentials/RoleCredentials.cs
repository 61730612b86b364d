using System.Collections.Concurrent;
using Amazon.Runtime;
using EcsFargateLogin.Aws.Profiles;
using EcsFargateLogin.Aws.Sts;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>The credentials of a role.</summary>
/// <param name="options">The role.</param>
/// <param name="source">The credentials that assume it.</param>
/// <param name="clients">Creates clients of STS.</param>
/// <param name="askForCode">Asks for the code of the MFA device with a serial number.</param>
internal sealed class RoleCredentials(
    RoleOptions options,
    AWSCredentials source,
    CredentialClients clients,
    Func<string, CancellationToken, Task<string>> askForCode)
    : RenewableCredentials
{
    internal AWSCredentials Source => source;

    internal string RoleArn => options.RoleArn;

    /// <summary>The MFA device for this role or for a role that leads to it, or null.</summary>
    internal string? MfaSerialNumber => options.MfaSerialNumber ?? (source as RoleCredentials)?.MfaSerialNumber;

    protected override async Task<TemporaryKeys> ObtainAsync(CancellationToken cancellationToken)
    {
        // First, so that an error names the source's profile, and a person is asked for a code only if it can be used.
        await source.ObtainAsync(cancellationToken);
        var code = options.MfaSerialNumber is { } serialNumber ? await askForCode(serialNumber, cancellationToken) : null;
        using var sts = clients.Sts(source);
        return await CredentialClients.CallAsync(
            options.Source, "sts:AssumeRole", sts.Endpoint, () => sts.AssumeRoleAsync(options, code, cancellationToken));
    }
}

/// <summary>The credentials of a role that a web identity, such as a pod's, assumes with a token instead of keys.</summary>
/// <param name="options">The role.</param>
/// <param name="tokenFile">The file of the token, which is read each time.</param>
/// <param name="clients">Creates clients of STS.</param>
internal sealed class WebIdentityCredentials(
    RoleOptions options, string tokenFile, CredentialClients clients) : RenewableCredentials
{
    /// <summary>Upper bound for the size of a token, in bytes; STS accepts 20,000 characters.</summary>
    private const int LongestToken = 64 * 1024;

    protected override async Task<TemporaryKeys> ObtainAsync(CancellationToken cancellationToken)
    {
        var (token, absence) = TextFile.Read(tokenFile, LongestToken);
        if (string.IsNullOrWhiteSpace(token))
        {
            throw CredentialErrors.CredentialsUnusable(
                options.Source,
                $"the file of its web identity's token, '{tokenFile}', {absence ?? "is empty"}.", exception: null);
        }

        using var sts = clients.Sts(new AnonymousAWSCredentials());
        return await CredentialClients.CallAsync(
            options.Source,
            "sts:AssumeRoleWithWebIdentity",
            sts.Endpoint,
            () => sts.AssumeRoleWithWebIdentityAsync(options, token.Trim(), cancellationToken));
    }
}

/// <summary>
/// The credentials of a role that is assumed with a code of an MFA device. A code is valid once, so its keys are cached in
/// memory for later commands of this process.
/// </summary>
/// <param name="role">The role.</param>
/// <param name="serialNumber">The device.</param>
/// <param name="profileName">The profile that assumes it.</param>
/// <param name="files">The files of the profile.</param>
internal sealed class MfaRole(RoleCredentials role, string serialNumber, string profileName, string files) : RenewableCredentials
{
    private static readonly ConcurrentDictionary<Key, TemporaryKeys> s_logins = [];

    // The time before their end at which a person is asked for a new code.
    private static readonly TimeSpan s_margin = TimeSpan.FromMinutes(1);

    private readonly Key _key = new(files, profileName, role.RoleArn, serialNumber);

    /// <summary>The time at which a new code is needed; null before the first one.</summary>
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
