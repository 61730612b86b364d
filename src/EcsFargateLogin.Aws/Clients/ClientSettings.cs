using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;

namespace EcsFargateLogin.Aws.Clients;

/// <summary>
/// How one service is reached, by a client of this module as by one of the SDK. Whatever depends on a profile, the
/// environment or a parameter was resolved before, so that two connections of one process can differ.
/// </summary>
/// <param name="ServiceId">The service's id in its model, such as CloudWatch Logs.</param>
/// <param name="SigningName">The service's name in signatures.</param>
/// <param name="Region">The region that requests are signed for.</param>
/// <param name="Endpoint">Where requests go.</param>
internal sealed record ClientSettings(string ServiceId, string SigningName, string Region, Uri Endpoint)
{
    private static readonly TimeSpan s_connectLimit = TimeSpan.FromSeconds(5);

    /// <summary>How requests introduce themselves. The SDK appends the platform.</summary>
    internal static string UserAgent { get; } =
        $"EcsFargateLogin/{typeof(ClientSettings).Assembly.GetName().Version!.ToString(3)}";

    /// <summary>How often refused requests are sent again.</summary>
    internal RetrySettings Retries { get; init; } = new(MaxAttempts: null, Mode: null);

    /// <summary>The limit of one attempt; the SDK's standard mode makes at most three.</summary>
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
        // AWS_DEFAULTS_MODE would have the SDK's clients ask the metadata service for their defaults.
        config.DefaultConfigurationMode = DefaultConfigurationMode.Standard;
        config.RetryMode = Retries.Mode ?? config.RetryMode;
        config.MaxErrorRetry = Retries.MaxAttempts is { } attempts ? attempts - 1 : config.MaxErrorRetry;
        config.Timeout = AttemptLimit;
        config.ConnectTimeout = s_connectLimit;
        // A lost reply counts like any other failed attempt, instead of being asked for ten times more.
        config.MaxStaleConnectionRetries = 0;
        config.AllowAutoRedirect = false;
        return config;
    }

    private sealed class ResolvedEndpoint(Uri endpoint) : IEndpointProvider
    {
        public Endpoint ResolveEndpoint(EndpointParameters parameters) => new(endpoint.AbsoluteUri);
    }
}
