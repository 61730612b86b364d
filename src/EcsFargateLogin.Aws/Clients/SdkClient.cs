using Amazon.Runtime;
using Amazon.Runtime.Internal;
using EcsFargateLogin.Foundation;

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
    /// Makes a client of the query protocols read replies by <see cref="XmlReplyUnmarshaller"/>, as this module's own clients do.
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
/// <param name="Items">The page's items.</param>
/// <param name="NextToken">The token of the next page; null or empty on the last page.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? NextToken);

internal static class Page
{
    /// <summary>Creates a page from a reply, in which the list and items may be absent.</summary>
    internal static Page<string> Of(IReadOnlyList<string?>? items, string? nextToken) =>
        new([.. (items ?? []).OfType<string>().Select(TerminalText.Clean)], nextToken);
}
