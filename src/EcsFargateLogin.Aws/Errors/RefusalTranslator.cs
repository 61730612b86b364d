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
    private const string StartSession = "ssm:StartSession";
    private const string RegisterTaskDefinition = "ecs:RegisterTaskDefinition";

    internal static FargateException Translate(AmazonServiceException refusal, ServiceCall call)
    {
        var reply = Reply(refusal);
        return FromMessage(reply, call) ?? FromCode(reply, call);
    }

    private static ServiceReply Reply(AmazonServiceException refusal)
    {
        // An error about a signature repeats the signed headers, with the session token, after its first line.
        var hasSecret = IsSignatureRefusal(refusal.ErrorCode);
        return new ServiceReply(refusal.ErrorCode, hasSecret ? refusal.Message.Split('\n')[0] : refusal.Message)
        {
            RequestId = string.IsNullOrEmpty(refusal.RequestId) ? null : refusal.RequestId,
            StatusCode = (int)refusal.StatusCode == 0 ? null : (int)refusal.StatusCode,
            Exception = hasSecret ? null : refusal,
        };
    }

    private static FargateException? FromMessage(ServiceReply reply, ServiceCall call)
    {
        var message = reply.Message;
        return reply.ErrorCode is not ("ClientException" or "InvalidParameterException" or "LimitExceededException"
            or "ThrottlingException" or "PlatformTaskDefinitionIncompatibilityException") ? null
            : Has(message, "InvalidSubnetID")
                ? EcsErrors.SubnetNotFound(Named(SubnetId(), message, call.Subnets), reply)
            : Has(message, "InvalidGroup.NotFound") || Has(message, "InvalidGroupId")
                ? EcsErrors.SecurityGroupNotFound(Named(SecurityGroupId(), message, call.SecurityGroups), reply)
            : Has(message, "reached the limit") || Has(message, "reached your limit") || Has(message, "vCPU limit")
                ? CloudErrors.QuotaExceeded(call.Operation, reply)
            : Has(message, "capacity is unavailable") ? EcsErrors.CapacityUnavailable(call.Operation, reply)
            : FromTaskMessage(reply, call);
    }

    private static FargateException? FromTaskMessage(ServiceReply reply, ServiceCall call)
    {
        var message = reply.Message;
        // The second is ECS's message for an id with a wrong format.
        return Has(message, "referenced task was not found") || Has(message, "length should be one of [32,36]")
                ? EcsErrors.TaskNotFound(call.Task ?? "", reply)
            : Has(message, "TaskDefinition not found") || Has(message, "TaskDefinition is inactive")
                || Has(message, "Unable to describe task definition")
                ? EcsErrors.TaskDefinitionNotFound(call.TaskDefinition ?? "", reply)
            : Has(message, "is not a container in the TaskDefinition")
                ? EcsErrors.ContainerNotFound(call.ContainerName ?? "", reply)
            : call.Operation == RegisterTaskDefinition && Has(message, "revision") ? FromRevisionMessage(reply, call)
            : IsAboutSize(message) ? EcsErrors.TaskSizeRefused(call.TaskDefinition ?? "", reply)
            : Has(message, "Overrides length") ? EcsErrors.OverridesTooLong(reply)
            : Has(message, "execute command was not enabled") ? EcsErrors.ExecuteCommandRefused(call.Task ?? "", reply)
            : Has(message, "valid taskRoleArn") ? EcsErrors.TaskRoleMissing(call.TaskDefinition ?? "", reply)
            : IsUnsuitable(reply) ? EcsErrors.TaskDefinitionUnsuitable(call.TaskDefinition ?? "", reply)
            : null;
    }

    private static FargateException? FromRevisionMessage(ServiceReply reply, ServiceCall call) =>
        Has(reply.Message, "concurrent") ? EcsErrors.RevisionsAtOnce(call.TaskDefinition, reply)
        : Has(reply.Message, "limit") || Has(reply.Message, "maximum") || Has(reply.Message, "exceed")
            ? EcsErrors.RevisionLimit(call.TaskDefinition, reply)
        : null;

    private static bool IsAboutSize(string message) =>
        Has(message, "No Fargate configuration exists")
        || Has(message, "Invalid 'cpu' setting for task") || Has(message, "Invalid 'memory' setting for task")
        || (Has(message, "setting for container") && Has(message, "is greater than for"));

    private static bool IsUnsuitable(ServiceReply reply) =>
        reply.ErrorCode == "PlatformTaskDefinitionIncompatibilityException"
        || Has(reply.Message, "does not support launch_type")
        || Has(reply.Message, "not compatible with")
        || Has(reply.Message, "not valid for the given networkMode");

    private static FargateException FromCode(ServiceReply reply, ServiceCall call) => reply.ErrorCode switch
    {
        "AccessDeniedException" when call.Operation == StartSession => EcsErrors.StartSessionDenied(call.Task ?? "", reply),
        "TargetNotConnected" => EcsErrors.AgentNotConnected(call.Task ?? "", reply),
        "AccessDeniedException" or "AccessDenied" or "UnauthorizedOperation" =>
            CloudErrors.AccessDenied(DeniedAction(reply.Message) ?? call.Operation, reply),
        "ExpiredTokenException" or "ExpiredToken" or "RequestExpired" or "TokenRefreshRequired" =>
            CloudErrors.CredentialsExpired(reply),
        "UnrecognizedClientException" or "InvalidClientTokenId" or "AuthFailure" or "MissingAuthenticationToken"
            or "MissingAuthenticationTokenException" or "OptInRequired" or "SubscriptionRequiredException" =>
            CloudErrors.CredentialsRejected(call.CredentialSource, reply),
        "LimitExceededException" when call.Operation == RegisterTaskDefinition =>
            EcsErrors.RevisionLimit(call.TaskDefinition, reply),
        "LimitExceededException" => CloudErrors.QuotaExceeded(call.Operation, reply),
        "TargetNotConnectedException" => EcsErrors.ExecuteCommandRefused(call.Task ?? "", reply),
        "ClusterNotFoundException" => EcsErrors.ClusterNotFound(call.Cluster ?? "", reply),
        "InvalidNetworkInterfaceID.NotFound" or "InvalidNetworkInterfaceId.Malformed"
            or "InvalidNetworkInterfaceID.Malformed" => EcsErrors.NetworkInterfaceNotFound(
                Named(NetworkInterfaceId(), reply.Message, call.NetworkInterfaces), reply),
        "InvalidGroup.NotFound" or "InvalidGroupId.Malformed" => EcsErrors.SecurityGroupNotFound(
            Named(SecurityGroupId(), reply.Message, call.SecurityGroups), reply),
        _ when IsSignatureRefusal(reply.ErrorCode) => CloudErrors.CredentialsRejected(call.CredentialSource, reply),
        _ when IsThrottling(reply) => CloudErrors.Throttled(call.Operation, reply),
        "ServerException" or "InternalFailure" or "InternalError" or "ServiceUnavailable" or "Unavailable" =>
            CloudErrors.ServiceFailed(call.Operation, reply),
        _ when reply.StatusCode >= 500 => CloudErrors.ServiceFailed(call.Operation, reply),
        _ => CloudErrors.RequestRejected(call.Operation, reply),
    };

    private static bool IsSignatureRefusal(string? code) =>
        code is "InvalidSignatureException" or "SignatureDoesNotMatch" or "IncompleteSignature"
            or "IncompleteSignatureException";

    private static bool IsThrottling(ServiceReply reply) =>
        reply.StatusCode == 429
        || reply.ErrorCode is "ThrottlingException" or "Throttling" or "ThrottledException" or "RequestLimitExceeded"
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
