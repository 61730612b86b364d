using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using EcsFargateLogin.Aws.Profiles;
using EcsFargateLogin.Aws.Sts;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>
/// A client of EC2's metadata service. The SDK's client waits and retries for half a minute on a machine that is not EC2, and
/// is configured once a process.
/// </summary>
/// <param name="profile">The current profile, or null.</param>
internal sealed class InstanceMetadata(Profile? profile)
{
    private const string TokenHeader = "X-aws-ec2-metadata-token";
    private const string IPv4Endpoint = "http://169.254.169.254/";
    private const string IPv6Endpoint = "http://[fd00:ec2::254]/";
    private static readonly TimeSpan s_connectLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_answerLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_tokenLifetime = TimeSpan.FromMinutes(1);

    private static readonly HttpClient s_client = new(new SocketsHttpHandler
    {
        // The address is local to the machine: no proxy reaches it, and it never redirects.
        UseProxy = false,
        AllowAutoRedirect = false,
        ConnectTimeout = s_connectLimit,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5),
    })
    {
        Timeout = s_answerLimit,
        MaxResponseContentBufferSize = 64 * 1024,
    };

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    private static bool IsDisabled => EnvironmentNames.Switch(EnvironmentNames.MetadataDisabled) == true;

    /// <summary>Returns whether the service accepts connections.</summary>
    internal async Task<bool> IsReachableAsync(CancellationToken cancellationToken)
    {
        if (IsDisabled)
        {
            return false;
        }

        var endpoint = Endpoint;
        using var limit = TimeLimit.Begin(s_connectLimit, cancellationToken);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(endpoint.DnsSafeHost, endpoint.Port, limit.Token);
            return true;
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }

    /// <summary>Returns the instance's region, or null.</summary>
    internal async Task<string?> GetRegionAsync(CancellationToken cancellationToken) =>
        (await GetAsync<Identity>("latest/dynamic/instance-identity/document", cancellationToken))
            ?.Region is { Length: > 0 } region
            ? region
            : null;

    /// <summary>Returns the keys of the instance's role; null if it has none.</summary>
    internal async Task<TemporaryKeys?> GetKeysAsync(CancellationToken cancellationToken)
    {
        const string folder = "latest/meta-data/iam/security-credentials/";
        if (await GetAsync(folder, cancellationToken) is not { } roles || roles.Split('\n')[0].Trim() is not { Length: > 0 } role)
        {
            return null;
        }

        var keys = await GetAsync<Role>(folder + Uri.EscapeDataString(role), cancellationToken);
        return keys is { AccessKeyId.Length: > 0, SecretAccessKey.Length: > 0 }
            ? new(new(keys.AccessKeyId, keys.SecretAccessKey, keys.Token), keys.Expiration)
            : null;
    }

    private Uri Endpoint
    {
        get
        {
            var (text, source) = Configured(EnvironmentNames.MetadataEndpoint, "ec2_metadata_service_endpoint");
            return text is null ? new Uri(IsIPv6 ? IPv6Endpoint : IPv4Endpoint)
                : Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Scheme: "http", Host.Length: > 0 } ? url
                : throw CloudErrors.InvalidEndpoint(text, source);
        }
    }

    private bool IsIPv6 =>
        Configured(EnvironmentNames.MetadataEndpointMode, "ec2_metadata_service_endpoint_mode").Value is { } mode
        && mode.Equals("IPv6", StringComparison.OrdinalIgnoreCase);

    private bool IsVersion1Disabled =>
        EnvironmentNames.Switch(EnvironmentNames.MetadataV1Disabled) ?? profile?.Switch("ec2_metadata_v1_disabled") ?? false;

    private (string? Value, string Source) Configured(string variable, string setting) =>
        EnvironmentNames.Value(variable) is { } value ? (value, $"environment variable {variable}")
        : profile?.Text(setting) is { } text ? (text, $"{profile.Source}, {profile.Find(setting)!.Where}")
        : (null, "");

    private async Task<T?> GetAsync<T>(string path, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await GetAsync(path, cancellationToken) is { } text
                ? JsonSerializer.Deserialize<T>(text, s_json)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Returns the service's reply; null if there is none in time.</summary>
    private async Task<string?> GetAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, new Uri(Endpoint, path));
            if (await GetTokenAsync(cancellationToken) is { } token)
            {
                request.Headers.TryAddWithoutValidation(TokenHeader, token);
            }
            else if (IsVersion1Disabled)
            {
                return null;
            }

            using var reply = await s_client.SendAsync(request, cancellationToken);
            return reply.StatusCode == HttpStatusCode.OK ? await reply.Content.ReadAsStringAsync(cancellationToken) : null;
        }
        catch (Exception exception) when (IsNoReply(exception, cancellationToken))
        {
            return null;
        }
    }

    /// <summary>Returns the token for version 2 of the service; null if it has only version 1 or is too far away.</summary>
    private async Task<string?> GetTokenAsync(CancellationToken cancellationToken)
    {
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Put, new Uri(Endpoint, "latest/api/token"));
            request.Headers.Add($"{TokenHeader}-ttl-seconds", $"{s_tokenLifetime.TotalSeconds:0}");
            using var reply = await s_client.SendAsync(request, cancellationToken);
            return reply.StatusCode == HttpStatusCode.OK
                ? (await reply.Content.ReadAsStringAsync(cancellationToken)).Trim()
                : null;
        }
        catch (Exception exception) when (IsNoReply(exception, cancellationToken))
        {
            return null;
        }
    }

    private static bool IsNoReply(Exception exception, CancellationToken cancellationToken) =>
        exception is HttpRequestException or IOException
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private sealed class Identity
    {
        public string? Region { get; init; }
    }

    /// <summary>A class, not a record, so that ToString shows no secret.</summary>
    private sealed class Role
    {
        public string? AccessKeyId { get; init; }

        public string? SecretAccessKey { get; init; }

        public string? Token { get; init; }

        public DateTimeOffset? Expiration { get; init; }
    }
}

/// <summary>The credentials of an instance's role.</summary>
/// <param name="metadata">The instance's metadata service.</param>
internal sealed class InstanceCredentials(InstanceMetadata metadata) : RenewableCredentials
{
    /// <summary>The time for which ended keys are used: AWS accepts them if the service cannot renew them in time.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromMinutes(10);

    protected override async Task<TemporaryKeys> ObtainAsync(CancellationToken cancellationToken)
    {
        var keys = await metadata.GetKeysAsync(cancellationToken)
            ?? throw CredentialErrors.NoCredentials("the EC2 instance metadata service offers no role.");
        return keys.End <= DateTimeOffset.UtcNow ? keys with { End = DateTimeOffset.UtcNow + s_grace } : keys;
    }
}
