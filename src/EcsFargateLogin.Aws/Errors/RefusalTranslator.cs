using System.Text.RegularExpressions;
using Amazon.Runtime;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws.Errors;

/// <summary>
/// Names what AWS's refusal of a request means. ECS has few codes (ClientException, InvalidParameterException) for many
/// causes, so its words are looked at too.
/// </summary>
internal static partial class RefusalTranslator
{
    private const string RegisterTaskDefinition = "ecs:RegisterTaskDefinition";

    internal static FargateException Translate(AmazonServiceException refusal, ServiceCall call)
    {
        var answer = Answer(refusal);
        return FromWords(answer, call) ?? FromCode(answer, call);
    }

    private static ServiceAnswer Answer(AmazonServiceException refusal)
    {
        // A signature's refusal repeats the signed headers, among them the session token, after its first line.
        var secret = IsSignatureRefusal(refusal.ErrorCode);
        return new ServiceAnswer(refusal.ErrorCode, secret ? refusal.Message.Split('\n')[0] : refusal.Message)
        {
            RequestId = string.IsNullOrEmpty(refusal.RequestId) ? null : refusal.RequestId,
            StatusCode = (int)refusal.StatusCode == 0 ? null : (int)refusal.StatusCode,
            Exception = secret ? null : refusal,
        };
    }

    private static FargateException? FromWords(ServiceAnswer answer, ServiceCall call)
    {
        var words = answer.Message;
        return answer.ErrorCode is not ("ClientException" or "InvalidParameterException" or "LimitExceededException"
            or "ThrottlingException" or "PlatformTaskDefinitionIncompatibilityException") ? null
            : Has(words, "InvalidSubnetID")
                ? EcsErrors.SubnetNotFound(Named(SubnetId(), words, call.Subnets), answer)
            : Has(words, "InvalidGroup.NotFound") || Has(words, "InvalidGroupId")
                ? EcsErrors.SecurityGroupNotFound(Named(SecurityGroupId(), words, call.SecurityGroups), answer)
            : Has(words, "reached the limit") || Has(words, "reached your limit") || Has(words, "vCPU limit")
                ? CloudErrors.QuotaExceeded(call.Operation, answer)
            : Has(words, "capacity is unavailable") ? EcsErrors.CapacityUnavailable(call.Operation, answer)
            : FromWordsOfTask(answer, call);
    }

    private static FargateException? FromWordsOfTask(ServiceAnswer answer, ServiceCall call)
    {
        var words = answer.Message;
        // The second is what ECS says of something that cannot be a task's id.
        return Has(words, "referenced task was not found") || Has(words, "length should be one of [32,36]")
                ? EcsErrors.TaskNotFound(call.Task ?? "", answer)
            : Has(words, "TaskDefinition not found") || Has(words, "TaskDefinition is inactive")
                || Has(words, "Unable to describe task definition")
                ? EcsErrors.TaskDefinitionNotFound(call.TaskDefinition ?? "", answer)
            : Has(words, "is not a container in the TaskDefinition")
                ? EcsErrors.ContainerNotFound(call.ContainerName ?? "", answer)
            : call.Operation == RegisterTaskDefinition && Has(words, "revision") ? FromWordsOfRevisions(answer, call)
            : Has(words, "Overrides length") ? EcsErrors.OverridesTooLong(answer)
            : Has(words, "execute command was not enabled") ? EcsErrors.ExecuteCommandRefused(call.Task ?? "", answer)
            : Has(words, "valid taskRoleArn") ? EcsErrors.TaskRoleMissing(call.TaskDefinition ?? "", answer)
            : IsUnsuitable(answer) ? EcsErrors.TaskDefinitionUnsuitable(call.TaskDefinition ?? "", answer)
            : null;
    }

    private static FargateException? FromWordsOfRevisions(ServiceAnswer answer, ServiceCall call) =>
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

    private static bool Has(string words, string part) => words.Contains(part, StringComparison.OrdinalIgnoreCase);

    /// <summary>The id that AWS's words name, or what was sent when they name none.</summary>
    private static string Named(Regex id, string words, IReadOnlyCollection<string> sent)
    {
        var named = id.Matches(words);
        // ECS first lists all that were asked for, and then quotes the one.
        var match = named.FirstOrDefault(candidate => words[..candidate.Index].EndsWith('\'')) ?? named.FirstOrDefault();
        return match?.Value ?? string.Join(", ", sent);
    }

    private static string? DeniedAction(string words) =>
        Denied().Match(words) is { Success: true } match ? match.Groups["action"].Value : null;

    [GeneratedRegex(@"not authorized to perform:? (?<action>[a-z0-9-]+:[A-Za-z]+)")]
    private static partial Regex Denied();

    [GeneratedRegex(@"subnet-[0-9A-Za-z-]+")]
    private static partial Regex SubnetId();

    [GeneratedRegex(@"sg-[0-9A-Za-z-]+")]
    private static partial Regex SecurityGroupId();

    [GeneratedRegex(@"eni-[0-9A-Za-z-]+")]
    private static partial Regex NetworkInterfaceId();
}
