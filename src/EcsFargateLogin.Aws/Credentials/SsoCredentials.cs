using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Credentials.Internal;
using Amazon.SSO;
using Amazon.SSO.Model;
using Amazon.SSOOIDC;
using Amazon.Util;
using Amazon.Util.Internal;
using EcsFargateLogin.Aws.Profiles;
using EcsFargateLogin.Aws.Sts;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>The settings of a login to IAM Identity Center (SSO), from a profile and its sso-session.</summary>
/// <param name="ProfileName">The profile.</param>
/// <param name="SessionName">The sso-session, or null.</param>
internal sealed record SsoOptions(string ProfileName, string? SessionName)
{
    internal required string StartUrl { get; init; }

    /// <summary>The region of the directory.</summary>
    internal required string Region { get; init; }

    internal required string AccountId { get; init; }

    internal required string RoleName { get; init; }
}

/// <summary>
/// The credentials of a role for a login to IAM Identity Center. The login comes from the cache of 'aws sso login', and is
/// renewed if that needs no person.
/// </summary>
/// <param name="options">The login and the role.</param>
/// <param name="clients">The services that issue keys.</param>
internal sealed class SsoCredentials(SsoOptions options, CredentialClients clients) : RenewableCredentials
{
    private const string PortalPrefix = "portal.sso";
    private const string LoginPrefix = "oidc";

    /// <summary>Upper bound for the size of a cache file, in bytes.</summary>
    private const int LongestLogin = 64 * 1024;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    private readonly string _source = $"profile '{options.ProfileName}'";

    /// <summary>The end of the login; null if it renews itself or cannot be read.</summary>
    internal DateTimeOffset? LoginEnd
    {
        get
        {
            try
            {
                var (text, absence) = TextFile.Read(CacheFile, LongestLogin);
                return absence is null && JsonSerializer.Deserialize<Login>(text, s_json) is { RefreshToken: null or "" } login
                    ? login.ExpiresAt
                    : null;
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }

    protected override async Task<TemporaryKeys> ObtainAsync(CancellationToken cancellationToken)
    {
        var token = await LoginAsync(cancellationToken);
        var settings = clients.Settings("SSO", PortalPrefix, options.Region);
        using AmazonSSOClient portal = new(new AnonymousAWSCredentials(), settings.ApplyTo(new AmazonSSOConfig()));
        GetRoleCredentialsRequest request = new()
        {
            AccessToken = token, AccountId = options.AccountId, RoleName = options.RoleName,
        };
        var keys = await CredentialClients.CallAsync(_source, "sso:GetRoleCredentials", settings.Endpoint, async () =>
        {
            try
            {
                return (await portal.GetRoleCredentialsAsync(request, cancellationToken)).RoleCredentials;
            }
            catch (UnauthorizedException exception)
            {
                throw Expired(exception);
            }
        });
        return keys is { AccessKeyId.Length: > 0, SecretAccessKey.Length: > 0, Expiration: { } end }
            ? new(new(keys.AccessKeyId, keys.SecretAccessKey, keys.SessionToken), DateTimeOffset.FromUnixTimeMilliseconds(end))
            : throw CloudErrors.MalformedReply("sso:GetRoleCredentials", "lacks roleCredentials");
    }

    /// <summary>Returns the login's token, renewed if it ends soon.</summary>
    private async Task<string> LoginAsync(CancellationToken cancellationToken)
    {
        var settings = clients.Settings("SSO OIDC", LoginPrefix, options.Region);
        using AmazonSSOOIDCClient client = new(new AnonymousAWSCredentials(), settings.ApplyTo(new AmazonSSOOIDCConfig()));
        SSOTokenManager logins = new(
            client, new SSOTokenFileCache(CryptoUtilFactory.CryptoInstance, new FileRetriever(), new DirectoryRetriever()));
        try
        {
            var token = await logins.GetTokenAsync(
                new SSOTokenManagerGetTokenOptions
                {
                    StartUrl = options.StartUrl, Session = options.SessionName, Region = options.Region,
                },
                cancellationToken);
            return token.AccessToken;
        }
        // The login is missing, expired or malformed; the next step is the same.
        catch (Exception exception)
            when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw Expired(exception as AmazonClientException);
        }
    }

    private FargateException Expired(Exception? exception) =>
        CredentialErrors.LoginExpired(_source, options.ProfileName, exception);

    [SuppressMessage("Security", "CA5350", Justification = "AWS's tools name the file by it; it protects nothing.")]
    private string CacheFile
    {
        get
        {
            var name = SHA1.HashData(Encoding.UTF8.GetBytes(options.SessionName ?? options.StartUrl));
            return ProfilePaths.InFolder("sso", "cache", $"{Convert.ToHexString(name).ToLowerInvariant()}.json");
        }
    }

    /// <summary>A class, not a record, so that ToString shows no secret.</summary>
    private sealed class Login
    {
        public DateTimeOffset? ExpiresAt { get; init; }

        public string? RefreshToken { get; init; }
    }
}
