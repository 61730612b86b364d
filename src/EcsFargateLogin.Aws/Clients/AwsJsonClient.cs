using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Amazon.Runtime;

namespace EcsFargateLogin.Aws.Clients;

/// <summary>A service that speaks AWS JSON 1.1: an object in, an object out, the operation in a header.</summary>
internal abstract class AwsJsonClient : AwsClient
{
    private readonly string _targetPrefix;
    private readonly JsonSerializerContext _shapes;

    /// <param name="credentials">What requests are signed with.</param>
    /// <param name="settings">How the service is reached.</param>
    /// <param name="targetPrefix">The service's name and version in X-Amz-Target.</param>
    /// <param name="shapes">Every input and output of the service's operations.</param>
    protected AwsJsonClient(
        AWSCredentials credentials, ClientSettings settings, string targetPrefix, JsonSerializerContext shapes)
        : base(credentials, settings)
    {
        _targetPrefix = targetPrefix;
        _shapes = shapes;
    }

    protected Task<TOutput> CallAsync<TInput, TOutput>(
        string operation, TInput input, CancellationToken cancellationToken)
        where TOutput : class
    {
        var request = new OperationRequest
        {
            Operation = operation,
            Content = JsonSerializer.SerializeToUtf8Bytes(input, Shape<TInput>()),
            ContentType = "application/x-amz-json-1.1",
            Target = $"{_targetPrefix}.{operation}",
        };
        return SendAsync<TOutput>(request, new JsonReplyUnmarshaller<TOutput>(Shape<TOutput>()), cancellationToken);
    }

    private JsonTypeInfo<T> Shape<T>() => (JsonTypeInfo<T>)_shapes.GetTypeInfo(typeof(T))!;
}
