using System.Globalization;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Sts;

/// <summary>AWS STS: whom credentials belong to, and what time it is there.</summary>
internal sealed class StsClient(AWSCredentials credentials, ClientSettings settings)
    : SdkClient(settings, () => new Sdk(credentials, settings))
{
    internal const string ServiceId = "STS";
    internal const string SigningName = "sts";

    internal async Task<CallerIdentity> GetCallerAsync(CancellationToken cancellationToken)
    {
        var sts = (AmazonSecurityTokenServiceClient)Client;
        TimeSpan? skew = null;
        ResponseEventHandler noteTime = (_, happened) => skew = SkewOf(happened as WebServiceResponseEventArgs);
        sts.AfterResponseEvent += noteTime;
        try
        {
            var reply = await sts.GetCallerIdentityAsync(new GetCallerIdentityRequest(), cancellationToken);
            return new(reply.Arn ?? throw FargateErrors.MalformedAnswer("sts:GetCallerIdentity", "lacks Arn"), skew);
        }
        finally
        {
            sts.AfterResponseEvent -= noteTime;
        }
    }

    private static TimeSpan? SkewOf(WebServiceResponseEventArgs? reply) =>
        reply?.ResponseHeaders
            .FirstOrDefault(header => header.Key.Equals("Date", StringComparison.OrdinalIgnoreCase))
            .Value is { } text
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var there)
            ? there - DateTimeOffset.UtcNow
            : null;

    private sealed class Sdk(AWSCredentials credentials, ClientSettings settings)
        : AmazonSecurityTokenServiceClient(credentials, settings.ApplyTo(new Config()))
    {
        protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
        {
            base.CustomizeRuntimePipeline(pipeline);
            CheckReplies(pipeline);
        }
    }

    private sealed class Config : AmazonSecurityTokenServiceConfig
    {
        public override string UserAgent => ClientSettings.UserAgent;
    }
}
