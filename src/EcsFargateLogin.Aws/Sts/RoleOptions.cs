using Amazon.Runtime;

namespace EcsFargateLogin.Aws.Sts;

/// <summary>What a profile or the environment says of a role to assume.</summary>
/// <param name="Source">Who says it, for people.</param>
/// <param name="RoleArn">The role.</param>
internal sealed record RoleOptions(string Source, string RoleArn)
{
    /// <summary>What the role's session is called, in CloudTrail too.</summary>
    internal string SessionName { get; init; } = $"EcsFargateLogin-{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}";

    internal string? ExternalId { get; init; }

    /// <summary>The MFA device whose code STS is sent; null for none.</summary>
    internal string? MfaSerialNumber { get; init; }

    /// <summary>How long its keys are asked for, in seconds; null leaves that to STS: an hour.</summary>
    internal int? DurationSeconds { get; init; }
}

/// <summary>Keys that end.</summary>
/// <param name="Credentials">The keys.</param>
/// <param name="End">When they end; null where whoever gave them does not tell.</param>
internal sealed record TemporaryKeys(ImmutableCredentials Credentials, DateTimeOffset? End);
