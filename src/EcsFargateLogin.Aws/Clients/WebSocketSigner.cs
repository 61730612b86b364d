using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;

namespace EcsFargateLogin.Aws.Clients;

/// <summary>
/// Signs the GET requests that open WebSockets, by the SDK's signers. The SDK has no client that opens any.
/// </summary>
/// <param name="credentials">The credentials.</param>
/// <param name="settings">The signing name, and the region.</param>
/// <param name="clock">
/// The endpoint of a request that has succeeded: where this machine's clock is wrong, the SDK has measured by how much there.
/// </param>
internal sealed class WebSocketSigner(AWSCredentials credentials, ClientSettings settings, Uri clock)
{
    private const string Token = "X-Amz-Security-Token";

    /// <summary>Signs in headers.</summary>
    /// <returns>The headers to add to the request.</returns>
    internal async Task<IReadOnlyDictionary<string, string>> SignHeadersAsync(Uri url)
    {
        var keys = await credentials.GetCredentialsAsync();
        var request = RequestFor(url);
        AddToken(request.Headers, keys);
        var result = new AWS4Signer().SignRequest(
            request, new AwsClientConfig(settings), metrics: null, keys.AccessKey, keys.SecretKey, Now);
        // The Host is the WebSocket's own.
        return request.Headers
            .Where(header => !header.Key.Equals("Host", StringComparison.OrdinalIgnoreCase))
            .Append(new("Authorization", result.ForAuthorizationHeader))
            .ToDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Signs in the query.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="lifetime">The time for which the signature is valid.</param>
    /// <returns>The signed URL.</returns>
    internal async Task<string> SignQueryAsync(Uri url, TimeSpan lifetime)
    {
        var keys = await credentials.GetCredentialsAsync();
        var request = RequestFor(url);
        request.Parameters["X-Amz-Expires"] = FormattableString.Invariant($"{lifetime.TotalSeconds:0}");
        AddToken(request.Parameters, keys);
        var result = AWS4PreSignedUrlSigner.SignRequest(
            request, new AwsClientConfig(settings), metrics: null, keys.AccessKey, keys.SecretKey, settings.SigningName, settings.Region, Now);
        var query = request.Parameters.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}");
        return $"{url.GetLeftPart(UriPartial.Path)}?{string.Join('&', query)}&{result.ForQueryParameters}";
    }

    private DateTime Now => CorrectClockSkew.GetCorrectedUtcNowForEndpoint(clock.AbsoluteUri);

    private static void AddToken(IDictionary<string, string> to, ImmutableCredentials keys)
    {
        if (keys.UseToken)
        {
            to[Token] = keys.Token;
        }
    }

    /// <summary>
    /// Returns the request to sign. A plus sign in the query of a data channel is one as it is, and AWS signs it as the blank that
    /// it stands for in a form, like its own programs do.
    /// </summary>
    private DefaultRequest RequestFor(Uri url)
    {
        DefaultRequest request = new(new OpenWebSocket(), settings.ServiceId)
        {
            HttpMethod = "GET",
            Endpoint = new Uri($"https://{url.Authority}"),
            ResourcePath = url.AbsolutePath,
            UseQueryString = true,
            Content = [],
        };
        foreach (var pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Replace('+', ' ').Split('=', 2);
            request.Parameters[Uri.UnescapeDataString(parts[0])] = parts is [_, var value] ? Uri.UnescapeDataString(value) : "";
        }

        return request;
    }

    private sealed class OpenWebSocket : AmazonWebServiceRequest;
}
