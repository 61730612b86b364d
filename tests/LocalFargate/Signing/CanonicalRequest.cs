using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace LocalFargate.Signing;

/// <summary>Computes the signature of a request as Signature Version 4 lays down.</summary>
internal static partial class CanonicalRequest
{
    /// <summary>The signature in lower-case hexadecimal.</summary>
    internal static string Sign(SignedRequest request, AuthorizationHeader authorization, string timestamp, string secret)
    {
        var toSign = string.Join(
            '\n',
            AuthorizationHeader.Algorithm,
            timestamp,
            authorization.Scope,
            Hash(Encoding.UTF8.GetBytes(Build(request, authorization.SignedHeaders))));

        var key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (var part in authorization.Scope.Split('/'))
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
    }

    internal static string Hash(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static string Build(SignedRequest request, IReadOnlyList<string> signedHeaders)
    {
        var headers = signedHeaders.Select(name =>
            $"{name}:{Spaces().Replace((request.Header(name) ?? "").Trim(), " ")}\n");
        return string.Join(
            '\n',
            request.Method,
            string.Join('/', request.RawPath.Split('/').Select(Encode)),
            CanonicalQuery(request),
            string.Concat(headers),
            string.Join(';', signedHeaders),
            Hash(request.Body.Span));
    }

    // The signature itself is not signed.
    private static string CanonicalQuery(SignedRequest request)
    {
        var pairs = request.Query
            .Where(pair => pair.Name != QuerySignature.SignatureName)
            .Select(pair => (Name: Encode(pair.Name), Value: Encode(pair.Value)))
            .OrderBy(pair => pair.Name, StringComparer.Ordinal)
            .ThenBy(pair => pair.Value, StringComparer.Ordinal);
        return string.Join('&', pairs.Select(pair => $"{pair.Name}={pair.Value}"));
    }

    internal static string Encode(string text)
    {
        var encoded = new StringBuilder(text.Length);
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            var character = (char)octet;
            if (char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_' or '~')
            {
                encoded.Append(character);
            }
            else
            {
                encoded.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
            }
        }

        return encoded.ToString();
    }

    [GeneratedRegex(" +", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();
}
