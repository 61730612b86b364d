using EcsFargateLogin.Cloud;

namespace EcsFargateLogin;

// Errors about the things of a task that AWS does not know or cannot use.
internal static partial class FargateErrors
{
    private const string ShortenOverrides =
        "Shorten -EnvironmentVariable or -Command, "
        + "or keep long values in the task definition, SSM parameters or secrets.";

    internal static FargateException ClusterNotFound(string cluster, ServiceAnswer answer) => FromAws(
        FargateError.ClusterNotFound, answer, cluster,
        $"The cluster '{cluster}' was not found in this account and region.",
        "Check -Cluster and -Region; 'aws ecs list-clusters' or Get-ECSClusterList lists those there are.");

    internal static FargateException TaskDefinitionNotFound(string taskDefinition, ServiceAnswer answer) => FromAws(
        FargateError.TaskDefinitionNotFound, answer, taskDefinition,
        $"The task definition '{taskDefinition}' was not found or has no active revision in this account and region.",
        "Check -TaskDefinition or -FromTaskDefinition, and -Region; "
            + "'aws ecs list-task-definitions' or Get-ECSTaskDefinitionList lists those there are.");

    internal static FargateException TaskDefinitionUnsuitable(string taskDefinition, ServiceAnswer answer) => FromAws(
        FargateError.TaskDefinitionUnsuitable, answer, taskDefinition,
        $"The task definition '{taskDefinition}' cannot run on Fargate with a network interface of its own.",
        "Register a revision with networkMode awsvpc, requiresCompatibilities FARGATE, and task-level cpu and memory.");

    internal static FargateException SubnetNotFound(string subnets, ServiceAnswer answer) => FromAws(
        FargateError.SubnetNotFound, answer, subnets,
        $"The subnet '{subnets}' was not found in this account and region.",
        "Check -Subnet and -Region; 'aws ec2 describe-subnets' or Get-EC2Subnet lists those there are.");

    internal static FargateException SecurityGroupNotFound(string securityGroups, ServiceAnswer answer) => FromAws(
        FargateError.SecurityGroupNotFound, answer, securityGroups,
        $"The security group '{securityGroups}' was not found in the subnet's VPC.",
        "Check -SecurityGroup, and that it belongs to the VPC of -Subnet.");

    internal static FargateException NetworkInterfaceNotFound(string interfaces, ServiceAnswer answer) => FromAws(
        FargateError.NetworkInterfaceNotFound, answer, interfaces,
        $"The network interface '{interfaces}' was not found.",
        "It comes shortly after the task was placed and goes with it; look at the task's status, and try again.");

    internal static FargateException TaskNotFound(string task, ServiceAnswer answer) => FromAws(
        FargateError.TaskNotFound, answer, task,
        $"ECS knows no task '{task}' in this cluster.",
        "Check the ARN, -Cluster and -Region; ECS forgets a task about an hour after it stopped.");

    internal static FargateException ContainerNotFound(string container, ServiceAnswer answer) => FromAws(
        FargateError.ContainerNotFound, answer, container,
        $"The task definition has no container '{container}'.",
        "Name one of its containers with -ContainerName.");

    internal static FargateException CapacityUnavailable(string operation, ServiceAnswer answer) => FromAws(
        FargateError.CapacityUnavailable, answer, operation,
        "Fargate has no room for the task at the moment.",
        "Try again in a minute, or name subnets in other availability zones with -Subnet.");

    /// <param name="length">How many characters the overrides have.</param>
    /// <param name="limit">How many ECS takes.</param>
    internal static FargateException OverridesTooLong(int length, int limit) => new(
        FargateError.OverridesTooLong,
        $"The overrides of the task have {length} characters as JSON, but ECS takes at most {limit}.",
        ShortenOverrides);

    internal static FargateException OverridesTooLong(ServiceAnswer answer) => FromAws(
        FargateError.OverridesTooLong, answer, null,
        "ECS refused the overrides of the task as too long.",
        ShortenOverrides);

    internal static FargateException ModuleIncomplete(string file) => new(
        FargateError.ModuleIncomplete,
        $"The module's file '{file}' is missing or damaged.",
        "Install the module again, or in a checkout of its sources run ./build.ps1.")
    {
        Target = file,
    };
}
