using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EcsFargateLogin.Aws.Clients;

/// <summary>How the AWS JSON protocols write JSON.</summary>
internal static class WireJson
{
    /// <summary>Options for one context of shapes.</summary>
    internal static JsonSerializerOptions CreateOptions() => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new EpochSecondsConverter() },
        // Overrides are limited in length: "+" in a key or "é" in a value must not become six characters.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
