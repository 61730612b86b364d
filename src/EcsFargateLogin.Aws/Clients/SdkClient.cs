using System.Net;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using Amazon.Runtime.Internal.Util;

namespace EcsFargateLogin.Aws.Clients;

/// <summary>
/// A service that is called through the SDK's client. The client is created, and its assembly loaded, by the first request,
/// as not every session needs it. So derived classes name its types in method bodies only.
/// </summary>
/// <param name="settings">The settings of the service.</param>
/// <param name="create">Creates the SDK's client.</param>
internal abstract class SdkClient(ClientSettings settings, Func<AmazonServiceClient> create) : IDisposable
{
    private readonly Lazy<AmazonServiceClient> _client = new(create);

    internal Uri Endpoint => settings.Endpoint;

    protected AmazonServiceClient Client => _client.Value;

    public void Dispose()
    {
        if (_client.IsValueCreated)
        {
            _client.Value.Dispose();
        }
    }

    /// <summary>
    /// Makes a client find out when a reply is not one of AWS: of the query protocols by <see cref="XmlReplyUnmarshaller"/>, of the
    /// JSON protocols by <see cref="JsonReplyCheck"/>.
    /// </summary>
    protected static void CheckReplies(RuntimePipeline pipeline) => pipeline.AddHandlerAfter<Marshaller>(new ReplyCheck());

    private sealed class ReplyCheck : PipelineHandler
    {
        public override Task<T> InvokeAsync<T>(IExecutionContext executionContext)
        {
            var context = (RequestContext)executionContext.RequestContext;
            context.Unmarshaller = context.Unmarshaller is JsonResponseUnmarshaller ofJson
                ? new JsonReplyCheck(ofJson)
                : new XmlReplyUnmarshaller($"{context.Request.Parameters["Action"]}Response", context.Unmarshaller);
            return base.InvokeAsync<T>(executionContext);
        }
    }
}

/// <summary>
/// Refuses replies that are no JSON objects, before the SDK's unmarshaller of the operation fails with them: the SDK would then ask
/// again, and get the same proxy or login page.
/// </summary>
/// <param name="ofOperation">The SDK's unmarshaller.</param>
internal sealed class JsonReplyCheck(JsonResponseUnmarshaller ofOperation) : JsonResponseUnmarshaller
{
    public override UnmarshallerContext CreateContext(
        IWebResponseData response,
        bool readEntireResponse,
        Stream stream,
        RequestMetrics metrics,
        bool isException,
        IRequestContext requestContext)
    {
        MemoryStream body = new();
        stream.CopyTo(body);
        // An error may consist of a header only.
        var isEmpty = isException && body.Length == 0 && response.IsHeaderPresent("x-amzn-ErrorType");
        if (!isEmpty && !IsObject(body.GetBuffer().AsMemory(0, (int)body.Length)))
        {
            throw new ForeignReplyException(response.StatusCode, response.ContentType);
        }

        body.Position = 0;
        return ofOperation.CreateContext(response, readEntireResponse, body, metrics, isException, requestContext);
    }

    public override AmazonWebServiceResponse Unmarshall(JsonUnmarshallerContext input) => ofOperation.Unmarshall(input);

    public override AmazonServiceException UnmarshallException(
        JsonUnmarshallerContext input, Exception innerException, HttpStatusCode statusCode) =>
        ofOperation.UnmarshallException(input, innerException, statusCode);

    private static bool IsObject(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

/// <summary>One page of a list.</summary>
/// <param name="Items">The page's items.</param>
/// <param name="NextToken">The token of the next page; null or empty on the last page.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? NextToken);

internal static class Page
{
    /// <summary>Creates a page from a reply, in which the list and items may be absent.</summary>
    internal static Page<string> Of(IReadOnlyList<string?>? items, string? nextToken) =>
        new([.. (items ?? []).OfType<string>()], nextToken);
}
