using System.Text.Json.Nodes;
using LocalFargate.Protocol;

namespace LocalFargate.Services;

/// <summary>The refusals of ECS, in its own words.</summary>
internal static class EcsErrors
{
    internal static AwsException InvalidParameter(string message) => new("InvalidParameterException", message);

    internal static AwsException ClusterNotFound() => new("ClusterNotFoundException", "Cluster not found.");

    internal static AwsException TaskNotFound() => InvalidParameter("The referenced task was not found.");

    internal static AwsException ExecuteCommandNotEnabled() => InvalidParameter(
        "The execute command failed because execute command was not enabled when the task was run or the execute command agent "
        + "isn't running. Wait and try again or run a new task with execute command enabled and try again.");

    internal static AwsException TargetNotConnected() => new(
        "TargetNotConnectedException", "The execute command failed due to an internal error. Try again later.");

    internal static AwsException TaskRoleMissing() => InvalidParameter(
        "The task couldn't be started because a valid taskRoleArn is not being used. Specify a valid task role in your task "
        + "definition and try again.");

    internal static AwsException TaskDefinitionNotFound() => new("ClientException", "TaskDefinition not found.");

    internal static AwsException TokenConflict(IEnumerable<string> taskArns) => new(
        "ConflictException",
        "The RunTask request could not be processed due to conflicts. The provided clientToken is already in use with "
        + "a different RunTask request. The resourceIds are the existing task ARNs which are already associated with the clientToken.")
    {
        Members = new JsonObject { ["resourceIds"] = new JsonArray([.. taskArns.Select(arn => JsonValue.Create(arn))]) },
    };

    internal static AwsException SubnetNotFound(IEnumerable<string> asked, string id) => InvalidParameter(
        $"Error retrieving subnet information for [{string.Join(", ", asked)}]: The subnet ID '{id}' does not exist "
        + "(ErrorCode: InvalidSubnetID.NotFound)");

    internal static AwsException SecurityGroupNotFound(IEnumerable<string> asked, string id) => InvalidParameter(
        $"Error retrieving security group information for [{string.Join(", ", asked)}]: The security group '{id}' does not exist "
        + "(ErrorCode: InvalidGroup.NotFound)");
}
