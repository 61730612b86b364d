using Amazon;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>
/// The credentials of a role that a profile assumes. The SDK's own look for the client of STS among all assemblies of the
/// process and take another module's copy, which does not fit; these name it.
/// </summary>
internal sealed class RoleCredentials : RefreshingAWSCredentials
{
    private readonly AssumeRoleAWSCredentials _role;
    private readonly AWSCredentials _source;
    private readonly Func<string, Task<string>> _askForCode;
    private readonly string _region;

    private RoleCredentials(AssumeRoleAWSCredentials role, string region, Func<string, Task<string>> askForCode)
    {
        _role = role;
        _source = Replace(role.SourceCredentials, region, askForCode);
        _region = region;
        _askForCode = askForCode;
        PreemptExpiryTime = role.PreemptExpiryTime;
    }

    /// <summary>What assumes the role.</summary>
    internal AWSCredentials Source => _source;

    /// <summary>The ARN of the role.</summary>
    internal string RoleArn => _role.RoleArn;

    /// <summary>The MFA device whose code is needed for this role or one on the way to it, or null.</summary>
    internal string? MfaSerialNumber =>
        _role.Options.MfaSerialNumber is { Length: > 0 } serialNumber
            ? serialNumber
            : (_source as RoleCredentials)?.MfaSerialNumber;

    /// <summary>Takes the place of the SDK's credentials where they assume a role; leaves others as they are.</summary>
    /// <param name="credentials">The credentials of a profile.</param>
    /// <param name="region">The region whose STS is asked.</param>
    /// <param name="askForCode">Asks for the code of an MFA device by its serial number.</param>
    internal static AWSCredentials Replace(AWSCredentials credentials, string region, Func<string, Task<string>> askForCode) =>
        credentials is AssumeRoleAWSCredentials role ? new RoleCredentials(role, region, askForCode) : credentials;

    protected override CredentialsRefreshState GenerateNewCredentials() =>
        GenerateNewCredentialsAsync().GetAwaiter().GetResult();

    protected override async Task<CredentialsRefreshState> GenerateNewCredentialsAsync()
    {
        var serialNumber = _role.Options.MfaSerialNumber is { Length: > 0 } serial ? serial : null;
        var request = new AssumeRoleRequest
        {
            RoleArn = _role.RoleArn,
            RoleSessionName = _role.RoleSessionName,
            ExternalId = _role.Options.ExternalId,
            SerialNumber = serialNumber,
            TokenCode = serialNumber is null ? null : await _askForCode(serialNumber),
        };
        var config = new AmazonSecurityTokenServiceConfig { RegionEndpoint = RegionEndpoint.GetBySystemName(_region) };
        using var sts = new AmazonSecurityTokenServiceClient(_source, config);
        var keys = (await sts.AssumeRoleAsync(request)).Credentials
            ?? throw new AmazonClientException("STS answered with no credentials.");
        return new CredentialsRefreshState(
            new ImmutableCredentials(keys.AccessKeyId, keys.SecretAccessKey, keys.SessionToken),
            keys.Expiration ?? DateTime.UtcNow);
    }
}
