using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LocalFargate.Protocol;

namespace LocalFargate.Signing;

/// <summary>Verifies that a request was signed, lately, by somebody whom the server knows (Signature Version 4).</summary>
/// <param name="region">The region that credentials have to be scoped to.</param>
/// <param name="credentials">The credentials that are accepted.</param>
internal sealed class SignatureVerifier(string region, IReadOnlyCollection<AwsCredential> credentials)
{
    private static readonly TimeSpan _tolerance = TimeSpan.FromMinutes(5);

    /// <summary>Returns the credential that signed the request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="service">The service's signing name, such as ecs.</param>
    /// <exception cref="AwsException">It was not signed by one that is accepted, or not now, or not for this.</exception>
    internal AwsCredential Verify(SignedRequest request, string service)
    {
        var header = request.Header("Authorization") ?? throw AuthenticationErrors.Missing(service);
        var authorization = AuthorizationHeader.TryParse(header) ?? throw AuthenticationErrors.Incomplete(
            $"Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters of {AuthorizationHeader.Algorithm}.");
        var timestamp = request.Header("X-Amz-Date")
            ?? throw AuthenticationErrors.Incomplete("Authorization header requires existence of an 'X-Amz-Date' header.");

        if (authorization.Region != region)
        {
            throw AuthenticationErrors.WrongScope(service, $"Credential should be scoped to a valid region, not '{authorization.Region}'.");
        }

        if (authorization.Service != service)
        {
            throw AuthenticationErrors.WrongScope(service, $"Credential should be scoped to correct service: '{service}'.");
        }

        var credential = FindCredential(request, authorization.AccessKeyId, service);
        CheckTime(timestamp, authorization.Date, service);
        if (!authorization.SignedHeaders.Contains("host") || !authorization.SignedHeaders.Contains("x-amz-date"))
        {
            throw AuthenticationErrors.WrongScope(service, "'Host' and 'X-Amz-Date' must be among the signed headers.");
        }

        var expected = CanonicalRequest.Sign(request, authorization, timestamp, credential.SecretAccessKey);
        if (!CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(expected), Encoding.ASCII.GetBytes(authorization.Signature)))
        {
            throw AuthenticationErrors.WrongSignature(service);
        }

        return credential;
    }

    private AwsCredential FindCredential(SignedRequest request, string accessKeyId, string service)
    {
        var sessionToken = request.Header("X-Amz-Security-Token");
        var credential = credentials.Append(AwsCredential.WellKnown).FirstOrDefault(candidate =>
            candidate.AccessKeyId == accessKeyId && candidate.SessionToken == sessionToken);
        if (credential is null || (credential == AwsCredential.WellKnown && !request.IsOfThisUser()))
        {
            throw AuthenticationErrors.UnknownKey(service);
        }

        return credential.ExpiresAt <= DateTimeOffset.UtcNow ? throw AuthenticationErrors.ExpiredToken(service) : credential;
    }

    private static void CheckTime(string timestamp, string scopeDate, string service)
    {
        const string format = "yyyyMMdd'T'HHmmss'Z'";
        if (!DateTimeOffset.TryParseExact(
            timestamp, format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var signedAt))
        {
            throw AuthenticationErrors.Incomplete(
                $"Date must be in ISO-8601 'basic format'. Got '{timestamp}'. See http://en.wikipedia.org/wiki/ISO_8601");
        }

        if (!timestamp.StartsWith(scopeDate, StringComparison.Ordinal))
        {
            throw AuthenticationErrors.WrongScope(service, $"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{scopeDate}' != '{timestamp[..8]}', from '{timestamp}'.");
        }

        var now = DateTimeOffset.UtcNow;
        if (signedAt < now - _tolerance)
        {
            throw AuthenticationErrors.OutOfTime(
                service, $"Signature expired: {timestamp} is now earlier than {Text(now - _tolerance)} ({Text(now)} - 5 min.)");
        }

        if (signedAt > now + _tolerance)
        {
            throw AuthenticationErrors.OutOfTime(
                service, $"Signature not yet current: {timestamp} is still later than {Text(now + _tolerance)} ({Text(now)} + 5 min.)");
        }

        static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
    }
}
