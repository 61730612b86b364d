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
