using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LocalFargate.Services;

namespace LocalFargate.Protocol;

/// <summary>AWS JSON 1.1: the operation in X-Amz-Target, JSON in and out.</summary>
internal sealed class JsonProtocol(IReadOnlyList<IAwsService> services) : IWireProtocol
{
    internal const string TargetHeader = "X-Amz-Target";
    private const string MediaType = "application/x-amz-json-1.1";

    public string ContentType => MediaType;

    public (IAwsService Service, OperationModel Operation) FindOperation(HttpRequest request, byte[] body)
    {
        if (request.ContentType != MediaType)
        {
            throw new AwsException("SerializationException", $"The content type must be {MediaType}.");
        }

        var target = request.Headers[TargetHeader].ToString().Split('.', 2);
        var service = services.FirstOrDefault(candidate => candidate.Model.TargetPrefix == target[0]);
        return target.Length == 2 && service?.Model.FindOperation(target[1]) is { } operation
            ? (service, operation)
            : throw AwsEndpoint.UnknownOperation();
    }

    public JsonObject ReadParameters(OperationModel operation, byte[] body)
    {
        try
        {
            return JsonNode.Parse(body, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject
                ?? throw new AwsException("SerializationException", "The body must be a JSON object.");
        }
        catch (JsonException exception)
        {
            throw new AwsException("SerializationException", $"The body is not JSON: {exception.Message}");
        }
    }

    public AwsException InvalidInput(IReadOnlyList<ShapeProblem> problems) =>
        problems.FirstOrDefault(problem => problem.IsMalformed) is { } malformed
            ? new AwsException("SerializationException", malformed.Message)
            : new AwsException(
                "InvalidParameterException",
                $"{problems.Count} validation error{(problems.Count == 1 ? "" : "s")} detected: "
                + string.Join("; ", problems.Select(problem => problem.Message)));

    public string WriteReply(ServiceModel model, OperationModel operation, JsonObject reply) =>
        reply.ToJsonString(AwsJson.Options);

    public string WriteError(AwsException error)
    {
        var document = error.Members.DeepClone().AsObject();
        document["__type"] = error.Code;
        document["message"] = error.Message;
        return document.ToJsonString(AwsJson.Options);
    }
}

/// <summary>Writes and measures JSON for the wire: only the characters that must be escaped are.</summary>
internal static class AwsJson
{
    internal static JsonSerializerOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
