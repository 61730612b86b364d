using System.Text.RegularExpressions;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Sessions;

/// <summary>
/// What to do about the causes for which tasks stop before they are ready, told by ECS's own words, by exit codes and
/// by what the container logged. The first cause that fits counts: the narrow ones stand before the wide ones.
/// </summary>
internal static class StopCauses
{
    private const string Reachability =
        "The subnet has no way to it: use a public subnet with -AssignPublicIp Enabled, a NAT gateway, or VPC endpoints "
        + "(ecr.api, ecr.dkr, s3, logs, secretsmanager, ssm).";

    private static readonly (string Pattern, string NextStep)[] Causes =
    [
        (@"exec format error|no matching manifest|descriptor matching platform",
            "The image is for another CPU architecture: build it for the one in the task definition's runtimePlatform, or "
            + "change cpuArchitecture there (X86_64 or ARM64)."),
        (@"CannotPullContainer.*(toomanyrequests|429|rate limit)",
            "The registry slows anonymous pulls down: keep the image in ECR, or give the task definition repositoryCredentials."),
        (@"CannotPullContainer.*(not found|manifest unknown|does not exist|invalid reference)",
            "The image does not exist: check its name and tag in the task definition, and that it was pushed to that registry."),
        (@"CannotPullContainer.*(denied|forbidden|403|unauthorized|no basic auth|not authorized)",
            "The execution role may not pull the image: give it execution-policy.json's ecr actions for that repository, and "
            + "check the repository's own policy."),
        (@"CannotPullContainer.*(timeout|timed out|dial tcp|deadline|no such host|connection refused|canceled)",
            $"The image's registry could not be reached. {Reachability}"),
        (@"CannotPullContainer", "The image could not be pulled: check its name, the execution role and the subnet's route to the registry."),
        (@"ResourceInitializationError.*(EFS|mount)",
            "The file system could not be mounted: check its mount target in the subnet's zone, that its security group lets "
            + "the task in on port 2049, and the task role's elasticfilesystem actions."),
        (@"ResourceInitializationError.*(logger|log group|log stream|awslogs|logs:)",
            "The log could not be opened: create the log group that the task definition names (or set awslogs-create-group), "
            + "and give the execution role logs:CreateLogStream and logs:PutLogEvents."),
        (@"ResourceInitializationError.*(AccessDenied|not authorized|403)",
            "The execution role may not read a secret: give it secretsmanager:GetSecretValue or ssm:GetParameters for the "
            + "secrets of the task definition, and kms:Decrypt for their key."),
        (@"ResourceInitializationError.*(ResourceNotFound|can't find|invalid ssm|ParameterNotFound)",
            "A secret or parameter of the task definition does not exist: check its ARN and region."),
        (@"ResourceInitializationError.*(secret|ssm|registry auth|parameter)",
            $"Secrets Manager, SSM or ECR could not be reached. {Reachability}"),
        (@"OutOfMemory|memory usage",
            "It ran out of memory: register a revision with more memory, for the task and for the container."),
        (@"unable to assume|is not authorized to assume|Role is not valid",
            "ECS cannot act as the task's role: check the role's ARN, and that its trust policy lets ecs-tasks.amazonaws.com "
            + "assume it (module/container/iam/task-trust.json)."),
        (@"network interface provisioning|\bENI\b|insufficient.*(free|ip).*address|NetworkInterfaceLimitExceeded",
            "No network interface could be made: try again, name another subnet with -Subnet, or free addresses and raise "
            + "the network interface quota."),
        (@"capacity", "Fargate has no room for it at the moment: try again, or name a subnet of another zone with -Subnet."),
        (@"Spot", "Fargate Spot took its capacity back: start it again, or on demand."),
        (@"_AUTHORIZED_PUBLIC_KEY",
            "The container did not get the session's key: name the container that runs the SSH server with -ContainerName."),
        (@"sshd( or ssh-keygen)?:? ?(is missing|(command )?not found)|exited with 69\b",
            "The image lacks what an SSH login needs, as the log says: build it with module/container/Dockerfile.debian or "
            + "Dockerfile.alpine."),
        (@"exited with 64\b", "The container refused one of its variables, as its log says: correct the task definition's environment."),
        (@"exited with 12[67]\b|CannotStartContainer|executable file not found",
            "The container's command could not be started: check the command, or -Command, and that the image holds "
            + "start-sshd.sh."),
        (@"exited with 124\b", "One of the container's own time limits ended it, as its log says: -MaxLifetime, -LoginTimeout and "
            + "-IdleTimeout of New-FargateSession set them."),
        (@"exited with 137\b", "It was killed: memory that ran out is the usual cause; give the task and the container more."),
        (@"EssentialContainerExited|Essential container",
            "A container ended by itself: its log says why; try its image and command with another task."),
    ];

    /// <summary>What to do about it, or null when the cause is not a known one.</summary>
    public static string? NextStepFor(TaskDescription task, IReadOnlyList<string> logLines)
    {
        var evidence = string.Join(
            '\n',
            [
                task.StopCode ?? "",
                task.StoppedReason ?? "",
                .. task.Containers.Select(container => $"{container.Reason} exited with {container.ExitCode}"),
                .. logLines,
            ]);
        return Array.Find(Causes, cause => IsMatch(evidence, cause.Pattern)).NextStep;
    }

    private static bool IsMatch(string evidence, string pattern) => Regex.IsMatch(
        evidence, pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
}
