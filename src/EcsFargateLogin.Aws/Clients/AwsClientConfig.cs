using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;

namespace EcsFargateLogin.Aws.Clients;

/// <summary>
/// How one service is reached. Whatever depends on a profile, the environment or a parameter was resolved before, so
/// that two connections of one process can differ.
/// </summary>
internal sealed class AwsClientConfig : ClientConfig
{
    // One attempt; the SDK's standard mode makes at most three, unless AWS_MAX_ATTEMPTS says otherwise.
    private static readonly TimeSpan AttemptLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);
    private static readonly string Agent =
        $"EcsFargateLogin/{typeof(AwsClientConfig).Assembly.GetName().Version!.ToString(3)}";

    private readonly Uri _endpoint;

    internal AwsClientConfig(string serviceId, string signingName, string region, Uri endpoint)
        : base(new StandardDefaults())
    {
        _endpoint = endpoint;
        ServiceId = serviceId;
        AuthenticationServiceName = signingName;
        RegionEndpointServiceName = signingName;
        RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        AuthenticationRegion = region;
        EndpointProvider = new ResolvedEndpoint(endpoint);
        IgnoreConfiguredEndpointUrls = true;
        Timeout = AttemptLimit;
        ConnectTimeout = ConnectLimit;
        // A lost reply counts like any other failed attempt, instead of being asked for ten times more.
        MaxStaleConnectionRetries = 0;
        AllowAutoRedirect = false;
    }

    internal Uri Endpoint => _endpoint;

    /// <summary>Retries as the environment or else the profile says; what neither says stays as it is.</summary>
    internal AwsClientConfig Retrying(RetrySettings retries)
    {
        RetryMode = retries.Mode ?? RetryMode;
        MaxErrorRetry = retries.MaxAttempts is { } attempts ? attempts - 1 : MaxErrorRetry;
        return this;
    }

    public override string ServiceVersion => "";

    public override string UserAgent => Agent;

    public override string RegionEndpointServiceName { get; }

    /// <summary>
    /// The URL that a profile's services section names for a service, or else its endpoint_url. The SDK is asked,
    /// because it keeps services sections to itself.
    /// </summary>
    internal static string? ProfileUrl(string serviceId, string profileName, string? location)
    {
        var question = new AwsClientConfig(serviceId, "", "us-east-1", new Uri("https://localhost"))
        {
            Profile = new Profile(profileName, location),
            IgnoreConfiguredEndpointUrls = false,
        };
        return string.IsNullOrWhiteSpace(question.ServiceURL) ? null : question.ServiceURL;
    }

    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) =>
        new(_endpoint.AbsoluteUri);

    private sealed class ResolvedEndpoint(Uri endpoint) : IEndpointProvider
    {
        public Endpoint ResolveEndpoint(EndpointParameters parameters) => new(endpoint.AbsoluteUri);
    }

    private sealed class StandardDefaults : IDefaultConfigurationProvider
    {
        public IDefaultConfiguration GetDefaultConfiguration(
            RegionEndpoint clientRegion, DefaultConfigurationMode? requestedConfigurationMode = null) =>
            new DefaultConfiguration
            {
                Name = DefaultConfigurationMode.Standard,
                RetryMode = RequestRetryMode.Standard,
            };
    }
}
