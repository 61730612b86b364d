using EcsFargateLogin.EndToEnd.Trust;

namespace EcsFargateLogin.EndToEnd.Container;

public sealed class ContainerSecurityTests
{
    [Fact]
    public async Task The_host_key_in_the_log_is_the_one_that_sshd_shows_and_it_is_new_each_time()
    {
        await using var container = await SshContainer.StartAsync();
        await using var other = await SshContainer.StartAsync();

        var scan = await ProcessRun.CompleteAsync("ssh-keyscan", ["-p", $"{container.Port}", container.Address]);

        var keys = scan.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith('#'));
        Assert.Equal([$"{container.Address} {container.HostKey}"], keys);
        Assert.NotEqual(container.HostKey, other.HostKey);
    }

    [Fact]
    public async Task The_lines_of_the_log_name_the_key_they_are_for()
    {
        await using var container = await SshContainer.StartAsync();

        var listing = await ProcessRun.CompleteAsync("ssh-keygen", ["-l", "-f", container.KeyPath + ".pub"]);

        var fingerprint = listing.Output.Split(' ')[1];
        Assert.StartsWith(
            $"ecs-fargate-login start user=root port=22 for {fingerprint}\n", container.Log, StringComparison.Ordinal);
        Assert.Contains($" {container.HostKey} for {fingerprint}\n", container.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_key_is_refused_and_a_password_is_not_asked_for()
    {
        await using var container = await SshContainer.StartAsync();
        container.KeyPath = container.FilePath("other");
        await SshContainer.MakeKeyAsync(container.KeyPath);

        var result = await container.SshAsync("true");

        Assert.Equal(255, result.ExitCode);
        Assert.Contains("Permission denied (publickey).", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_user_is_refused()
    {
        await using var container = await SshContainer.StartAsync();

        var result = await container.SshAsync("true", "app");

        Assert.Contains("Permission denied (publickey).", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_and_further_keys_beside_the_key_are_honoured()
    {
        await using var container = await SshContainer.StartAsync();
        var restrictedKey = container.FilePath("restricted");
        var publicKey = await SshContainer.MakeKeyAsync(restrictedKey);
        await using var restricted = await SshContainer.StartAsync(new ContainerOptions
        {
            Variables = new Dictionary<string, string>
            {
                ["_AUTHORIZED_PUBLIC_KEY"] =
                    $"# two keys\r\n{await File.ReadAllTextAsync(container.KeyPath + ".pub")}\r\nrestrict {publicKey}",
                // Otherwise the first login's end may be the container's before the second comes.
                ["_KEEP_SESSION"] = "yes",
            },
        });
        restricted.KeyPath = restrictedKey;

        var command = await restricted.SshAsync("echo in");
        await using var terminal = restricted.StartSsh("-tt", $"root@{restricted.Address}", "echo in");

        Assert.Equal("in\n", command.Output);
        Assert.Contains("PTY allocation request failed", (await terminal.EndAsync()).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_script_writes_is_private()
    {
        await using var container = await SshContainer.StartAsync();

        var result = await container.SshAsync(
            "cd /run/ecs-fargate-login.* && stat -c '%n %U %a' . login login/environment host_key");

        Assert.Equal(". root 700\nlogin root 700\nlogin/environment root 600\nhost_key root 600\n", result.Output);
    }

    [Fact]
    public async Task Local_forwarding_reaches_what_the_container_reaches()
    {
        await using var container = await SshContainer.StartAsync();

        await using var tunnel = container.StartSsh("-W", $"{container.Address}:22", $"root@{container.Address}");
        await SshContainer.UntilAsync(() => tunnel.Output.Length > 0);

        Assert.StartsWith("SSH-2.0-", System.Text.Encoding.ASCII.GetString(tunnel.Output), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ImageKind.Debian)]
    [InlineData(ImageKind.BusyBox)]
    public async Task An_expired_account_is_told_at_the_start_and_at_the_end(ImageKind kind)
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Kind = kind,
            Sandbox = ["expired"],
            HasOwnClock = true,
            Variables = ContainerOptions.Limit("_LOGIN_TIMEOUT", 5),
        });

        var result = await container.SshAsync("true");
        await container.PassUntilEndAsync();
        var end = await container.EndAsync();

        Assert.Contains("Permission denied", result.Error, StringComparison.Ordinal);
        Assert.Contains("ecs-fargate-login note: the account root has expired", end.Output, StringComparison.Ordinal);
        Assert.Contains(
            "ecs-fargate-login end no-login: nobody logged in within 5 seconds; sshd refused to: Account root has expired\n",
            end.Output,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ImageKind.Debian, 0)]
    [InlineData(ImageKind.Bash, 0)]
    [InlineData(ImageKind.BusyBox, 0)]
    [InlineData(ImageKind.BusyBox, 1000)]
    public async Task The_first_line_of_sshd_proves_the_host_key(ImageKind kind, int userId)
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Kind = kind,
            UserId = userId,
            Variables = new Dictionary<string, string> { ["_SESSION_PROOF_KEY"] = ProofKey, ["_SESSION_NONCE"] = "n0nce" },
        });

        await AssertProvesAsync(container);
        Assert.DoesNotContain(ProofKey, container.Log, StringComparison.Ordinal);
        Assert.Equal("in\n", (await container.SshAsync("echo in", userId == 0 ? "root" : "app")).Output);
    }

    [Debian13Fact]
    public async Task So_does_that_of_OpenSSH_10()
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Kind = ImageKind.Debian13,
            Variables = new Dictionary<string, string> { ["_SESSION_PROOF_KEY"] = ProofKey },
        });

        await AssertProvesAsync(container);
        Assert.Equal("in\n", (await container.SshAsync("echo in")).Output);
    }

    [Fact]
    public async Task An_image_without_sha256sum_proves_nothing_and_says_so()
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Kind = ImageKind.BusyBox,
            Sandbox = ["lacks=sha256sum"],
            Variables = new Dictionary<string, string> { ["_SESSION_PROOF_KEY"] = ProofKey },
        });

        Assert.Matches("^SSH-2.0-OpenSSH[^ ]*( Debian[^ ]*)?$", await HostProofTests.VersionOfAsync(container.Address, container.Port));
        Assert.Contains("note: sshd does not prove its host key", container.Log, StringComparison.Ordinal);
        Assert.Equal("in\n", (await container.SshAsync("echo in")).Output);
    }

    [Fact]
    public async Task Where_Ed25519_is_not_accepted_the_host_key_is_one_that_FIPS_accepts()
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Kind = ImageKind.BusyBox,
            Variables = new Dictionary<string, string> { ["_SESSION_PROOF_KEY"] = ProofKey },
            Setup = """
                mv /usr/bin/ssh-keygen /usr/bin/ssh-keygen.true
                printf '%s\n' '#!/bin/sh' 'case $* in *ed25519*) echo "ED25519 keys are not allowed in FIPS mode"; exit 1 ;; esac' \
                    'exec /usr/bin/ssh-keygen.true "$@"' >/usr/bin/ssh-keygen
                chmod 755 /usr/bin/ssh-keygen
                """,
        });

        var result = await container.SshAsync("echo in", "root", "-o", "KexAlgorithms=ecdh-sha2-nistp256");

        Assert.Equal("in\n", result.Output);
        Assert.StartsWith("ecdsa-sha2-nistp256 ", container.HostKey, StringComparison.Ordinal);
        Assert.Contains("note: the host key is of type ecdsa", container.Log, StringComparison.Ordinal);
        await AssertProvesAsync(container);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_locked_root_account_can_log_in_and_the_log_says_what_was_done(bool busyBox)
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Kind = busyBox ? ImageKind.BusyBox : ImageKind.Debian,
            Sandbox = ["locked"],
        });

        var result = await container.SshAsync("grep ^root: /etc/shadow; stat -c %a /etc/shadow");

        Assert.Equal("root:*:19000::::::\n640\n", result.Output);
        Assert.Contains("ecs-fargate-login note: the account root was locked", container.Log, StringComparison.Ordinal);
    }

    private const string ProofKey = "00112233445566778899aabbccddeeff0123456789ABCDEFfedcba9876543210";

    /// <summary>The version line has the proof of the host key, in what RFC 4253 allows and ssh shows of it.</summary>
    private static async Task AssertProvesAsync(SshContainer container)
    {
        var line = container.Log.Split('\n').Single(logged => logged.StartsWith("ecs-fargate-login host-key ", StringComparison.Ordinal));
        var nonce = line.Contains(" nonce=", StringComparison.Ordinal) ? line[line.IndexOf(" nonce=", StringComparison.Ordinal)..].TrimEnd() : "";
        var text = $"ecs-fargate-login host-key {container.HostKey}{nonce}";

        var version = await HostProofTests.VersionOfAsync(container.Address, container.Port);

        Assert.EndsWith($" ecs-fargate-login proof={HostProofTests.ProofOf(ProofKey, text)}", version, StringComparison.Ordinal);
        Assert.True(version.Length - "SSH-2.0-".Length <= 100, version);
    }
}
