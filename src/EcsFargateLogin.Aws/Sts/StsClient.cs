using System.Globalization;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Sts;

/// <summary>The client of AWS STS, for the caller's identity, AWS's time, and the keys of roles.</summary>
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
            return new(reply.Arn ?? throw CloudErrors.MalformedReply("sts:GetCallerIdentity", "lacks Arn"), skew) { UserId = reply.UserId };
        }
        finally
        {
            sts.AfterResponseEvent -= noteTime;
        }
    }

    /// <param name="options">The role.</param>
    /// <param name="code">The code of the role's MFA device; null if it needs none.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    internal async Task<TemporaryKeys> AssumeRoleAsync(RoleOptions options, string? code, CancellationToken cancellationToken)
    {
        AssumeRoleRequest request = new()
        {
            RoleArn = options.RoleArn,
            RoleSessionName = options.SessionName,
            ExternalId = options.ExternalId,
            DurationSeconds = options.DurationSeconds,
            SerialNumber = options.MfaSerialNumber,
            TokenCode = code,
        };
        var reply = await ((AmazonSecurityTokenServiceClient)Client).AssumeRoleAsync(request, cancellationToken);
        return KeysOf("sts:AssumeRole", reply.Credentials);
    }

    /// <param name="options">The role.</param>
    /// <param name="token">The web identity's token.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    internal async Task<TemporaryKeys> AssumeRoleWithWebIdentityAsync(
        RoleOptions options, string token, CancellationToken cancellationToken)
    {
        AssumeRoleWithWebIdentityRequest request = new()
        {
            RoleArn = options.RoleArn,
            RoleSessionName = options.SessionName,
            WebIdentityToken = token,
        };
        var reply = await ((AmazonSecurityTokenServiceClient)Client).AssumeRoleWithWebIdentityAsync(request, cancellationToken);
        return KeysOf("sts:AssumeRoleWithWebIdentity", reply.Credentials);
    }

    private static TemporaryKeys KeysOf(string operation, Amazon.SecurityToken.Model.Credentials? keys) =>
        keys is { AccessKeyId.Length: > 0, SecretAccessKey.Length: > 0, Expiration: { } end }
            ? new(new(keys.AccessKeyId, keys.SecretAccessKey, keys.SessionToken), new(end.ToUniversalTime()))
            : throw CloudErrors.MalformedReply(operation, "lacks Credentials");

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

/// <summary>The settings of a role to assume, from a profile or the environment.</summary>
/// <param name="Source">Their source, for display.</param>
/// <param name="RoleArn">The role.</param>
internal sealed record RoleOptions(string Source, string RoleArn)
{
    /// <summary>The name of the role's session, which CloudTrail shows.</summary>
    internal string SessionName { get; init; } = $"EcsFargateLogin-{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}";

    internal string? ExternalId { get; init; }

    /// <summary>The MFA device that gives the code; null for none.</summary>
    internal string? MfaSerialNumber { get; init; }

    /// <summary>The requested lifetime of keys, in seconds; null for STS's default, an hour.</summary>
    internal int? DurationSeconds { get; init; }
}

/// <summary>Temporary keys.</summary>
/// <param name="Credentials">The keys.</param>
/// <param name="End">Their end; null if their source does not tell it.</param>
internal sealed record TemporaryKeys(ImmutableCredentials Credentials, DateTimeOffset? End);
