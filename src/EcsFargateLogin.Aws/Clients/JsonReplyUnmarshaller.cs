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
        var headerCode = input.ResponseData.GetHeaderValue("x-amzn-ErrorType");
        try
        {
            using var body = JsonDocument.Parse(input.Stream);
            var code = Text(body.RootElement, "__type") ?? Text(body.RootElement, "code") ?? headerCode;
            if (!string.IsNullOrEmpty(code))
            {
                var message = Text(body.RootElement, "message") ?? Text(body.RootElement, "Message") ?? "";
                var requestId = input.ResponseData.GetHeaderValue("x-amzn-RequestId");
                return new AmazonServiceException(
                    message, innerException, ErrorType.Unknown, ShortCode(code), requestId, statusCode);
            }
        }
        catch (JsonException)
        {
            // Not JSON: falls through to what both cases have in common.
        }

        return new ForeignAnswerException(statusCode, input.ResponseData.ContentType);
    }

    // "com.amazonaws.ecs#ClientException:http://…" is ClientException.
    private static string ShortCode(string code) => code[(code.IndexOf('#') + 1)..].Split(':')[0];

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
