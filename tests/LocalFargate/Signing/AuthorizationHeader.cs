namespace LocalFargate.Signing;

/// <summary>
/// The parts of an Authorization header of Signature Version 4:
/// <c>AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, SignedHeaders=a;b, Signature=HEX</c>.
/// </summary>
internal sealed record AuthorizationHeader(
    string AccessKeyId, string Date, string Region, string Service, IReadOnlyList<string> SignedHeaders)
{
    internal const string Algorithm = "AWS4-HMAC-SHA256";

    internal required string Signature { get; init; }

    internal string Scope => $"{Date}/{Region}/{Service}/aws4_request";

    /// <summary>Null when the header is not of this form.</summary>
    internal static AuthorizationHeader? TryParse(string text)
    {
        if (!text.StartsWith(Algorithm + " ", StringComparison.Ordinal))
        {
            return null;
        }

        var parts = text[Algorithm.Length..].Split(',', StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2))
            .Where(part => part.Length == 2)
            .GroupBy(part => part[0])
            .ToDictionary(group => group.Key, group => group.First()[1]);
        if (!parts.TryGetValue("Credential", out var credential)
            || !parts.TryGetValue("SignedHeaders", out var signedHeaders)
            || !parts.TryGetValue("Signature", out var signature))
        {
            return null;
        }

        return credential.Split('/') is [var key, var date, var region, var service, "aws4_request"]
            ? new AuthorizationHeader(key, date, region, service, signedHeaders.Split(';')) { Signature = signature }
            : null;
    }
}
