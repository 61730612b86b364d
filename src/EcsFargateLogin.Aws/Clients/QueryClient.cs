using System.Net;
using System.Xml;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Transform;
using Amazon.Runtime.Internal.Util;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Aws.Clients;

/// <summary>A client of the query protocol: a form in, an XML document out.</summary>
internal abstract class QueryClient(AWSCredentials credentials, ClientSettings settings, string apiVersion)
    : AwsClient(credentials, settings)
{
    /// <summary>Calls an operation and returns the root element of its reply.</summary>
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

    /// <summary>Returns the text of an element's child without control sequences; null if there is none.</summary>
    protected static string? Text(XElement parent, string name) =>
        Child(parent, name)?.Value is { Length: > 0 } text ? TerminalText.Clean(text) : null;

    /// <summary>Returns an element's child, in any namespace.</summary>
    protected static XElement? Child(XElement parent, string name) =>
        parent.Elements().FirstOrDefault(element => element.Name.LocalName == name);
}

/// <summary>
/// Reads a reply of the query protocols: checks its root element, then calls the unmarshaller of the operation. The SDK's
/// unmarshallers skip unknown elements, and would read a login page as an empty list.
/// </summary>
/// <param name="rootName">The name that the reply's root element must have.</param>
/// <param name="ofOperation">The SDK's unmarshaller of the operation; null reads the reply as a document.</param>
internal sealed class XmlReplyUnmarshaller(string rootName, ResponseUnmarshaller? ofOperation = null) : XmlResponseUnmarshaller
{
    public override UnmarshallerContext CreateContext(
        IWebResponseData response,
        bool readEntireResponse,
        Stream stream,
        RequestMetrics metrics,
        bool isException,
        IRequestContext requestContext)
    {
        var body = new MemoryStream();
        stream.CopyTo(body);
        body.Position = 0;
        if (RootOf(body) is not { } root || (!isException && root.Name.LocalName != rootName))
        {
            throw new ForeignReplyException(response.StatusCode, response.ContentType);
        }

        body.Position = 0;
        return ofOperation is null || isException
            ? base.CreateContext(response, readEntireResponse, body, metrics, isException, requestContext)
            : ofOperation.CreateContext(response, readEntireResponse, body, metrics, isException, requestContext);
    }

    public override AmazonWebServiceResponse Unmarshall(XmlUnmarshallerContext input)
    {
        try
        {
            return ofOperation?.Unmarshall(input) ?? new OperationReply<XElement> { Body = RootOf(input.Stream) };
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            // An invalid number or time.
            throw new ForeignReplyException(input.ResponseData.StatusCode, input.ResponseData.ContentType);
        }
    }

    public override AmazonServiceException UnmarshallException(
        XmlUnmarshallerContext input, Exception innerException, HttpStatusCode statusCode)
    {
        var root = RootOf(input.Stream);
        var error = root?.Descendants().FirstOrDefault(element => element.Name.LocalName == "Error");
        var code = Text(error, "Code");
        return string.IsNullOrEmpty(code)
            ? new ForeignReplyException(statusCode, input.ResponseData.ContentType)
            : new AmazonServiceException(
                Text(error, "Message") ?? "",
                innerException,
                ErrorType.Unknown,
                code,
                Text(root, "RequestID") ?? Text(root, "RequestId"),
                statusCode);
    }

    // EC2's elements have no namespace, those of other services do.
    private static string? Text(XElement? parent, string name) =>
        parent?.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value;

    private static XElement? RootOf(Stream body)
    {
        try
        {
            // By default, XmlReader rejects document types and so entities.
            using var reader = XmlReader.Create(body);
            return XDocument.Load(reader).Root;
        }
        catch (XmlException)
        {
            return null;
        }
    }
}
