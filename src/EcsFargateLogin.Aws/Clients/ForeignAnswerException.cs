using System.Net;
using Amazon.Runtime;

namespace EcsFargateLogin.Aws.Clients;

/// <summary>Something answered that does not speak AWS's protocol: a proxy, a login page, another server.</summary>
internal sealed class ForeignAnswerException : AmazonServiceException
{
    internal ForeignAnswerException(HttpStatusCode statusCode, string? contentType)
        : base($"HTTP status {(int)statusCode}, content type {contentType}, is not an answer of AWS.")
    {
        StatusCode = statusCode;
        ContentType = contentType;
    }

    internal string? ContentType { get; }
}
