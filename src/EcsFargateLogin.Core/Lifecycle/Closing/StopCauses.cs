using System.Text.RegularExpressions;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Lifecycle.Closing;

/// <summary>
/// Finds the next step for a task that stopped before it was ready, by ECS's messages, the container's log and its exit code, in
/// this order. The first matching cause counts, so specific patterns precede general ones.
/// </summary>
internal static class StopCauses
{
    private static readonly TimeSpan MatchLimit = TimeSpan.FromMilliseconds(100);

    private const string Reachability =
        "The subnet has no way to it: use a public subnet with -AssignPublicIp Enabled, a NAT gateway, or VPC endpoints "
        + "(ecr.api, ecr.dkr, s3, logs, secretsmanager, ssm).";

    private const string WrongArchitecture =
        "The image is for another CPU architecture: build it for the one in the task definition's runtimePlatform, or "
        + "change cpuArchitecture there (X86_64 or ARM64).";

    private const string DiskFull =
        "The task's disk is full: register a revision with a larger ephemeralStorage (21 to 200 GiB; without it there are 20), "
        + "or make the image smaller.";

    /// <summary>Messages of an unreachable network.</summary>
    private const string Unreachable =
        "timeout|timed out|dial tcp|deadline exceeded|no such host|connection (refused|reset|issue)|canceled|RequestError|"
        + "Could ?n[o']t connect|Check your task network configuration";

    private const string Denied = "AccessDenied|access denied|not authorized|unauthorized|forbidden|\\b403\\b";

    private const string LogWords = "logger|log group|log stream|awslogs|logs:|logging driver";

    private static readonly (string Pattern, string NextStep)[] ByEcs =
    [
        (@"exec format error|no matching manifest|descriptor matching platform", WrongArchitecture),
        (@"no space left on device|disk quota exceeded", DiskFull),
        (@"reached (the|your) limit|vCPU limit|\bLimitExceeded|ServiceQuotaExceeded", CloudErrors.RaiseQuota),
        (@"env(ironment)? files?.*(NoSuchKey|NoSuchBucket|NotFound|not found|does not exist|\b404\b)",
            "The environment file is not in S3: check the bucket and the key in the task definition's environmentFiles."),
        (@"(download|retrieve|fetch|pull|read).*env(ironment)? files?|environmentFiles",
            "An environment file of the task definition could not be read from S3: give the execution role s3:GetObject for "
            + "the file and s3:GetBucketLocation for its bucket (kms:Decrypt too where it is encrypted), and the subnet a way "
            + "to S3."),

        (@"CannotPull.*(toomanyrequests|\b429\b|rate limit|rate exceeded)",
            "The registry slows anonymous pulls down: keep the image in ECR, or give the task definition repositoryCredentials."),
        (@"CannotPull.*pull access denied",
            "The image does not exist, or is private: check its name, and give the task definition repositoryCredentials where "
            + "its registry asks for a login."),
        (@"CannotPull.*(no basic auth|token has expired|incorrect username|authentication required|unauthorized)",
            "The registry did not accept the login: the execution role may not pull the image without ecr:GetAuthorizationToken, "
            + "and a registry other than ECR needs repositoryCredentials in the task definition."),
        (@"CannotPull.*(no such host)",
            "The image's registry could not be reached: its name has no address. Check the image's name, and the DNS of the VPC "
            + "(enableDnsSupport, private DNS of the VPC endpoints)."),
        (@"CannotPull.*invalid reference",
            "The image's name is malformed: correct it in the task definition."),
        (@"CannotPull.*(not found|manifest unknown|does not exist|\b404\b)",
            "The image does not exist: check its name and tag in the task definition, and that it was pushed to that registry."),
        ($@"CannotPull.*({Denied})",
            "The execution role may not pull the image: give it execution-policy.json's ecr actions for that repository, and "
            + "check the repository's own policy and that of the S3 endpoint, where its layers lie."),
        (@"CannotPull.*(x509|certificate)",
            "The registry's certificate is not one that Fargate trusts: keep the image in ECR, or in a registry with a public "
            + "one."),
        ($@"CannotPull.*({Unreachable}|EOF|\b50\d\b)", $"The image's registry could not be reached. {Reachability}"),
        (@"CannotPull.*(failed to (extract|unpack|register)|unsupported media type|mediaType|unexpected EOF|checksum|digest)",
            "The image is damaged or of a kind that Fargate does not take: build it anew as a Linux image and push it again."),
        (@"CannotPull",
            "The image could not be pulled: check its name, the execution role and the subnet's route to the registry."),

        (@"(EFS|mount\.nfs).*(access denied|AccessDenied|not authorized)",
            "The file system does not let the task mount it: check its policy, the access point, and the task role's "
            + "elasticfilesystem:ClientMount and ClientWrite."),
        (@"(EFS|mount\.nfs).*no such file",
            "The folder of the file system that the task definition names does not exist: correct rootDirectory, or make it."),
        (@"ResourceInitializationError.*(\bEFS\b|fs-[0-9a-f]|mount\.nfs|volumes?:)",
            "The file system could not be mounted: check its mount target in the subnet's zone, that its security group "
            + "allows the task on port 2049, the DNS of the VPC, and the task role's elasticfilesystem actions."),
        ($@"({LogWords}).*({Unreachable})", $"CloudWatch Logs could not be reached. {Reachability}"),
        ($@"(ResourceInitializationError|CannotStartContainer).*({LogWords})",
            "The log could not be opened: create the log group that the task definition names (or set awslogs-create-group), "
            + "and give the execution role logs:CreateLogStream and logs:PutLogEvents."),
        ($@"ResourceInitializationError.*(ecr:GetAuthorizationToken|ecr registry auth.*({Denied}))",
            "The execution role may not log in to ECR: give it ecr:GetAuthorizationToken, as execution-policy.json does."),
        ($@"ResourceInitializationError.*(kms.*({Denied})|({Denied}).*kms:)",
            "The execution role may not read a secret, because it may not decrypt it: give it kms:Decrypt for the secret's key."),
        ($@"ResourceInitializationError.*({Denied})",
            "The execution role may not read a secret: give it secretsmanager:GetSecretValue or ssm:GetParameters for the "
            + "secrets of the task definition, and kms:Decrypt for their key."),
        (@"ResourceInitializationError.*(did not contain json key|json key|invalid character|parse|unmarshal)",
            "A secret is not JSON with the key that the task definition names: correct the key at the end of its ARN, or the "
            + "secret."),
        (@"ResourceInitializationError.*(ResourceNotFound|can't find|invalid (ssm|parameters)|ParameterNotFound|marked (for|deleted))",
            "A secret or parameter of the task definition does not exist: check its ARN and region."),
        ($@"ResourceInitializationError.*(secret|ssm|registry auth|parameter|{Unreachable})",
            $"Secrets Manager, SSM or ECR could not be reached. {Reachability}"),

        (@"OutOfMemory|memory usage",
            "It ran out of memory: register a revision with more memory, for the task and for the container."),
        (@"unable to assume|is not authorized to assume|Role is not valid",
            "ECS cannot act as the task's role: check the role's ARN, and that its trust policy lets ecs-tasks.amazonaws.com "
            + "assume it (module/container/iam/task-trust.json)."),
        (@"network interface|\bENI\b|insufficient.*(free|ip).*address|NetworkInterfaceLimitExceeded",
            "No network interface could be made: try again, name another subnet with -Subnet, or free addresses and raise "
            + "the network interface quota."),
        (@"capacity",
            "Fargate has no room for it at the moment: try again, or name a subnet of another zone with -Subnet."),
        (@"\bSpot", "Fargate Spot took its capacity back: start it again, or on demand."),
        (@"maintenance|retire", "AWS replaces the machine that it ran on: start a new session."),
        (@"exec: .*permission denied",
            "The container's command could not be started, because its file is not executable: make it so in the image "
            + "(chmod 755)."),
        (@"CannotStartContainer|CannotCreateContainer|executable file not found|no such file or directory",
            "The container's command could not be started: check the command, or -Command, and that the image holds "
            + "start-sshd.sh and the interpreter of its first line."),
        (@"health checks?",
            "ECS stopped it for its health check: leave healthCheck out of the task definition, or give it a longer "
            + "startPeriod."),
    ];

    private static readonly (string Pattern, string NextStep)[] ByLog =
    [
        ($@"^{ContainerContract.EndLine}no-login\b",
            "Nobody had logged in for as long as -LoginTimeout of New-FargateSession says: log in sooner, or give it longer."),
        ($@"^{ContainerContract.EndLine}unused\b",
            "Nobody was logged in for as long as -UnusedTimeout of New-FargateSession says: start a new session, and give it "
            + "longer, or 0 for no such limit."),
        ($@"^{ContainerContract.EndLine}idle\b",
            "Nothing happened in any terminal for as long as -IdleTimeout of New-FargateSession says: give it longer, or 0 for "
            + "no such limit."),
        ($@"^{ContainerContract.EndLine}lifetime\b",
            "The task has lived for as long as -MaxLifetime of New-FargateSession says: give it longer, or 0 for no such limit."),
        (@"exec format error", WrongArchitecture),
        (@"no space left on device", DiskFull),
        (ContainerVariables.AuthorizedKey,
            "The container did not get the session's key: name the container that runs the SSH server with -ContainerName."),
        (@"sshd( or ssh-keygen)?:? ?(is missing|(command )?not found)",
            "The image lacks what an SSH login needs, as the log says: build it with module/container/Dockerfile.debian or "
            + "Dockerfile.alpine."),
    ];

    private static readonly (string Pattern, string NextStep)[] ByExit =
    [
        (@"exited with 69\b",
            "The image lacks what an SSH login needs, as the log says: build it with module/container/Dockerfile.debian or "
            + "Dockerfile.alpine."),
        (@"exited with 64\b",
            "The container refused one of its variables, as its log says: correct the task definition's environment."),
        (@"exited with 12[67]\b",
            "The container's command could not be started: check the command, or -Command, and that the image holds "
            + "start-sshd.sh."),
        (@"exited with 124\b", "One of the container's own time limits ended it, as its log says: -MaxLifetime, -LoginTimeout, "
            + "-UnusedTimeout and -IdleTimeout of New-FargateSession set them."),
        (@"exited with 137\b", "It was killed: memory that ran out is the usual cause; give the task and the container more."),
        (@"EssentialContainerExited|Essential container",
            "A container ended by itself: its log says why; try its image and command with another task."),
    ];

    /// <summary>Returns the next step, or null when the cause is unknown.</summary>
    public static string? NextStepFor(TaskDescription task, IReadOnlyList<string> logLines)
    {
        var words = string.Join(
            '\n',
            [
                task.StopCode ?? "",
                task.StoppedReason ?? "",
                .. task.Containers.Select(container => $"{container.Reason} exited with {container.ExitCode}"),
            ]);
        return Find(ByEcs, words) ?? Find(ByLog, string.Join('\n', logLines)) ?? Find(ByExit, words);
    }

    private static string? Find((string Pattern, string NextStep)[] causes, string evidence) =>
        Array.Find(causes, cause => IsMatch(evidence, cause.Pattern)).NextStep;

    /// <summary>
    /// Whether a pattern is found. Where a text from outside, or a busy machine, makes that take long, it is searched for without
    /// backtracking, which no text makes slow but which takes a megabyte to begin.
    /// </summary>
    internal static bool IsMatch(string evidence, string pattern)
    {
        const RegexOptions options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Multiline;
        try
        {
            return Regex.IsMatch(evidence, pattern, options, MatchLimit);
        }
        catch (RegexMatchTimeoutException)
        {
            return Regex.IsMatch(evidence, pattern, options | RegexOptions.NonBacktracking);
        }
    }
}

/// <summary>
/// Detects failures that are transient or specific to a zone: no capacity, and network interfaces that could not be created. A
/// task that failed so is started again. One that failed because of its image, secrets, roles or program is not, because it would
/// fail again.
/// </summary>
internal static class TransientFailures
{
    private const string Transient =
        @"capacity|SpotInterruption|network interface|\bENI\b|insufficient.*(free|ip).*address|NetworkInterfaceLimitExceeded";

    private const string Permanent =
        @"CannotPull|CannotStartContainer|ResourceInitializationError|AccessDenied|not authorized|unable to assume|Role is not valid";

    /// <summary>Whether a task that stopped before it was ready is started again.</summary>
    public static bool Matches(TaskDescription task)
    {
        if (task.Containers.Any(container => container.ExitCode is not null))
        {
            return false;
        }

        var evidence = string.Join(
            '\n', [task.StopCode ?? "", task.StoppedReason ?? "", .. task.Containers.Select(container => container.Reason)]);
        return StopCauses.IsMatch(evidence, Transient) && !StopCauses.IsMatch(evidence, Permanent);
    }

    /// <summary>Whether a task that RunTask did not start is tried again.</summary>
    public static bool Matches(FargateException refusal) => refusal.Error == FargateError.CapacityUnavailable;
}
