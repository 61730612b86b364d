using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace LocalFargate.Protocol;

/// <summary>Writes replies of the EC2 query protocol and of the query protocol, which are XML.</summary>
internal static class QueryWriter
{
    internal static string WriteReply(ServiceModel model, OperationModel operation, JsonObject reply, string requestId)
    {
        var root = Element(model, operation.Name + "Response");
        root.Add(Element(model, "requestId", requestId));
        var parent = root;
        if (operation.ResultWrapper is { } wrapper)
        {
            parent = Element(model, wrapper);
            root.Add(parent);
        }

        AddMembers(model, parent, operation.Output!, reply);
        return new XDeclaration("1.0", "UTF-8", null) + Environment.NewLine + root;
    }

    internal static string WriteError(AwsException error, string requestId) =>
        new XDeclaration("1.0", "UTF-8", null) + Environment.NewLine + new XElement(
            "Response",
            new XElement("Errors", new XElement(
                "Error", new XElement("Code", error.Code), new XElement("Message", error.Message))),
            new XElement("RequestID", requestId));

    private static void AddMembers(ServiceModel model, XElement parent, Shape shape, JsonObject node)
    {
        foreach (var (name, value) in node)
        {
            var member = shape.Members[name];
            if (value is not null)
            {
                parent.Add(Write(model, member.LocationName ?? name, member.Shape, value));
            }
        }
    }

    private static XElement Write(ServiceModel model, string name, Shape shape, JsonNode value)
    {
        var element = Element(model, name);
        switch (shape.Type)
        {
            case "structure":
                AddMembers(model, element, shape, value.AsObject());
                break;
            case "list":
                var item = shape.Element!;
                element.Add(value.AsArray().Select(node => Write(model, item.LocationName ?? model.ListItemName, item.Shape, node!)));
                break;
            case "timestamp":
                var time = DateTimeOffset.FromUnixTimeMilliseconds((long)((double)value * 1000));
                element.Value = time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'");
                break;
            default:
                element.Value = value.GetValueKind() == System.Text.Json.JsonValueKind.String
                    ? (string)value! : value.ToJsonString();
                break;
        }

        return element;
    }

    private static XElement Element(ServiceModel model, string name, object? content = null) =>
        new(XName.Get(name, model.XmlNamespace!), content);
}
