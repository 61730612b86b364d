using Amazon.Runtime;

namespace EcsFargateLogin.Aws.Clients;

/// <summary>One call of one operation, with its body as it goes on the wire.</summary>
internal sealed class OperationRequest : AmazonWebServiceRequest
{
    internal required string Operation { get; init; }

    internal required byte[] Content { get; init; }

    internal required string ContentType { get; init; }

    /// <summary>The value of the header X-Amz-Target, which names the operation in the AWS JSON protocols.</summary>
    internal string? Target { get; init; }
}
