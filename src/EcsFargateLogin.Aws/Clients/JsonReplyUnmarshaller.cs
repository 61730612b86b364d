using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Transform;

namespace EcsFargateLogin.Aws.Clients;

/// <summary>Hands a reply of the AWS JSON protocols to System.Text.Json.</summary>
internal sealed class JsonReplyUnmarshaller<T>(JsonTypeInfo<T> shape) : JsonResponseUnmarshaller
    where T : class
{
    public override AmazonWebServiceResponse Unmarshall(JsonUnmarshallerContext input)
    {
        try
        {
            return new OperationReply<T> { Body = JsonSerializer.Deserialize(input.Stream, shape) };
        }
        catch (JsonException)
        {
            return new OperationReply<T> { ContentType = input.ResponseData.ContentType };
        }
    }

    public override AmazonServiceException UnmarshallException(
        JsonUnmarshallerContext input, Exception innerException, HttpStatusCode statusCode)
    {
        string? code = null;
        var message = "";
        try
        {
            using var body = JsonDocument.Parse(input.Stream);
            code = Text(body.RootElement, "__type") ?? Text(body.RootElement, "code");
            message = Text(body.RootElement, "message") ?? Text(body.RootElement, "Message") ?? "";
        }
        catch (JsonException)
        {
            // A refusal may be a header alone.
        }

        code ??= input.ResponseData.GetHeaderValue("x-amzn-ErrorType");
        var requestId = input.ResponseData.GetHeaderValue("x-amzn-RequestId");
        return string.IsNullOrEmpty(code)
            ? new ForeignAnswerException(statusCode, input.ResponseData.ContentType)
            : new AmazonServiceException(message, innerException, ErrorType.Unknown, ShortCode(code), requestId, statusCode);
    }

    // "com.amazonaws.ecs#ClientException:http://…" is ClientException.
    private static string ShortCode(string code) => code.Split(':')[0].Split('#')[^1];

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
