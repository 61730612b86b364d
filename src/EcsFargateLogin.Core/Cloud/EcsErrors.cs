namespace EcsFargateLogin.Cloud;

/// <summary>Errors about tasks and their resources that AWS does not know or cannot use.</summary>
internal static class EcsErrors
{
    private const string ShortenOverrides =
        "Shorten -EnvironmentVariable or -Command, "
        + "or keep long values in the task definition, SSM parameters or secrets.";

    internal static FargateException ClusterNotFound(string cluster, ServiceReply reply) => ServiceReply.ErrorOf(
        FargateError.ClusterNotFound, reply, cluster,
        $"The cluster '{cluster}' was not found in this account and region.",
        "Check -Cluster and -Region; 'aws ecs list-clusters' or Get-ECSClusterList lists those there are.");

    internal static FargateException TaskDefinitionNotFound(string taskDefinition, ServiceReply reply) => ServiceReply.ErrorOf(
        FargateError.TaskDefinitionNotFound, reply, taskDefinition,
        $"The task definition '{taskDefinition}' was not found or has no active revision in this account and region.",
        "Check -TaskDefinition or -FromTaskDefinition, and -Region; "
            + "'aws ecs list-task-definitions' or Get-ECSTaskDefinitionList lists those there are.");

    internal static FargateException TaskDefinitionUnsuitable(string taskDefinition, ServiceReply reply) => ServiceReply.ErrorOf(
        FargateError.TaskDefinitionUnsuitable, reply, taskDefinition,
        $"The task definition '{taskDefinition}' cannot run on Fargate with a network interface of its own.",
        "Register a revision with networkMode awsvpc, requiresCompatibilities FARGATE, and task-level cpu and memory.");

    internal static FargateException TaskSizeRefused(string taskDefinition, ServiceReply reply) => ServiceReply.ErrorOf(
        FargateError.InvalidTaskSize, reply, taskDefinition,
        $"Fargate has no tasks of the size that was requested for '{taskDefinition}', or its containers do not fit in it.",
        "Give -Cpu and -Memory together, as a pair of Fargate's table: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/"
            + "task-cpu-memory-error.html.");

    internal static FargateException SubnetNotFound(string subnets, ServiceReply reply) => ServiceReply.ErrorOf(
        FargateError.SubnetNotFound, reply, subnets,
        $"The subnet '{subnets}' was not found in this account and region.",
        "Check -Subnet and -Region; 'aws ec2 describe-subnets' or Get-EC2Subnet lists those there are.");

    internal static FargateException SecurityGroupNotFound(string securityGroups, ServiceReply reply) => ServiceReply.ErrorOf(
        FargateError.SecurityGroupNotFound, reply, securityGroups,
        $"The security group '{securityGroups}' was not found in the subnet's VPC.",
        "Check -SecurityGroup, and that it belongs to the VPC of -Subnet.");

    internal static FargateException NetworkInterfaceNotFound(string interfaces, ServiceReply reply) => ServiceReply.ErrorOf(
        FargateError.NetworkInterfaceNotFound, reply, interfaces,
        $"The network interface '{interfaces}' was not found.",
        "It exists from shortly after the task was placed until the task ends; check the task's status, and try again.");

    internal static FargateException TaskNotFound(string task, ServiceReply reply) => ServiceReply.ErrorOf(
        FargateError.TaskNotFound, reply, task,
        $"ECS knows no task '{task}' in this cluster.",
        "Check the ARN, -Cluster and -Region; ECS forgets a task about an hour after it stopped.");

    internal static FargateException ContainerNotFound(string container, ServiceReply reply) => ServiceReply.ErrorOf(
        FargateError.ContainerNotFound, reply, container,
        $"The task definition has no container '{container}'.",
        "Name one of its containers with -ContainerName.");

    internal static FargateException CapacityUnavailable(string operation, ServiceReply reply) => ServiceReply.ErrorOf(
        FargateError.CapacityUnavailable, reply, operation,
        "Fargate has no room for the task at the moment.",
        "Try again in a minute, or name subnets in other availability zones with -Subnet.");

    /// <param name="length">The length of the overrides, in characters.</param>
    /// <param name="limit">The maximum length.</param>
    internal static FargateException OverridesTooLong(int length, int limit) => new(
        FargateError.OverridesTooLong,
        $"The overrides of the task have {length} characters as JSON, but ECS takes at most {limit}.",
        ShortenOverrides);

    internal static FargateException OverridesTooLong(ServiceReply reply) => ServiceReply.ErrorOf(
        FargateError.OverridesTooLong, reply, null,
        "ECS refused the overrides of the task as too long.",
        ShortenOverrides);

    internal static FargateException RevisionLimit(string? family, ServiceReply reply) => ServiceReply.ErrorOf(
        FargateError.QuotaExceeded, reply, family,
        $"The family '{family}' has as many revisions as ECS takes, and gets no further one.",
        "Register it under another name with -Family. Revisions that are deregistered or deleted count on.");

    internal static FargateException RevisionsAtOnce(string? family, ServiceReply reply) => ServiceReply.ErrorOf(
        FargateError.Throttled, reply, family,
        $"Somebody else registers a revision of the family '{family}' at the same time.",
        "Try again in a moment.");

    internal static FargateException ExecuteCommandRefused(string task, ServiceReply reply) => ServiceReply.ErrorOf(
        FargateError.EcsExecUnavailable, reply, task,
        $"ECS Exec does not reach the container of task '{task}'.",
        "Try again in a minute, while the task runs; if it happens again, check it with Test-FargateLogin -Transport EcsExec.");

    /// <param name="target">The container, by its name in Systems Manager.</param>
    /// <param name="reply">The reply of Systems Manager.</param>
    internal static FargateException AgentNotConnected(string target, ServiceReply reply) => ServiceReply.ErrorOf(
        FargateError.EcsExecUnavailable, reply, target,
        $"Systems Manager does not reach the agent in '{target}'.",
        "Try again in a minute, while the task runs; if it happens again, check it with Test-FargateLogin -Route SessionManager.");

    /// <inheritdoc cref="AgentNotConnected"/>
    internal static FargateException StartSessionDenied(string target, ServiceReply reply) => ServiceReply.ErrorOf(
        FargateError.AccessDenied, reply, target,
        $"The credentials are not allowed to perform ssm:StartSession on '{target}'.",
        "Allow it on the task and on the document, as module/container/iam/session-manager-policy.json does. AWS recommends that "
            + "accounts deny it, because such sessions are not logged as those of ECS Exec are: then give -Route InstanceConnect or "
            + "Private, or -Transport EcsExec.");

    internal static FargateException TaskRoleMissing(string taskDefinition, ServiceReply reply) => ServiceReply.ErrorOf(
        FargateError.TaskDefinitionUnsuitable, reply, taskDefinition,
        $"The task definition '{taskDefinition}' has no task role, which ECS Exec needs.",
        "Name a role with the actions of module/container/iam/exec-task-policy.json with -TaskRoleArn, or give -Transport Ssh.");
}
