using System.Xml.Linq;
using Amazon.Runtime;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Aws.Clients;

/// <summary>A service that speaks the query protocol: a form in, an XML document out.</summary>
internal abstract class QueryClient(AWSCredentials credentials, ClientSettings settings, string apiVersion)
    : AwsClient(credentials, settings)
{
    /// <summary>Calls an operation and returns the root element of its answer.</summary>
    protected async Task<XElement> CallAsync(
        string operation, IEnumerable<KeyValuePair<string, string>> parameters, CancellationToken cancellationToken)
    {
        KeyValuePair<string, string>[] form = [new("Action", operation), new("Version", apiVersion), .. parameters];
        using var content = new FormUrlEncodedContent(form);
        var request = new OperationRequest
        {
            Operation = operation,
            Content = await content.ReadAsByteArrayAsync(cancellationToken),
            ContentType = "application/x-www-form-urlencoded; charset=utf-8",
        };
        return await SendAsync<XElement>(request, new XmlReplyUnmarshaller($"{operation}Response"), cancellationToken);
    }

    /// <summary>The text of an element's child, without what a terminal would obey; null where there is none.</summary>
    protected static string? Text(XElement parent, string name) =>
        Child(parent, name)?.Value is { Length: > 0 } text ? TerminalText.Clean(text) : null;

    /// <summary>An element's child, in whatever namespace.</summary>
    protected static XElement? Child(XElement parent, string name) =>
        parent.Elements().FirstOrDefault(element => element.Name.LocalName == name);
}
