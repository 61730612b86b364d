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

    /// <summary>How far the server's clock is ahead of this machine's.</summary>
    internal TimeSpan ClockOffset { get; init; }

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

        CheckScope(authorization, service);
        var credential = FindCredential(request, authorization.AccessKeyId, request.Header("X-Amz-Security-Token"), service);
        CheckTime(timestamp, authorization.Date, service, _tolerance);
        if (!authorization.SignedHeaders.Contains("host") || !authorization.SignedHeaders.Contains("x-amz-date"))
        {
            throw AuthenticationErrors.WrongScope(service, "'Host' and 'X-Amz-Date' must be among the signed headers.");
        }

        CheckSignature(request, authorization, timestamp, credential, service);
        return credential;
    }

    /// <summary>Returns the credential that signed the request in its query.</summary>
    /// <param name="request">The request.</param>
    /// <param name="service">The service's signing name, such as ec2-instance-connect.</param>
    /// <exception cref="AwsException">It was not signed by one that is accepted, or not now, or not for this.</exception>
    internal AwsCredential VerifyPresigned(SignedRequest request, string service)
    {
        var signature = QuerySignature.TryRead(request) ?? throw AuthenticationErrors.Incomplete(
            "The query requires X-Amz-Algorithm, X-Amz-Credential, X-Amz-Date, X-Amz-Expires, X-Amz-SignedHeaders and X-Amz-Signature.");
        CheckScope(signature.Authorization, service);
        var credential = FindCredential(request, signature.Authorization.AccessKeyId, signature.SessionToken, service);
        CheckTime(signature.Timestamp, signature.Authorization.Date, service, signature.Expires);
        if (!signature.Authorization.SignedHeaders.Contains("host"))
        {
            throw AuthenticationErrors.WrongScope(service, "'Host' must be among the signed headers.");
        }

        CheckSignature(request, signature.Authorization, signature.Timestamp, credential, service);
        return credential;
    }

    private void CheckScope(AuthorizationHeader authorization, string service)
    {
        if (authorization.Region != region)
        {
            throw AuthenticationErrors.WrongScope(service, $"Credential should be scoped to a valid region, not '{authorization.Region}'.");
        }

        if (authorization.Service != service)
        {
            throw AuthenticationErrors.WrongScope(service, $"Credential should be scoped to correct service: '{service}'.");
        }
    }

    /// <summary>
    /// A plus sign that the query has undecoded is itself or, as for forms, a space: clients that AWS accepts sign it as either.
    /// </summary>
    private static void CheckSignature(
        SignedRequest request, AuthorizationHeader authorization, string timestamp, AwsCredential credential, string service)
    {
        SignedRequest[] forms = [request, request with { RawQuery = request.RawQuery.Replace("+", "%20", StringComparison.Ordinal) }];
        if (!forms.Any(form => CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(CanonicalRequest.Sign(form, authorization, timestamp, credential.SecretAccessKey)),
            Encoding.ASCII.GetBytes(authorization.Signature))))
        {
            throw AuthenticationErrors.WrongSignature(service);
        }
    }

    private AwsCredential FindCredential(SignedRequest request, string accessKeyId, string? sessionToken, string service)
    {
        var credential = credentials.Append(AwsCredential.WellKnown).FirstOrDefault(candidate =>
            candidate.AccessKeyId == accessKeyId && candidate.SessionToken == sessionToken);
        if (credential is null || (credential == AwsCredential.WellKnown && !request.IsOfThisUser()))
        {
            throw AuthenticationErrors.UnknownKey(service);
        }

        return credential.ExpiresAt <= DateTimeOffset.UtcNow ? throw AuthenticationErrors.ExpiredToken(service) : credential;
    }

    private void CheckTime(string timestamp, string scopeDate, string service, TimeSpan validity)
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

        var now = DateTimeOffset.UtcNow + ClockOffset;
        if (signedAt < now - validity)
        {
            throw AuthenticationErrors.OutOfTime(
                service,
                $"Signature expired: {timestamp} is now earlier than {Text(now - validity)} ({Text(now)} - {validity.TotalMinutes} min.)");
        }

        if (signedAt > now + _tolerance)
        {
            throw AuthenticationErrors.OutOfTime(
                service, $"Signature not yet current: {timestamp} is still later than {Text(now + _tolerance)} ({Text(now)} + 5 min.)");
        }

        static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
    }
}
