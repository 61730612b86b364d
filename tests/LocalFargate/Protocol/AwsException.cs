using System.Text.Json.Nodes;

namespace LocalFargate.Protocol;

/// <summary>A refusal as AWS words it. The protocol decides how it is written on the wire.</summary>
/// <param name="code">AWS's error code, such as InvalidParameterException.</param>
/// <param name="message">AWS's message.</param>
/// <param name="statusCode">The HTTP status.</param>
public sealed class AwsException(string code, string message, int statusCode = 400) : Exception(message)
{
    /// <summary>AWS's error code.</summary>
    public string Code { get; } = code;

    /// <summary>The HTTP status.</summary>
    public int StatusCode { get; } = statusCode;

    /// <summary>Further members of the error's shape, such as resourceIds.</summary>
    public JsonObject Members { get; init; } = [];
}
