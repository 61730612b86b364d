using System.Net;
using System.Xml;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Transform;

namespace EcsFargateLogin.Aws.Clients;

/// <summary>Reads a reply of the query protocols as a document.</summary>
/// <param name="rootName">The name that the reply's root element must have.</param>
internal sealed class XmlReplyUnmarshaller(string rootName) : XmlResponseUnmarshaller
{
    public override AmazonWebServiceResponse Unmarshall(XmlUnmarshallerContext input) =>
        new OperationReply<XElement>
        {
            Body = Root(input) is { } root && root.Name.LocalName == rootName ? root : null,
            ContentType = input.ResponseData.ContentType,
        };

    public override AmazonServiceException UnmarshallException(
        XmlUnmarshallerContext input, Exception innerException, HttpStatusCode statusCode)
    {
        var root = Root(input);
        var error = root?.Descendants().FirstOrDefault(element => element.Name.LocalName == "Error");
        var code = Text(error, "Code");
        return string.IsNullOrEmpty(code)
            ? new ForeignAnswerException(statusCode, input.ResponseData.ContentType)
            : new AmazonServiceException(
                Text(error, "Message") ?? "",
                innerException,
                ErrorType.Unknown,
                code,
                Text(root, "RequestID") ?? Text(root, "RequestId"),
                statusCode);
    }

    // Of EC2 without a namespace, of other services in one of their own.
    private static string? Text(XElement? parent, string name) =>
        parent?.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value;

    private static XElement? Root(XmlUnmarshallerContext input)
    {
        try
        {
            // A document type, and with it any entity, is refused: XmlReader's default.
            using var reader = XmlReader.Create(input.Stream);
            return XDocument.Load(reader).Root;
        }
        catch (XmlException)
        {
            return null;
        }
    }
}
