using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace EcsFargateLogin.Aws.Clients;

/// <summary>
/// A service reached through the SDK's own client of it. That client is made, and its assembly loaded, with the first
/// request: not every session needs it. Derived classes therefore name its types in the bodies of methods alone.
/// </summary>
/// <param name="settings">How the service is reached.</param>
/// <param name="create">Makes the SDK's client.</param>
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
    /// Has the replies to a client of the query protocols read by <see cref="XmlReplyUnmarshaller"/>, as those to this
    /// module's own clients are.
    /// </summary>
    protected static void CheckReplies(RuntimePipeline pipeline) => pipeline.AddHandlerAfter<Marshaller>(new ReplyCheck());

    private sealed class ReplyCheck : PipelineHandler
    {
        public override Task<T> InvokeAsync<T>(IExecutionContext executionContext)
        {
            var context = (RequestContext)executionContext.RequestContext;
            var rootName = $"{context.Request.Parameters["Action"]}Response";
            context.Unmarshaller = new XmlReplyUnmarshaller(rootName, context.Unmarshaller);
            return base.InvokeAsync<T>(executionContext);
        }
    }
}

/// <summary>One page of a list.</summary>
/// <param name="Items">What is on it.</param>
/// <param name="NextToken">Asks for the next one; absent or empty on the last.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? NextToken);

internal static class Page
{
    /// <summary>A page of an answer, whose list and whose items may be absent.</summary>
    internal static Page<string> Of(IReadOnlyList<string?>? items, string? nextToken) =>
        new([.. (items ?? []).OfType<string>()], nextToken);
}
