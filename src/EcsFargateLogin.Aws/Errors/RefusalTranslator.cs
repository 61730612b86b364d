using System.Text.RegularExpressions;
using Amazon.Runtime;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Errors;

/// <summary>
/// Converts AWS's rejection of a request to an error. ECS has few codes (ClientException, InvalidParameterException) for many
/// causes, so its message is read too.
/// </summary>
internal static partial class RefusalTranslator
{
    private const string RegisterTaskDefinition = "ecs:RegisterTaskDefinition";

    internal static FargateException Translate(AmazonServiceException refusal, ServiceCall call)
    {
        var answer = Answer(refusal);
        return FromMessage(answer, call) ?? FromCode(answer, call);
    }

    private static ServiceAnswer Answer(AmazonServiceException refusal)
    {
        // An error about a signature repeats the signed headers, with the session token, after its first line.
        var hasSecret = IsSignatureRefusal(refusal.ErrorCode);
        return new ServiceAnswer(refusal.ErrorCode, hasSecret ? refusal.Message.Split('\n')[0] : refusal.Message)
        {
            RequestId = string.IsNullOrEmpty(refusal.RequestId) ? null : refusal.RequestId,
            StatusCode = (int)refusal.StatusCode == 0 ? null : (int)refusal.StatusCode,
            Exception = hasSecret ? null : refusal,
        };
    }

    private static FargateException? FromMessage(ServiceAnswer answer, ServiceCall call)
    {
        var message = answer.Message;
        return answer.ErrorCode is not ("ClientException" or "InvalidParameterException" or "LimitExceededException"
            or "ThrottlingException" or "PlatformTaskDefinitionIncompatibilityException") ? null
            : Has(message, "InvalidSubnetID")
                ? EcsErrors.SubnetNotFound(Named(SubnetId(), message, call.Subnets), answer)
            : Has(message, "InvalidGroup.NotFound") || Has(message, "InvalidGroupId")
                ? EcsErrors.SecurityGroupNotFound(Named(SecurityGroupId(), message, call.SecurityGroups), answer)
            : Has(message, "reached the limit") || Has(message, "reached your limit") || Has(message, "vCPU limit")
                ? CloudErrors.QuotaExceeded(call.Operation, answer)
            : Has(message, "capacity is unavailable") ? EcsErrors.CapacityUnavailable(call.Operation, answer)
            : FromTaskMessage(answer, call);
    }

    private static FargateException? FromTaskMessage(ServiceAnswer answer, ServiceCall call)
    {
        var message = answer.Message;
        // The second is ECS's message for an id with a wrong format.
        return Has(message, "referenced task was not found") || Has(message, "length should be one of [32,36]")
                ? EcsErrors.TaskNotFound(call.Task ?? "", answer)
            : Has(message, "TaskDefinition not found") || Has(message, "TaskDefinition is inactive")
                || Has(message, "Unable to describe task definition")
                ? EcsErrors.TaskDefinitionNotFound(call.TaskDefinition ?? "", answer)
            : Has(message, "is not a container in the TaskDefinition")
                ? EcsErrors.ContainerNotFound(call.ContainerName ?? "", answer)
            : call.Operation == RegisterTaskDefinition && Has(message, "revision") ? FromRevisionMessage(answer, call)
            : Has(message, "Overrides length") ? EcsErrors.OverridesTooLong(answer)
            : Has(message, "execute command was not enabled") ? EcsErrors.ExecuteCommandRefused(call.Task ?? "", answer)
            : Has(message, "valid taskRoleArn") ? EcsErrors.TaskRoleMissing(call.TaskDefinition ?? "", answer)
            : IsUnsuitable(answer) ? EcsErrors.TaskDefinitionUnsuitable(call.TaskDefinition ?? "", answer)
            : null;
    }

    private static FargateException? FromRevisionMessage(ServiceAnswer answer, ServiceCall call) =>
        Has(answer.Message, "concurrent") ? EcsErrors.RevisionsAtOnce(call.TaskDefinition, answer)
        : Has(answer.Message, "limit") || Has(answer.Message, "maximum") || Has(answer.Message, "exceed")
            ? EcsErrors.RevisionLimit(call.TaskDefinition, answer)
        : null;

    private static bool IsUnsuitable(ServiceAnswer answer) =>
        answer.ErrorCode == "PlatformTaskDefinitionIncompatibilityException"
        || Has(answer.Message, "does not support launch_type")
        || Has(answer.Message, "not compatible with")
        || Has(answer.Message, "not valid for the given networkMode");

    private static FargateException FromCode(ServiceAnswer answer, ServiceCall call) => answer.ErrorCode switch
    {
        "AccessDeniedException" or "AccessDenied" or "UnauthorizedOperation" =>
            CloudErrors.AccessDenied(DeniedAction(answer.Message) ?? call.Operation, answer),
        "ExpiredTokenException" or "ExpiredToken" or "RequestExpired" or "TokenRefreshRequired" =>
            CloudErrors.CredentialsExpired(answer),
        "UnrecognizedClientException" or "InvalidClientTokenId" or "AuthFailure" or "MissingAuthenticationToken"
            or "MissingAuthenticationTokenException" or "OptInRequired" or "SubscriptionRequiredException" =>
            CloudErrors.CredentialsRejected(call.CredentialSource, answer),
        "LimitExceededException" when call.Operation == RegisterTaskDefinition =>
            EcsErrors.RevisionLimit(call.TaskDefinition, answer),
        "LimitExceededException" => CloudErrors.QuotaExceeded(call.Operation, answer),
        "TargetNotConnectedException" => EcsErrors.ExecuteCommandRefused(call.Task ?? "", answer),
        "ClusterNotFoundException" => EcsErrors.ClusterNotFound(call.Cluster ?? "", answer),
        "InvalidNetworkInterfaceID.NotFound" or "InvalidNetworkInterfaceId.Malformed"
            or "InvalidNetworkInterfaceID.Malformed" => EcsErrors.NetworkInterfaceNotFound(
                Named(NetworkInterfaceId(), answer.Message, call.NetworkInterfaces), answer),
        "InvalidGroup.NotFound" or "InvalidGroupId.Malformed" => EcsErrors.SecurityGroupNotFound(
            Named(SecurityGroupId(), answer.Message, call.SecurityGroups), answer),
        _ when IsSignatureRefusal(answer.ErrorCode) => CloudErrors.CredentialsRejected(call.CredentialSource, answer),
        _ when IsThrottling(answer) => CloudErrors.Throttled(call.Operation, answer),
        "ServerException" or "InternalFailure" or "InternalError" or "ServiceUnavailable" or "Unavailable" =>
            CloudErrors.ServiceFailed(call.Operation, answer),
        _ when answer.StatusCode >= 500 => CloudErrors.ServiceFailed(call.Operation, answer),
        _ => CloudErrors.RequestRejected(call.Operation, answer),
    };

    private static bool IsSignatureRefusal(string? code) =>
        code is "InvalidSignatureException" or "SignatureDoesNotMatch" or "IncompleteSignature"
            or "IncompleteSignatureException";

    private static bool IsThrottling(ServiceAnswer answer) =>
        answer.StatusCode == 429
        || answer.ErrorCode is "ThrottlingException" or "Throttling" or "ThrottledException" or "RequestLimitExceeded"
            or "RequestThrottled" or "RequestThrottledException" or "TooManyRequestsException" or "SlowDown";

    private static bool Has(string message, string part) => message.Contains(part, StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns the id in AWS's message, or else the ids that were sent.</summary>
    private static string Named(Regex id, string message, IReadOnlyCollection<string> sent)
    {
        var named = id.Matches(message);
        // ECS lists all requested ids first, and then quotes the wrong one.
        var match = named.FirstOrDefault(candidate => message[..candidate.Index].EndsWith('\'')) ?? named.FirstOrDefault();
        return match?.Value ?? string.Join(", ", sent);
    }

    private static string? DeniedAction(string message) =>
        Denied().Match(message) is { Success: true } match ? match.Groups["action"].Value : null;

    [GeneratedRegex(@"not authorized to perform:? (?<action>[a-z0-9-]+:[A-Za-z]+)")]
    private static partial Regex Denied();

    [GeneratedRegex(@"subnet-[0-9A-Za-z-]+")]
    private static partial Regex SubnetId();

    [GeneratedRegex(@"sg-[0-9A-Za-z-]+")]
    private static partial Regex SecurityGroupId();

    [GeneratedRegex(@"eni-[0-9A-Za-z-]+")]
    private static partial Regex NetworkInterfaceId();
}
