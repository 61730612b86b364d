using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin;

// Errors about how AWS is reached: credentials, region, endpoint, and what every service may answer.
internal static partial class FargateErrors
{
    /// <param name="profileName">The profile.</param>
    /// <param name="searched">The files, for people.</param>
    /// <param name="hint">What is there instead, as a sentence; or null.</param>
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
    /// <param name="reason">What is wrong with which of its settings, as the rest of a sentence without a secret.</param>
    internal static FargateException InvalidProfile(string profileName, string reason) => new(
        FargateError.InvalidProfile,
        $"The profile '{profileName}' cannot be used: its {reason}.",
        "Correct that setting, or choose another profile with -ProfileName.")
    {
        Target = profileName,
    };

    /// <param name="profileName">The profile that was looked for.</param>
    /// <param name="where">The line, for people. What stands there may be a secret.</param>
    internal static FargateException ProfileMalformed(string profileName, string where) => CredentialsUnusable(
        $"profile '{profileName}'",
        $"{where} is malformed: it is neither a section's header, nor a setting (name = value), nor a comment.",
        exception: null);

    internal static FargateException LoginUnsupported(string profileName) => new(
        FargateError.NoCredentials,
        $"The profile '{profileName}' logs in with 'aws login' (login_session), which this module cannot use itself.",
        "Let the AWS CLI hand over the keys: add a profile with the line credential_process = aws configure export-credentials "
            + $"--profile {CommandText.Word(profileName)} --format process to the config file, and name that profile.")
    {
        Target = profileName,
    };

    /// <param name="source">Where the credentials were looked for, for people.</param>
    /// <param name="reason">What went wrong there, as a sentence without a secret.</param>
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

    internal static FargateException NoRegion() => new(
        FargateError.NoRegion,
        "No AWS region was named or found.",
        "Name one with -Region, such as -Region eu-central-1, or set AWS_REGION or the profile's region.");

    internal static FargateException InvalidRegion(string region, string source) => new(
        FargateError.NoRegion,
        $"'{region}' (from {source}) is not the name of an AWS region.",
        "Region names look like eu-central-1: lower-case letters, digits and hyphens, without quotation marks or a comment behind them.")
    {
        Target = region,
    };

    internal static FargateException InvalidEndpoint(string endpoint, string source) => new(
        FargateError.InvalidEndpoint,
        $"The endpoint '{endpoint}' (from {source}) is not an absolute http or https URL "
            + "without a user, query or fragment.",
        "Write it like https://ecs.eu-central-1.amazonaws.com or http://127.0.0.1:4566.")
    {
        Target = endpoint,
    };

    internal static FargateException UnsupportedEndpoint(string service, string region, string kind) => new(
        FargateError.InvalidEndpoint,
        $"{service} has no {kind} endpoint in the partition of region {region}.",
        "Switch that setting off (AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT or the profile's), "
            + "or choose another region.")
    {
        Target = region,
    };

    internal static FargateException EndpointUnreachable(Uri endpoint, string reason, Exception? exception) => new(
        FargateError.EndpointUnreachable,
        $"{Host(endpoint)} could not be reached: {reason}",
        "Check the region's name, -EndpointUrl, the network, the proxy settings and the firewall.",
        exception)
    {
        Target = endpoint.AbsoluteUri,
    };

    internal static FargateException NotAws(Uri endpoint, int? statusCode, string? contentType) => new(
        FargateError.EndpointUnreachable,
        $"{Host(endpoint)} answered with something that is not an answer of AWS "
            + $"(HTTP status {statusCode}, {contentType ?? "no content type"}).",
        "Check -EndpointUrl, and whether a proxy or a login page of the network stands in between.")
    {
        Target = endpoint.AbsoluteUri,
        StatusCode = statusCode,
    };

    /// <param name="operation">What was called, such as ecs:RunTask.</param>
    /// <param name="what">What the answer lacks, as the end of a sentence.</param>
    internal static FargateException MalformedAnswer(string operation, string what) => new(
        FargateError.ServiceFailed,
        $"The answer to {operation} {what}.",
        "Try again; if it happens again, check that the endpoint is AWS's own or compatible with it.")
    {
        Target = operation,
    };

    internal static FargateException AccessDenied(string action, ServiceAnswer answer) => FromAws(
        FargateError.AccessDenied, answer, action,
        $"The credentials are not allowed to perform {action}.",
        $"Add {action} to the policy of this user or role; module/container/iam/caller-policy.json (in the README under "
            + "'Quick start with AWS') grants all that this module needs.");

    internal static FargateException CredentialsExpired(ServiceAnswer answer) => FromAws(
        FargateError.CredentialsExpired, answer, null,
        "The AWS credentials have expired.",
        "Log in again ('aws sso login', Invoke-AWSSSOLogin, or new session keys), and repeat the command.");

    internal static FargateException CredentialsRejected(string credentialSource, ServiceAnswer answer) => FromAws(
        FargateError.NoCredentials, answer, credentialSource,
        $"AWS did not accept the credentials of {credentialSource}.",
        "Check the keys, that they belong to this partition and region, and this machine's clock.");

    internal static FargateException Throttled(string operation, ServiceAnswer answer) => FromAws(
        FargateError.Throttled, answer, operation,
        $"AWS slows this account down: {operation} was refused after all retries.",
        "Wait a moment and try again, or have fewer callers in this account and region.");

    internal static FargateException QuotaExceeded(string operation, ServiceAnswer answer) => FromAws(
        FargateError.QuotaExceeded, answer, operation,
        "A quota of this AWS account is used up.",
        RaiseQuota);

    internal static FargateException ServiceFailed(string operation, ServiceAnswer answer) => FromAws(
        FargateError.ServiceFailed, answer, operation,
        $"AWS failed to perform {operation}, after all retries.",
        "Try again in a minute; https://health.aws.amazon.com tells of disturbances.");

    internal static FargateException RequestRejected(string operation, ServiceAnswer answer) => FromAws(
        FargateError.RequestRejected, answer, operation,
        $"AWS refused {operation}.",
        "Correct what it names, and try again.");

    /// <summary>What to do where the account may have no more tasks.</summary>
    internal const string RaiseQuota =
        "Stop sessions and tasks that are not needed, or ask for a higher quota of vCPUs under Service Quotas, AWS Fargate.";

    private static FargateException FromAws(
        FargateError error, ServiceAnswer answer, string? target, string message, string nextStep) =>
        new(error, $"{message} {answer.Quoted}", nextStep, answer.Exception)
        {
            Target = target,
            ErrorCode = answer.ErrorCode,
            RequestId = answer.RequestId,
            StatusCode = answer.StatusCode,
        };

    private static string Host(Uri endpoint) =>
        endpoint.IsDefaultPort ? endpoint.Host : $"{endpoint.Host}:{endpoint.Port}";
}
