using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace EcsFargateLogin.Tests.Support;

/// <summary>A request as it came over the wire.</summary>
internal sealed record CapturedRequest(IReadOnlyDictionary<string, string> Headers, string Body)
{
    internal string Target => Headers["X-Amz-Target"];

    internal string Authorization => Headers["Authorization"];

    internal JsonElement Json => JsonDocument.Parse(Body).RootElement;

    internal IReadOnlyDictionary<string, string> Form =>
        QueryHelpers.ParseQuery(Body).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
}
