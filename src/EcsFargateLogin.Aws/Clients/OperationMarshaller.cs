using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace EcsFargateLogin.Aws.Clients;

/// <summary>Makes the HTTP request of any operation: a POST to / with the body that the client wrote.</summary>
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
