using System.Globalization;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using EcsFargateLogin.Aws.Credentials;

namespace EcsFargateLogin.Aws.Clients;

/// <summary>How often and in which way refused requests are tried again. What is null is the SDK's own.</summary>
/// <param name="MaxAttempts">The first attempt and all retries, at least 1.</param>
/// <param name="Mode">Standard or Adaptive.</param>
internal sealed record RetrySettings(int? MaxAttempts, RequestRetryMode? Mode)
{
    /// <summary>What the environment says, or else the profile. The SDK reads the environment once a process only.</summary>
    internal static RetrySettings Of(CredentialProfile? profile) => new(
        Attempts(EnvironmentNames.Value(EnvironmentNames.MaxAttempts)) ?? profile?.MaxAttempts,
        ModeNamed(EnvironmentNames.Value(EnvironmentNames.RetryMode)) ?? profile?.RetryMode);

    private static int? Attempts(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var attempts) && attempts > 0 ? attempts : null;

    private static RequestRetryMode? ModeNamed(string? text) =>
        Enum.TryParse<RequestRetryMode>(text, ignoreCase: true, out var mode) ? mode : null;
}
