using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Container;

public sealed class ContainerSettingTests
{
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDFJqN5wuLK1HUbZLPeNqIhaVxg1Ezb8xfdlmG7DKs9L test";

    [Theory]
    [InlineData("_AUTHORIZED_PUBLIC_KEY", "", "_AUTHORIZED_PUBLIC_KEY is not set")]
    [InlineData("_AUTHORIZED_PUBLIC_KEY", " \n# only a comment\n", "_AUTHORIZED_PUBLIC_KEY is not set")]
    [InlineData("_AUTHORIZED_PUBLIC_KEY", "ssh-ed25519 AAAA", "not a public key")]
    [InlineData("_AUTHORIZED_PUBLIC_KEY", Key + "\nnonsense", "not a public key")]
    [InlineData("_AUTHORIZED_PUBLIC_KEY", "Command=\"id\" " + Key, "command=")]
    [InlineData("_AUTHORIZED_PUBLIC_KEY", " command=\"id\" " + Key, "command=")]
    [InlineData("_AUTHORIZED_PUBLIC_KEY", "\tCOMMAND=\"id\" " + Key, "command=")]
    [InlineData("_AUTHORIZED_PUBLIC_KEY", "from=\"a b,c\",command=\"id\" " + Key, "command=")]
    [InlineData("_AUTHORIZED_PUBLIC_KEY", "from=\"a\\\" b\",pty,command=\"id\" " + Key, "command=")]
    [InlineData("_AUTHORIZED_PUBLIC_KEY", Key + "\n \t command=\"id\" " + Key, "command=")]
    [InlineData("_AUTHORIZED_PUBLIC_KEY", "restrict,command=\"id\" " + Key, "command=")]
    [InlineData("_SSH_PORT", "0", "_SSH_PORT must be a whole number from 1 to 65535")]
    [InlineData("_SSH_PORT", "65536", "_SSH_PORT must be")]
    [InlineData("_SSH_PORT", "22 ", "_SSH_PORT must be")]
    [InlineData("_SSH_PORT", "022", "_SSH_PORT must be")]
    [InlineData("_SSH_LISTEN_ADDRESS", "0.0.0.0\nPermitRootLogin yes", "_SSH_LISTEN_ADDRESS must be")]
    [InlineData("_SSH_USER", "nobody-here", "_SSH_USER names nobody-here")]
    [InlineData("_SSH_USER", "0", "_SSH_USER names 0")]
    [InlineData("_SSH_USER", "-n", "_SSH_USER is not a user name")]
    [InlineData("_SSH_USER", "root *", "_SSH_USER is not a user name")]
    [InlineData("_SESSION_PROOF_KEY", "0123456789abcdef", "_SESSION_PROOF_KEY must be 64 hexadecimal digits")]
    [InlineData("_SESSION_PROOF_KEY", "000000000000000000000000000000000000000000000000000000000000000$", "_SESSION_PROOF_KEY must be")]
    [InlineData("_LOGIN_TIMEOUT", "-1", "_LOGIN_TIMEOUT must be a whole number from 0")]
    [InlineData("_IDLE_TIMEOUT", "ten", "_IDLE_TIMEOUT must be")]
    [InlineData("_MAX_LIFETIME", "1.5", "_MAX_LIFETIME must be")]
    [InlineData("_MAX_LIFETIME", "99999999999999999999", "_MAX_LIFETIME must be")]
    [InlineData("_UNUSED_TIMEOUT", "30m", "_UNUSED_TIMEOUT must be")]
    [InlineData("_RECONNECT_WINDOW", "1s", "_RECONNECT_WINDOW must be")]
    public async Task A_malformed_setting_is_refused(string name, string value, string message)
    {
        foreach (var kind in ContainerOptions.Kinds)
        {
            var result = await SshContainer.RefuseAsync(new ContainerOptions
            {
                Kind = kind,
                Variables = new Dictionary<string, string> { [name] = value },
            });

            AssertRefused(64, message, result);
        }
    }

    [Fact]
    public async Task An_unprivileged_container_cannot_log_in_another_user()
    {
        var result = await SshContainer.RefuseAsync(new ContainerOptions
        {
            UserId = 1000,
            Variables = new Dictionary<string, string> { ["_SSH_USER"] = "root" },
        });

        AssertRefused(64, "can only log in app", result);
    }

    [Fact]
    public async Task An_image_without_sshd_is_told_which_package_it_lacks()
    {
        var result = await SshContainer.RefuseAsync(
            new ContainerOptions { Kind = ImageKind.BusyBox, Sandbox = ["lacks=sshd"] });

        AssertRefused(69, "install openssh-server (Debian) or openssh (Alpine)", result);
    }

    [Theory]
    [InlineData("awk", "awk is missing: install mawk, gawk or busybox")]
    [InlineData("od", "od is missing: install coreutils or busybox")]
    [InlineData("mktemp", "mktemp is missing: install coreutils or busybox")]
    [InlineData("ssh-keygen", "ssh-keygen is missing: install openssh-server (Debian) or openssh (Alpine)")]
    public async Task A_program_that_the_image_lacks_is_named(string program, string message)
    {
        var one = await SshContainer.RefuseAsync(
            new ContainerOptions { Kind = ImageKind.BusyBox, Sandbox = [$"lacks={program}"] });
        var two = await SshContainer.RefuseAsync(
            new ContainerOptions { Kind = ImageKind.BusyBox, Sandbox = [$"lacks={program}", "lacks=stat"] });

        AssertRefused(69, $"error: {message}\n", one);
        AssertRefused(69, message, two);
        AssertRefused(69, "stat is missing", two);
    }

    [Fact]
    public async Task What_options_hold_in_quotes_or_after_the_key_is_no_option()
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Variables = new Dictionary<string, string>
            {
                ["_AUTHORIZED_PUBLIC_KEY"] = $"environment=\"X=,command=\" {Key} command=\"id\"",
            },
        });

        Assert.Contains("ecs-fargate-login start ", container.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1001, "the shell of service is /usr/sbin/nologin")]
    [InlineData(4711, "uid 4711 has no name in /etc/passwd")]
    public async Task A_user_that_sshd_could_not_log_in_is_refused_at_the_start(int userId, string message)
    {
        foreach (var kind in ContainerOptions.Kinds)
        {
            var result = await SshContainer.RefuseAsync(new ContainerOptions { Kind = kind, UserId = userId });

            AssertRefused(69, message, result);
        }
    }

    [Fact]
    public async Task A_locked_account_that_cannot_be_unlocked_is_refused_at_the_start()
    {
        var result = await SshContainer.RefuseAsync(new ContainerOptions { Sandbox = ["locked", "read-only"] });

        AssertRefused(69, "the account root is locked and /etc/shadow cannot be written", result);
    }

    private static void AssertRefused(int exitCode, string message, ProcessResult result)
    {
        Assert.True(exitCode == result.ExitCode, $"{result.ExitCode}: {result.Output}{result.Error}");
        Assert.StartsWith("ecs-fargate-login error: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.TrimEnd().Split('\n'));
        Assert.Equal("", result.Output);
    }
}
