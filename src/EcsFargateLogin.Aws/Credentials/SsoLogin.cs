using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Amazon.Runtime;

namespace EcsFargateLogin.Aws.Credentials;

/// <summary>The login to SSO that 'aws sso login' has left in its cache.</summary>
internal static class SsoLogin
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    /// <summary>When the login ends; null where it renews itself or cannot be read.</summary>
    internal static DateTimeOffset? EndOf(SSOAWSCredentials login)
    {
        try
        {
            var name = login.Options?.SessionName is { Length: > 0 } session ? session : login.StartUrl;
            using var file = File.OpenRead(PathOf(name));
            var token = JsonSerializer.Deserialize<Token>(file, s_json);
            return token is { RefreshToken: null or "" } ? token.ExpiresAt : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    [SuppressMessage("Security", "CA5350", Justification = "AWS's tools name the file so; nothing is protected by it.")]
    private static string PathOf(string name) => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        ".aws",
        "sso",
        "cache",
        $"{Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(name))).ToLowerInvariant()}.json");

    /// <summary>A class, not a record, so that it does not print what it holds.</summary>
    private sealed class Token
    {
        public DateTimeOffset? ExpiresAt { get; init; }

        public string? RefreshToken { get; init; }
    }
}
