using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Credentials.Internal;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.Runtime.Internal.Transform;

namespace EcsFargateLogin.Aws.Clients;

/// <summary>
/// A client of one AWS service on the SDK's own pipeline, which finds and refreshes credentials, signs, retries,
/// corrects the clock and goes through proxies.
/// </summary>
internal abstract class AwsClient : AmazonServiceClient
{
    private readonly OperationMarshaller _marshaller;

    protected AwsClient(AWSCredentials credentials, ClientSettings settings)
        : base(credentials, new AwsClientConfig(settings)) =>
        _marshaller = new OperationMarshaller(settings.ServiceId);

    internal Uri Endpoint => ((AwsClientConfig)Config).Endpoint;

    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        pipeline.AddHandlerAfter<Marshaller>(new BaseEndpointResolver());
        pipeline.AddHandlerAfter<Marshaller>(new SigV4AuthHandler());
    }

    protected async Task<T> SendAsync<T>(
        OperationRequest request, ResponseUnmarshaller unmarshaller, CancellationToken cancellationToken)
        where T : class
    {
        var options = new InvokeOptions { RequestMarshaller = _marshaller, ResponseUnmarshaller = unmarshaller };
        var reply = await InvokeAsync<OperationReply<T>>(request, options, cancellationToken);
        // Not thrown by the unmarshaller: for JSON the SDK would retry, and get the same proxy or login page.
        return reply.Body ?? throw new ForeignReplyException(reply.HttpStatusCode, reply.ContentType);
    }
}

/// <summary>The configuration of this module's own clients for the SDK's pipeline.</summary>
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

/// <summary>A call of an operation, with the body of its HTTP request.</summary>
internal sealed class OperationRequest : AmazonWebServiceRequest
{
    internal required string Operation { get; init; }

    internal required byte[] Content { get; init; }

    internal required string ContentType { get; init; }

    /// <summary>The value of the header X-Amz-Target, which names the operation in the AWS JSON protocols.</summary>
    internal string? Target { get; init; }
}

/// <summary>The reply of an operation, as the SDK's pipeline returns it.</summary>
internal sealed class OperationReply<T> : AmazonWebServiceResponse
    where T : class
{
    /// <summary>The reply's content; null if it does not follow AWS's protocol.</summary>
    internal T? Body { get; init; }

    internal string? ContentType { get; init; }
}

/// <summary>Creates the HTTP request of any operation: a POST to / with the operation's body.</summary>
internal sealed class OperationMarshaller(string serviceName) : IMarshaller<IRequest, AmazonWebServiceRequest>
{
    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var operation = (OperationRequest)input;
        var request = new DefaultRequest(operation, serviceName)
        {
            HttpMethod = "POST",
            ResourcePath = "/",
            Content = operation.Content,
        };
        request.Headers["Content-Type"] = operation.ContentType;
        if (operation.Target is not null)
        {
            request.Headers["X-Amz-Target"] = operation.Target;
        }

        return request;
    }
}

/// <summary>Signs every operation with SigV4.</summary>
internal sealed class SigV4AuthHandler : BaseAuthResolverHandler
{
    protected override List<IAuthSchemeOption> ResolveAuthOptions(IExecutionContext executionContext) =>
        AuthSchemeOption.DEFAULT_SIGV4;
}

/// <summary>The reply does not follow AWS's protocol: it is from a proxy, a login page or another server.</summary>
internal sealed class ForeignReplyException : AmazonServiceException
{
    internal ForeignReplyException(HttpStatusCode statusCode, string? contentType)
        : base($"HTTP status {(int)statusCode}, content type {contentType}, is not a reply of AWS.")
    {
        StatusCode = statusCode;
        ContentType = contentType;
    }

    internal string? ContentType { get; }
}
