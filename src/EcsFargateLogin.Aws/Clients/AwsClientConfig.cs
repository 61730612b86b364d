using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;

namespace EcsFargateLogin.Aws.Clients;

/// <summary>The configuration of this module's own clients, in the form in which the SDK's pipeline takes it.</summary>
internal sealed class AwsClientConfig : ClientConfig
{
    private readonly ClientSettings _settings;

    internal AwsClientConfig(ClientSettings settings)
        : base(new StandardDefaults())
    {
        _settings = settings;
        settings.ApplyTo(this);
    }

    internal Uri Endpoint => _settings.Endpoint;

    public override string ServiceVersion => "";

    public override string UserAgent => ClientSettings.UserAgent;

    public override string RegionEndpointServiceName => _settings.SigningName;

    /// <summary>
    /// The URL that a profile's services section names for a service, or else its endpoint_url. The SDK is asked,
    /// because it keeps services sections to itself.
    /// </summary>
    internal static string? ProfileUrl(string serviceId, string profileName, string? location)
    {
        var question = new AwsClientConfig(new(serviceId, "", "us-east-1", new Uri("https://localhost")))
        {
            Profile = new Profile(profileName, location),
            IgnoreConfiguredEndpointUrls = false,
        };
        return string.IsNullOrWhiteSpace(question.ServiceURL) ? null : question.ServiceURL;
    }

    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) =>
        new(Endpoint.AbsoluteUri);

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
