using System.Security.Cryptography;
using System.Text;
using LocalFargate.Signing;

namespace EcsFargateLogin.EndToEnd.LocalFargateTests;

/// <summary>Signs requests with Signature Version 4, and lets a test get each part of it wrong.</summary>
internal sealed record RequestSigner
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    public string AccessKeyId { get; init; } = AwsCredential.OfThisProcess.AccessKeyId;

    public string Secret { get; init; } = AwsCredential.OfThisProcess.SecretAccessKey;

    public string? SessionToken { get; init; }

    public string Region { get; init; } = "us-east-1";

    /// <summary>The service that the scope names; null for the right one.</summary>
    public string? Service { get; init; }

    public TimeSpan ClockSkew { get; init; }

    public void Sign(HttpRequestMessage request, byte[] body, string service)
    {
        var target = new Target("POST", request.RequestUri!.Authority, "/", "");
        foreach (var (name, value) in SignedHeaders(target, body, service))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }

    /// <summary>The headers that sign the opening of a WebSocket.</summary>
    /// <param name="url">Its URL, which is sent as it is.</param>
    /// <param name="service">The service's signing name.</param>
    /// <param name="plusIsSpace">Whether a plus sign in the query is signed as the space that it is in a form, as Go does.</param>
    public IReadOnlyDictionary<string, string> SignWebSocket(Uri url, string service, bool plusIsSpace = false)
    {
        var query = url.Query.TrimStart('?');
        return SignedHeaders(
            new Target("GET", url.Authority, url.AbsolutePath, plusIsSpace ? query.Replace("+", "%20") : query), [], service);
    }

    /// <summary>A URL with its signature in its query.</summary>
    public Uri Presign(Uri url, string service, int expires)
    {
        var timestamp = Timestamp();
        var scope = Scope(timestamp, service);
        var query = $"{url.Query.TrimStart('?')}&X-Amz-Algorithm={Algorithm}&X-Amz-Credential={Uri.EscapeDataString($"{AccessKeyId}/{scope}")}"
            + $"&X-Amz-Date={timestamp}&X-Amz-Expires={expires}&X-Amz-SignedHeaders=host"
            + (SessionToken is null ? "" : $"&X-Amz-Security-Token={Uri.EscapeDataString(SessionToken)}");
        var headers = new SortedDictionary<string, string> { ["host"] = url.Authority };
        var signature = Signature(new Target("GET", url.Authority, url.AbsolutePath, query), headers, [], timestamp, scope);
        return new Uri($"{url.GetLeftPart(UriPartial.Path)}?{query}&X-Amz-Signature={signature}");
    }

    private Dictionary<string, string> SignedHeaders(Target target, byte[] body, string service)
    {
        var timestamp = Timestamp();
        var scope = Scope(timestamp, service);
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["host"] = target.Host, ["x-amz-date"] = timestamp };
        if (SessionToken is not null)
        {
            headers["x-amz-security-token"] = SessionToken;
        }

        var signature = Signature(target, headers, body, timestamp, scope);
        return new Dictionary<string, string>(headers.Where(header => header.Key != "host"))
        {
            ["Authorization"] =
                $"{Algorithm} Credential={AccessKeyId}/{scope}, SignedHeaders={string.Join(';', headers.Keys)}, Signature={signature}",
        };
    }

    private string Signature(
        Target target, SortedDictionary<string, string> headers, byte[] body, string timestamp, string scope)
    {
        var query = target.Query.Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2).Select(part => Uri.EscapeDataString(Uri.UnescapeDataString(part))))
            .Select(pair => string.Join('=', pair))
            .Order(StringComparer.Ordinal);
        var canonical = $"{target.Method}\n{target.Path}\n{string.Join('&', query)}\n"
            + $"{string.Concat(headers.Select(header => $"{header.Key}:{header.Value}\n"))}\n{string.Join(';', headers.Keys)}\n{Hash(body)}";
        var toSign = $"{Algorithm}\n{timestamp}\n{scope}\n{Hash(Encoding.UTF8.GetBytes(canonical))}";
        var key = scope.Split('/').Aggregate(
            Encoding.UTF8.GetBytes("AWS4" + Secret), (key, part) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part)));
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
    }

    private string Timestamp() => (DateTimeOffset.UtcNow + ClockSkew).UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'");

    private string Scope(string timestamp, string service) => $"{timestamp[..8]}/{Region}/{Service ?? service}/aws4_request";

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private sealed record Target(string Method, string Host, string Path, string Query);
}
