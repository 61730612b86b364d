using System.Globalization;
using Amazon.Runtime;
using EcsFargateLogin.Aws.Profiles;

namespace EcsFargateLogin.Aws.Clients;

/// <summary>The retries of failed requests. Null is the SDK's default.</summary>
/// <param name="MaxAttempts">The first attempt and all retries, at least 1.</param>
/// <param name="Mode">Standard or Adaptive.</param>
internal sealed record RetrySettings(int? MaxAttempts, RequestRetryMode? Mode)
{
    private const string ModeSetting = "retry_mode";
    private const string AttemptsSetting = "max_attempts";

    private const int StandardAttempts = 3;

    /// <summary>Reads the environment or else the profile; the SDK would read the environment only once a process.</summary>
    /// <exception cref="FargateException">The profile has an invalid value.</exception>
    internal static RetrySettings Of(Profile? profile) => new(
        Attempts(EnvironmentNames.Value(EnvironmentNames.MaxAttempts)) ?? AttemptsOf(profile) ?? StandardAttempts,
        ModeNamed(EnvironmentNames.Value(EnvironmentNames.RetryMode)) ?? ModeOf(profile) ?? RequestRetryMode.Standard);

    private static int? AttemptsOf(Profile? profile) => profile?.Text(AttemptsSetting) is not { } text ? null
        : Attempts(text) ?? throw profile.Invalid(profile.Find(AttemptsSetting)!, $"is '{text}', which is no number from 1");

    private static RequestRetryMode? ModeOf(Profile? profile) => profile?.Text(ModeSetting) is not { } text ? null
        : ModeNamed(text) ?? throw profile.Invalid(
            profile.Find(ModeSetting)!, $"is '{text}', which is none of standard, adaptive and legacy");

    private static int? Attempts(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var attempts) && attempts > 0 ? attempts : null;

    private static RequestRetryMode? ModeNamed(string? text) => text?.ToLowerInvariant() switch
    {
        // The SDK has no legacy mode, the default of version 1 of the AWS CLI.
        "standard" or "legacy" => RequestRetryMode.Standard,
        "adaptive" => RequestRetryMode.Adaptive,
        _ => null,
    };
}
