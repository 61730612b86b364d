using Amazon.Runtime;
using Amazon.Runtime.Internal;
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
        // Thrown here and not by the unmarshaller: of JSON, the SDK would try again, and meet the same proxy or login page.
        return reply.Body ?? throw new ForeignAnswerException(reply.HttpStatusCode, reply.ContentType);
    }
}
