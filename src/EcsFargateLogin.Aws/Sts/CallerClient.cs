using System.Globalization;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Sts;

/// <summary>Asks AWS STS whom credentials belong to, and what time it is there.</summary>
internal sealed class CallerClient(AWSCredentials credentials, AwsClientConfig config) : IDisposable
{
    internal const string ServiceId = "STS";
    internal const string SigningName = "sts";

    private readonly AmazonSecurityTokenServiceClient _sts = new(credentials, new AmazonSecurityTokenServiceConfig
    {
        ServiceURL = config.Endpoint.AbsoluteUri,
        AuthenticationRegion = config.AuthenticationRegion,
        IgnoreConfiguredEndpointUrls = true,
        Timeout = config.Timeout,
        RetryMode = config.RetryMode,
        MaxErrorRetry = config.MaxErrorRetry,
    });

    internal Uri Endpoint => config.Endpoint;

    internal async Task<CallerIdentity> GetCallerAsync(CancellationToken cancellationToken)
    {
        TimeSpan? skew = null;
        ResponseEventHandler noteTime = (_, happened) => skew = SkewOf(happened as WebServiceResponseEventArgs);
        _sts.AfterResponseEvent += noteTime;
        try
        {
            var reply = await _sts.GetCallerIdentityAsync(new GetCallerIdentityRequest(), cancellationToken);
            return new(reply.Arn ?? throw FargateErrors.MalformedAnswer("sts:GetCallerIdentity", "lacks Arn"), skew);
        }
        finally
        {
            _sts.AfterResponseEvent -= noteTime;
        }
    }

    public void Dispose() => _sts.Dispose();

    private static TimeSpan? SkewOf(WebServiceResponseEventArgs? reply) =>
        reply?.ResponseHeaders
            .FirstOrDefault(header => header.Key.Equals("Date", StringComparison.OrdinalIgnoreCase))
            .Value is { } text
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var there)
            ? there - DateTimeOffset.UtcNow
            : null;
}
