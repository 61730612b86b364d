using EcsFargateLogin.Cloud;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Lifecycle.Closing;

/// <summary>Advice about a task that did not start, from the words that ECS and containers use for it.</summary>
public sealed class StopCausesTests
{
    [Theory]
    [InlineData("CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref "
        + "docker.io/x/y:latest: docker.io/x/y:latest: not found", "does not exist")]
    [InlineData("CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: "
        + "dial tcp 52.1.2.3:443: i/o timeout", "no way to it")]
    [InlineData("CannotPullContainerError: pull access denied, repository does not exist or may require authorization", "does not exist")]
    [InlineData("CannotPullContainerError: AccessDeniedException: User is not authorized to perform: ecr:BatchGetImage", "execution role may not pull")]
    [InlineData("CannotPullContainerError: toomanyrequests: You have reached your pull rate limit.", "slows anonymous pulls")]
    [InlineData("CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/arm64'", "CPU architecture")]
    [InlineData("ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
        + "AccessDeniedException: not authorized to perform: secretsmanager:GetSecretValue", "may not read a secret")]
    [InlineData("ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from "
        + "Amazon ECR: There is a connection issue", "could not be reached")]
    [InlineData("ResourceInitializationError: unable to pull secrets or registry auth: ResourceNotFoundException: Secrets "
        + "Manager can't find the specified secret.", "does not exist")]
    [InlineData("ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: "
        + "ResourceNotFoundException: The specified log group does not exist.", "create the log group")]
    [InlineData("ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: mount.nfs4 timed out", "port 2049")]
    [InlineData("OutOfMemoryError: Container killed due to memory usage", "more memory")]
    [InlineData("ECS was unable to assume the role 'arn:aws:iam::1:role/x' that was provided for this task.", "trust policy")]
    [InlineData("Timeout waiting for network interface provisioning to complete.", "network interface")]
    [InlineData("Capacity is unavailable at this time. Please try again later", "no room")]
    [InlineData("Your Spot Task was interrupted.", "took its capacity back")]
    [InlineData("CannotStartContainerError: exec: start-sshd.sh: executable file not found in $PATH", "could not be started")]
    [InlineData("Essential container in task exited", "ended by itself")]
    [InlineData("ResourceInitializationError: failed to download env files: file download command: non-empty error stream: "
        + "AccessDenied: Access Denied", "s3:GetObject")]
    [InlineData("ResourceInitializationError: failed to download env files: file download command: non empty error stream: "
        + "RequestCanceled: request context canceled caused by: context deadline exceeded", "s3:GetBucketLocation")]
    [InlineData("ResourceInitializationError: failed to download env files: file download command: non-empty error stream: "
        + "NoSuchKey: The specified key does not exist.", "environmentFiles")]
    [InlineData("CannotPullContainerError: ref pull has been retried 1 time(s): failed to extract layer sha256:0a: write "
        + "/var/lib/x: no space left on device", "ephemeralStorage")]
    [InlineData("CannotStartContainerError: failed to create container: no space left on device", "ephemeralStorage")]
    [InlineData("You've reached the limit on the number of vCPUs you can run concurrently", "quota")]
    [InlineData("You've reached the limit on the number of tasks you can run concurrently", "quota")]
    [InlineData("CannotPullContainerError: pull access denied for x, repository does not exist or may require 'docker login': "
        + "denied: requested access to the resource is denied", "repositoryCredentials")]
    [InlineData("CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open: "
        + "unexpected status code https://x/blobs/sha256:0a: 403 Forbidden", "execution role may not pull")]
    [InlineData("CannotPullECRContainerError: AccessDeniedException: not authorized to perform: ecr:BatchGetImage", "execution role may not pull")]
    [InlineData("CannotPullImageManifestError: Error response from daemon: manifest unknown", "does not exist")]
    [InlineData("CannotPullContainerError: failed to do request: Head \"https://r.example/v2/\": dial tcp: lookup r.example: "
        + "no such host", "DNS of the VPC")]
    [InlineData("CannotPullContainerError: x509: certificate signed by unknown authority", "certificate")]
    [InlineData("CannotPullContainerError: invalid reference format", "malformed")]
    [InlineData("CannotPullContainerError: no basic auth credentials", "ecr:GetAuthorizationToken")]
    [InlineData("CannotPullContainerError: failed to unpack image on snapshotter overlayfs: unexpected media type", "build it anew")]
    [InlineData("ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
        + "unable to retrieve ecr registry auth: service call has been retried 1 time(s): AccessDeniedException: User is not "
        + "authorized to perform: ecr:GetAuthorizationToken on resource: *", "may not log in to ECR")]
    [InlineData("ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
        + "unable to retrieve secret from asm: AccessDeniedException: Access to KMS is not allowed", "kms:Decrypt")]
    [InlineData("ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
        + "retrieved secret from Secrets Manager did not contain json key password", "key that the task definition names")]
    [InlineData("ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secrets from ssm: "
        + "RequestCanceled: request context canceled caused by: context deadline exceeded", "could not be reached")]
    [InlineData("ResourceInitializationError: unable to pull secrets or registry auth: invalid ssm parameters: /prod/db", "does not exist")]
    [InlineData("ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed "
        + "to create Cloudwatch log stream: RequestError: send request failed caused by: Post \"https://logs.x/\": dial tcp "
        + "52.1.2.3:443: i/o timeout", "CloudWatch Logs could not be reached")]
    [InlineData("ResourceInitializationError: failed to validate logger args: create stream: AccessDeniedException: not "
        + "authorized to perform: logs:CreateLogStream", "logs:CreateLogStream")]
    [InlineData("ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: "
        + "access denied by server while mounting fs-1.efs.x:/' : code: 32", "ClientMount")]
    [InlineData("ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed to "
        + "resolve \"fs-1.efs.us-east-1.amazonaws.com\" - check that your file system ID is correct", "mount target")]
    [InlineData("ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: mount.nfs4: "
        + "mounting fs-1:/data failed, reason given by server: No such file or directory", "rootDirectory")]
    [InlineData("CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to "
        + "create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "
        + "\"start-sshd.sh\": executable file not found in $PATH: unknown", "could not be started")]
    [InlineData("CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: exec: "
        + "\"/x\": permission denied: unknown", "chmod 755")]
    [InlineData("Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled in subnet "
        + "'subnet-1': InsufficientFreeAddressesInSubnet", "network interface")]
    [InlineData("Amazon ECS is performing maintenance on the underlying infrastructure hosting this task.", "AWS replaces")]
    [InlineData("Task failed container health checks", "healthCheck")]
    public void What_ECS_says_decides_what_to_do_next(string reason, string expected) => Assert.Contains(
        expected, StopCauses.NextStepFor(Stopped() with { StoppedReason = reason }, []), StringComparison.Ordinal);

    [Theory]
    [InlineData("exec /usr/local/bin/start-sshd.sh: exec format error", 1, "CPU architecture")]
    [InlineData("ecs-fargate-login error: _AUTHORIZED_PUBLIC_KEY is not set: without a public key nobody can log in", 64, "-ContainerName")]
    [InlineData("ecs-fargate-login error: sshd or ssh-keygen is missing: install openssh-server", 69, "Dockerfile")]
    [InlineData("/start-sshd.sh: 12: sshd: not found", 127, "Dockerfile")]
    [InlineData("ecs-fargate-login error: _SSH_PORT must be a whole number", 64, "refused one of its variables")]
    [InlineData("ecs-fargate-login end no-login: nobody logged in within 600 seconds", 124, "-LoginTimeout")]
    [InlineData("ecs-fargate-login end unused: nobody has been logged in for 1800 seconds", 124, "-UnusedTimeout")]
    [InlineData("ecs-fargate-login end idle: no login has had input or output for 60 seconds", 124, "-IdleTimeout")]
    [InlineData("ecs-fargate-login end lifetime: this task has lived for its 3600 seconds", 124, "-MaxLifetime")]
    [InlineData("", 124, "time limits")]
    [InlineData("", 137, "killed")]
    [InlineData("bash: rails: command not found", 127, "command could not be started")]
    public void What_the_container_logged_and_its_exit_code_decide_what_to_do_next(string line, int exitCode, string expected)
    {
        var task = Stopped() with
        {
            StopCode = "EssentialContainerExited",
            StoppedReason = "Essential container in task exited",
            Containers = [new ContainerDescription { Name = "cli", ExitCode = exitCode }],
        };

        Assert.Contains(expected, StopCauses.NextStepFor(task, [line]), StringComparison.Ordinal);
    }

    [Fact]
    public void Words_of_ECSs_in_a_programs_own_log_are_not_ECSs()
    {
        var task = Stopped() with { StopCode = "EssentialContainerExited", StoppedReason = "Essential container in task exited" };

        Assert.Contains(
            "ended by itself",
            StopCauses.NextStepFor(task, ["no capacity left in queue", "memory usage 40%", "Spot price"]),
            StringComparison.Ordinal);
        Assert.Contains("ephemeralStorage", StopCauses.NextStepFor(task, ["tar: no space left on device"]), StringComparison.Ordinal);
    }

    [Fact]
    public void The_cause_is_found_behind_text_that_almost_matches_thousands_of_times()
    {
        var almost = string.Concat(Enumerable.Repeat("env file ", 20_000));

        Assert.Contains(
            "The environment file is not in S3",
            StopCauses.NextStepFor(Stopped() with { StoppedReason = $"{almost}\nenv file: NoSuchKey" }, []),
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_cause_has_no_advice_of_its_own() => Assert.Null(StopCauses.NextStepFor(Stopped(), ["hello"]));

    private static TaskDescription Stopped() => SampleTask.Of("STOPPED");
}
