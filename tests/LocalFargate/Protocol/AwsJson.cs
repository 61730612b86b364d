using System.Text.Encodings.Web;
using System.Text.Json;

namespace LocalFargate.Protocol;

/// <summary>How JSON is written to the wire and measured: only what must be escaped is.</summary>
internal static class AwsJson
{
    internal static JsonSerializerOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
