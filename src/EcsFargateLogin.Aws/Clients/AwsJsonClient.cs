using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Transform;

namespace EcsFargateLogin.Aws.Clients;

/// <summary>A client of AWS JSON 1.1: an object in, an object out, the operation in a header.</summary>
internal abstract class AwsJsonClient : AwsClient
{
    private readonly string _targetPrefix;
    private readonly JsonSerializerContext _shapes;

    /// <param name="credentials">The credentials that sign requests.</param>
    /// <param name="settings">The settings of the service.</param>
    /// <param name="targetPrefix">The service's name and version in X-Amz-Target.</param>
    /// <param name="shapes">Every input and output of the service's operations.</param>
    protected AwsJsonClient(
        AWSCredentials credentials, ClientSettings settings, string targetPrefix, JsonSerializerContext shapes)
        : base(credentials, settings)
    {
        _targetPrefix = targetPrefix;
        _shapes = shapes;
    }

    protected Task<TOutput> CallAsync<TInput, TOutput>(
        string operation, TInput input, CancellationToken cancellationToken)
        where TOutput : class
    {
        var request = new OperationRequest
        {
            Operation = operation,
            Content = JsonSerializer.SerializeToUtf8Bytes(input, Shape<TInput>()),
            ContentType = "application/x-amz-json-1.1",
            Target = $"{_targetPrefix}.{operation}",
        };
        return SendAsync<TOutput>(request, new JsonReplyUnmarshaller<TOutput>(Shape<TOutput>()), cancellationToken);
    }

    private JsonTypeInfo<T> Shape<T>() => (JsonTypeInfo<T>)_shapes.GetTypeInfo(typeof(T))!;
}

/// <summary>Reads a reply of the AWS JSON protocols with System.Text.Json.</summary>
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
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // An error may consist of a header only, or of text that is not Unicode.
        }

        code ??= input.ResponseData.GetHeaderValue("x-amzn-ErrorType");
        var requestId = input.ResponseData.GetHeaderValue("x-amzn-RequestId");
        return string.IsNullOrEmpty(code)
            ? new ForeignReplyException(statusCode, input.ResponseData.ContentType)
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

/// <summary>The JSON format of the AWS JSON protocols.</summary>
internal static class WireJson
{
    /// <summary>Creates the options for one context of shapes.</summary>
    /// <param name="isCamelCase">Whether the service's members begin with a small letter.</param>
    internal static JsonSerializerOptions CreateOptions(bool isCamelCase = true) => new()
    {
        PropertyNamingPolicy = isCamelCase ? JsonNamingPolicy.CamelCase : null,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new EpochSecondsConverter() },
        // The length of overrides is limited: "+" in a key or "é" in a value must not become six characters.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}

/// <summary>Reads and writes times of the AWS JSON protocols: seconds since 1970, with a fraction.</summary>
internal sealed class EpochSecondsConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return DateTimeOffset.UnixEpoch.AddSeconds(reader.GetDouble());
        }
        catch (Exception exception)
            when (exception is ArgumentException or InvalidOperationException or FormatException)
        {
            throw new JsonException("The time is not a number of seconds since 1970.", exception);
        }
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.ToUnixTimeMilliseconds() / 1000m);
}
