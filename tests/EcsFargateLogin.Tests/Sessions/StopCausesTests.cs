using EcsFargateLogin.Cloud;
using EcsFargateLogin.Sessions;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Sessions;

/// <summary>What to do about a task that did not start, from the words that ECS and containers use for it.</summary>
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
    public void What_ECS_says_decides_what_to_do_next(string reason, string expected) => Assert.Contains(
        expected, StopCauses.NextStepFor(Stopped() with { StoppedReason = reason }, []), StringComparison.Ordinal);

    [Theory]
    [InlineData("exec /usr/local/bin/start-sshd.sh: exec format error", 1, "CPU architecture")]
    [InlineData("ecs-fargate-login error: _AUTHORIZED_PUBLIC_KEY is not set: without a public key nobody can log in", 64, "-ContainerName")]
    [InlineData("ecs-fargate-login error: sshd or ssh-keygen is missing: install openssh-server", 69, "Dockerfile")]
    [InlineData("/start-sshd.sh: 12: sshd: not found", 127, "Dockerfile")]
    [InlineData("ecs-fargate-login error: _SSH_PORT must be a whole number", 64, "refused one of its variables")]
    [InlineData("ecs-fargate-login end no-login: nobody logged in within 600 seconds", 124, "time limits")]
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
    public void An_unknown_cause_has_no_advice_of_its_own() => Assert.Null(StopCauses.NextStepFor(Stopped(), ["hello"]));

    private static TaskDescription Stopped() => SampleTask.Of("STOPPED");
}
