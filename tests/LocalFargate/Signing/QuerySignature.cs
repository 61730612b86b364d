using System.Globalization;

namespace LocalFargate.Signing;

/// <summary>A signature of Signature Version 4 in the query of a URL.</summary>
internal sealed record QuerySignature(AuthorizationHeader Authorization, string Timestamp, TimeSpan Expires)
{
    internal const string SignatureName = "X-Amz-Signature";
    private const int MaxSeconds = 7 * 24 * 3600;

    internal string? SessionToken { get; init; }

    /// <summary>Null when a part is missing or has another form.</summary>
    internal static QuerySignature? TryRead(SignedRequest request)
    {
        var query = request.Query.ToLookup(pair => pair.Name, pair => pair.Value);
        string? Value(string name) => query[$"X-Amz-{name}"].FirstOrDefault();
        if (Value("Algorithm") != AuthorizationHeader.Algorithm
            || Value("Date") is not { } date
            || Value("SignedHeaders") is not { } signedHeaders
            || Value("Signature") is not { } signature
            || !int.TryParse(Value("Expires"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds is < 1 or > MaxSeconds
            || Value("Credential")?.Split('/') is not [var key, var day, var region, var service, "aws4_request"])
        {
            return null;
        }

        var authorization = new AuthorizationHeader(key, day, region, service, signedHeaders.Split(';')) { Signature = signature };
        return new QuerySignature(authorization, date, TimeSpan.FromSeconds(seconds)) { SessionToken = Value("Security-Token") };
    }

    /// <summary>Signs a GET of a path and query, which stay as they are, and adds the signature to them.</summary>
    internal static string Presign(string authority, string pathAndQuery, QuerySignature unsigned, AwsCredential credential)
    {
        var authorization = unsigned.Authorization;
        var parameters = new List<(string Name, string Value)>
        {
            ("Algorithm", AuthorizationHeader.Algorithm),
            ("Credential", $"{authorization.AccessKeyId}/{authorization.Scope}"),
            ("Date", unsigned.Timestamp),
            ("Expires", ((int)unsigned.Expires.TotalSeconds).ToString(CultureInfo.InvariantCulture)),
            ("SignedHeaders", string.Join(';', authorization.SignedHeaders)),
        };
        if (credential.SessionToken is { } sessionToken)
        {
            parameters.Add(("Security-Token", sessionToken));
        }

        var added = parameters.Select(pair => $"X-Amz-{pair.Name}={CanonicalRequest.Encode(pair.Value)}");
        var target = $"{pathAndQuery}&{string.Join('&', added)}";
        var parts = target.Split('?', 2);
        var request = new SignedRequest
        {
            Method = "GET",
            RawPath = parts[0],
            RawQuery = parts[1],
            Headers = new Dictionary<string, IReadOnlyList<string>> { ["host"] = [authority] },
            Body = default,
            IsOfThisUser = () => true,
        };
        return $"{target}&{SignatureName}={CanonicalRequest.Sign(request, authorization, unsigned.Timestamp, credential.SecretAccessKey)}";
    }
}
