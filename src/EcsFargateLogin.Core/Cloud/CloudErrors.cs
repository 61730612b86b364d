namespace EcsFargateLogin.Cloud;

/// <summary>Errors about the region and the endpoint, and errors that every service of AWS may return.</summary>
internal static class CloudErrors
{
    /// <summary>The next step where the account's quota of tasks is used up.</summary>
    internal const string RaiseQuota =
        "Stop sessions and tasks that are not needed, or ask for a higher quota of vCPUs under Service Quotas, AWS Fargate.";

    internal static FargateException NoRegion() => new(
        FargateError.NoRegion,
        "No AWS region was named or found.",
        "Name one with -Region, such as -Region eu-central-1, or set AWS_REGION or the profile's region.");

    internal static FargateException InvalidRegion(string region, string source) => new(
        FargateError.NoRegion,
        $"'{region}' (from {source}) is not the name of an AWS region.",
        "Region names have the form eu-central-1: lower-case letters, digits and hyphens, without quotes or a comment after "
        + "them.")
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
        $"{Host(endpoint)} answered with something that is not a reply of AWS "
            + $"(HTTP status {statusCode}, {contentType ?? "no content type"}).",
        "Check -EndpointUrl, and whether a proxy or a login page of the network stands in between.")
    {
        Target = endpoint.AbsoluteUri,
        StatusCode = statusCode,
    };

    /// <param name="operation">The operation, such as ecs:RunTask.</param>
    /// <param name="what">The defect of the reply, as the end of a sentence.</param>
    internal static FargateException MalformedReply(string operation, string what) => new(
        FargateError.ServiceFailed,
        $"The reply to {operation} {what}.",
        "Try again; if it happens again, check that the endpoint is AWS's own or compatible with it.")
    {
        Target = operation,
    };

    internal static FargateException AccessDenied(string action, ServiceReply reply) => ServiceReply.ErrorOf(
        FargateError.AccessDenied, reply, action,
        $"The credentials are not allowed to perform {action}.",
        $"Add {action} to the policy of this user or role; module/container/iam/caller-policy.json (in the README under "
            + "'Quick start with AWS') grants all that this module needs.");

    internal static FargateException CredentialsExpired(ServiceReply reply) => ServiceReply.ErrorOf(
        FargateError.CredentialsExpired, reply, null,
        "The AWS credentials have expired.",
        "Log in again ('aws sso login', Invoke-AWSSSOLogin, or new session keys), and repeat the command.");

    internal static FargateException CredentialsRejected(string credentialSource, ServiceReply reply) => ServiceReply.ErrorOf(
        FargateError.NoCredentials, reply, credentialSource,
        $"AWS did not accept the credentials of {credentialSource}.",
        "Check the keys, that they belong to this partition and region, and this machine's clock.");

    internal static FargateException Throttled(string operation, ServiceReply reply) => ServiceReply.ErrorOf(
        FargateError.Throttled, reply, operation,
        $"AWS slows this account down: {operation} was refused after all retries.",
        "Wait a moment and try again, or have fewer callers in this account and region.");

    internal static FargateException QuotaExceeded(string operation, ServiceReply reply) => ServiceReply.ErrorOf(
        FargateError.QuotaExceeded, reply, operation,
        "A quota of this AWS account is used up.",
        RaiseQuota);

    internal static FargateException ServiceFailed(string operation, ServiceReply reply) => ServiceReply.ErrorOf(
        FargateError.ServiceFailed, reply, operation,
        $"AWS failed to perform {operation}, after all retries.",
        "Try again in a minute; https://health.aws.amazon.com tells of disturbances.");

    internal static FargateException RequestRejected(string operation, ServiceReply reply) => ServiceReply.ErrorOf(
        FargateError.RequestRejected, reply, operation,
        $"AWS refused {operation}.",
        "Correct what it names, and try again.");

    internal static FargateException NoReplyInTime(string endpoint, Exception cause) => new(
        FargateError.EndpointUnreachable,
        $"{endpoint} has not answered in time.",
        "Check the network.",
        cause)
    { Target = endpoint };

    internal static FargateException ReplyNotAwaited(string endpoint, Exception cause) => new(
        FargateError.EndpointUnreachable,
        $"the reply of {endpoint} was not waited for.",
        "Get-FargateSession tells whether the task still runs.",
        cause)
    { Target = endpoint };

    private static string Host(Uri endpoint) =>
        endpoint.IsDefaultPort ? endpoint.Host : $"{endpoint.Host}:{endpoint.Port}";
}

/// <summary>AWS's refusal of a request, with AWS's code and message.</summary>
/// <param name="ErrorCode">AWS's error code, such as ClusterNotFoundException; null when the reply had none.</param>
/// <param name="Message">AWS's message; must hold no secret.</param>
internal sealed record ServiceReply(string? ErrorCode, string Message)
{
    /// <summary>AWS's id of the request.</summary>
    internal string? RequestId { get; init; }

    /// <summary>The HTTP status of the reply.</summary>
    internal int? StatusCode { get; init; }

    /// <summary>The exception of the SDK; null where its text may hold a secret.</summary>
    internal Exception? Exception { get; init; }

    /// <summary>The reply as a sentence of a message.</summary>
    internal string Quoted => (ErrorCode, string.IsNullOrWhiteSpace(Message)) switch
    {
        (null, true) => "AWS gave no reason.",
        (null, false) => $"AWS said: {Sentence}",
        (_, true) => $"AWS said: {ErrorCode}.",
        _ => $"AWS said: {ErrorCode}: {Sentence}",
    };

    /// <summary>Creates the error for a refusal; AWS's own message follows this module's.</summary>
    internal static FargateException ErrorOf(
        FargateError error, ServiceReply reply, string? target, string message, string nextStep) =>
        new(error, $"{message} {reply.Quoted}", nextStep, reply.Exception)
        {
            Target = target,
            ErrorCode = reply.ErrorCode,
            RequestId = reply.RequestId,
            StatusCode = reply.StatusCode,
        };

    private string Sentence => Message.TrimEnd().EndsWith('.') ? Message.Trim() : $"{Message.Trim()}.";
}
