using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Cloud;

/// <summary>Errors about credentials and their sources.</summary>
internal static class CredentialErrors
{
    internal static FargateException MfaCodeUnavailable(MfaRequest request, string why) => new(
        FargateError.NoCredentials,
        $"Profile '{request.ProfileName}' needs a code of the MFA device {request.SerialNumber}, but {why}.",
        "Run the command where PowerShell can ask you, or name a profile with temporary keys that were made with MFA "
            + "(aws sts get-session-token).")
    {
        Target = request.ProfileName,
    };

    /// <param name="profileName">The profile.</param>
    /// <param name="searched">The files, for people.</param>
    /// <param name="hint">A hint at similar profiles, as a sentence; or null.</param>
    internal static FargateException ProfileNotFound(string profileName, string searched, string? hint) => new(
        FargateError.ProfileNotFound,
        $"The credential profile '{profileName}' was not found in {searched}.{(hint is null ? "" : $" {hint}")}",
        "Check the name given to -ProfileName or AWS_PROFILE, "
            + "or create it with 'aws configure --profile NAME' or Set-AWSCredential.")
    {
        Target = profileName,
    };

    internal static FargateException NoCredentials(string? detail = null) => new(
        FargateError.NoCredentials,
        detail is null ? "No AWS credentials were found." : $"No AWS credentials were found: {detail}",
        "Name a profile with -ProfileName, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
            + "or log in with 'aws sso login' or 'aws configure'.");

    /// <param name="profileName">The profile.</param>
    /// <param name="reason">The setting and its defect, as the rest of a sentence without a secret.</param>
    internal static FargateException InvalidProfile(string profileName, string reason) => new(
        FargateError.InvalidProfile,
        $"The profile '{profileName}' cannot be used: its {reason}.",
        "Correct that setting, or choose another profile with -ProfileName.")
    {
        Target = profileName,
    };

    /// <param name="profileName">The profile that was requested.</param>
    /// <param name="where">The position of the line, for people. The line itself may hold a secret.</param>
    internal static FargateException ProfileMalformed(string profileName, string where) => CredentialsUnusable(
        $"profile '{profileName}'",
        $"{where} is malformed: it is neither a section's header, nor a setting (name = value), nor a comment.",
        exception: null);

    internal static FargateException LoginUnsupported(string profileName) => new(
        FargateError.NoCredentials,
        $"The profile '{profileName}' logs in with 'aws login' (login_session), which this module cannot use itself.",
        "Let the AWS CLI hand over the keys: add a profile with the line credential_process = aws configure export-credentials "
            + $"--profile {CommandText.WordInConfigFile(profileName, OperatingSystem.IsWindows())} --format process to the "
            + "config file, and name that profile.")
    {
        Target = profileName,
    };

    /// <param name="source">The source of the credentials, for people.</param>
    /// <param name="reason">The reason, as a sentence without a secret.</param>
    /// <param name="exception">The cause, or null where its text may hold a secret.</param>
    internal static FargateException CredentialsUnusable(string source, string reason, Exception? exception) => new(
        FargateError.NoCredentials,
        $"The credentials of {source} could not be obtained: {reason}",
        "Correct that source, or choose another one with -ProfileName.",
        exception)
    {
        Target = source,
    };

    internal static FargateException LoginExpired(string source, string? profileName, Exception? exception) => new(
        FargateError.CredentialsExpired,
        $"The login behind the credentials of {source} has expired.",
        profileName is null
            ? "Log in again with 'aws sso login' or Invoke-AWSSSOLogin, and repeat the command."
            : $"Log in again with 'aws sso login --profile {CommandText.Word(profileName)}' or "
                + $"'Invoke-AWSSSOLogin -ProfileName {CommandText.Word(profileName)}', and repeat the command.",
        exception)
    {
        Target = profileName,
    };
}
