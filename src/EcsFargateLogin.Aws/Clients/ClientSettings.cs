using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;

namespace EcsFargateLogin.Aws.Clients;

/// <summary>
/// The settings of a client for one service, of this module or of the SDK. Profiles, environment and parameters are resolved
/// beforehand, so that two connections of one process can differ.
/// </summary>
/// <param name="ServiceId">The service's id in its model, such as CloudWatch Logs.</param>
/// <param name="SigningName">The service's name in signatures.</param>
/// <param name="Region">The region that requests are signed for.</param>
/// <param name="Endpoint">The service's endpoint.</param>
internal sealed record ClientSettings(string ServiceId, string SigningName, string Region, Uri Endpoint)
{
    private static readonly TimeSpan s_connectLimit = TimeSpan.FromSeconds(5);

    /// <summary>The user agent of requests. The SDK appends the platform.</summary>
    internal static string UserAgent { get; } =
        $"EcsFargateLogin/{typeof(ClientSettings).Assembly.GetName().Version!.ToString(3)}";

    /// <summary>The retries of failed requests.</summary>
    internal RetrySettings Retries { get; init; } = new(MaxAttempts: null, Mode: null);

    /// <summary>The time limit of one attempt; the SDK's standard mode makes at most three.</summary>
    internal TimeSpan AttemptLimit { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Applies the settings to the configuration of a client, and returns it.</summary>
    internal T ApplyTo<T>(T config)
        where T : ClientConfig
    {
        config.ServiceId = ServiceId;
        config.AuthenticationServiceName = SigningName;
        config.RegionEndpoint = RegionEndpoint.GetBySystemName(Region);
        config.AuthenticationRegion = Region;
        config.EndpointProvider = new ResolvedEndpoint(Endpoint);
        config.IgnoreConfiguredEndpointUrls = true;
        // Otherwise AWS_DEFAULTS_MODE could make the SDK's clients query the metadata service for defaults.
        config.DefaultConfigurationMode = DefaultConfigurationMode.Standard;
        config.RetryMode = Retries.Mode ?? config.RetryMode;
        config.MaxErrorRetry = Retries.MaxAttempts is { } attempts ? attempts - 1 : config.MaxErrorRetry;
        config.Timeout = AttemptLimit;
        config.ConnectTimeout = s_connectLimit;
        // A lost reply counts as a failed attempt, instead of causing ten more.
        config.MaxStaleConnectionRetries = 0;
        config.AllowAutoRedirect = false;
        return config;
    }

    private sealed class ResolvedEndpoint(Uri endpoint) : IEndpointProvider
    {
        public Endpoint ResolveEndpoint(EndpointParameters parameters) => new(endpoint.AbsoluteUri);
    }
}
