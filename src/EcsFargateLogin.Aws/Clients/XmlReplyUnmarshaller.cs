using System.Net;
using System.Xml;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Transform;

namespace EcsFargateLogin.Aws.Clients;

/// <summary>Reads a reply of the EC2 query protocol as a document.</summary>
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
        var error = root?.Descendants("Error").FirstOrDefault();
        var code = (string?)error?.Element("Code");
        return string.IsNullOrEmpty(code)
            ? new ForeignAnswerException(statusCode, input.ResponseData.ContentType)
            : new AmazonServiceException(
                (string?)error!.Element("Message") ?? "",
                innerException,
                ErrorType.Unknown,
                code,
                (string?)root!.Element("RequestID") ?? (string?)root.Element("RequestId"),
                statusCode);
    }

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
