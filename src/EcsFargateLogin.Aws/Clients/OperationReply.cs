using Amazon.Runtime;

namespace EcsFargateLogin.Aws.Clients;

/// <summary>The answer to an operation, in the form in which the SDK's pipeline hands it on.</summary>
internal sealed class OperationReply<T> : AmazonWebServiceResponse
    where T : class
{
    internal T? Body { get; init; }
}
