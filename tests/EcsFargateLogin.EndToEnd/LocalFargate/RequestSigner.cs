using System.Security.Cryptography;
using System.Text;
using LocalFargate.Signing;

namespace EcsFargateLogin.EndToEnd.LocalFargateTests;

/// <summary>Signs requests with Signature Version 4, and lets a test get each part of it wrong.</summary>
internal sealed record RequestSigner
{
    public string AccessKeyId { get; init; } = AwsCredential.OfThisProcess.AccessKeyId;

    public string Secret { get; init; } = AwsCredential.OfThisProcess.SecretAccessKey;

    public string? SessionToken { get; init; }

    public string Region { get; init; } = "us-east-1";

    /// <summary>The service that the scope names; null for the right one.</summary>
    public string? Service { get; init; }

    public TimeSpan ClockSkew { get; init; }

    public void Sign(HttpRequestMessage request, byte[] body, string service)
    {
        var now = DateTimeOffset.UtcNow + ClockSkew;
        var timestamp = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'");
        var scope = $"{timestamp[..8]}/{Region}/{Service ?? service}/aws4_request";
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = request.RequestUri!.Authority,
            ["x-amz-date"] = timestamp,
        };
        if (SessionToken is not null)
        {
            headers["x-amz-security-token"] = SessionToken;
        }

        var names = string.Join(';', headers.Keys);
        var canonical = $"POST\n/\n\n{string.Concat(headers.Select(header => $"{header.Key}:{header.Value}\n"))}\n{names}\n{Hash(body)}";
        var toSign = $"AWS4-HMAC-SHA256\n{timestamp}\n{scope}\n{Hash(Encoding.UTF8.GetBytes(canonical))}";
        var key = scope.Split('/').Aggregate(
            Encoding.UTF8.GetBytes("AWS4" + Secret), (key, part) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part)));
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));

        foreach (var (name, value) in headers.Where(header => header.Key != "host"))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"AWS4-HMAC-SHA256 Credential={AccessKeyId}/{scope}, SignedHeaders={names}, Signature={signature}");
    }

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
