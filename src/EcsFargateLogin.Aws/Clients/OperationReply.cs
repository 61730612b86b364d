using Amazon.Runtime;

namespace EcsFargateLogin.Aws.Clients;

/// <summary>The answer to an operation, in the form in which the SDK's pipeline hands it on.</summary>
internal sealed class OperationReply<T> : AmazonWebServiceResponse
    where T : class
{
    /// <summary>The answer, or null when what came does not speak AWS's protocol.</summary>
    internal T? Body { get; init; }

    internal string? ContentType { get; init; }
}
