namespace EcsFargateLogin.EndToEnd.Container;

/// <summary>The configuration of the running sshd for one login, as sshd itself reports it.</summary>
public sealed class ServerConfigurationTests
{
    /// <summary>The settings that a login could abuse, by sshd's own names.</summary>
    private static readonly string[] Strict =
    [
        "authenticationmethods publickey", "passwordauthentication no", "kbdinteractiveauthentication no",
        "permitemptypasswords no", "hostbasedauthentication no", "gssapiauthentication no", "usepam no",
        "authorizedkeyscommand none", "authorizedprincipalsfile none", "trustedusercakeys none",
        "maxauthtries 3", "logingracetime 20", "loglevel INFO", "allowtcpforwarding local", "allowagentforwarding no",
        "allowstreamlocalforwarding no", "x11forwarding no", "permittunnel no", "gatewayports no",
        "permituserenvironment no", "permituserrc no", "hostkeyalgorithms ssh-ed25519", "pidfile none",
    ];

    private static readonly string[] AlgorithmSettings =
        ["kexalgorithms ", "ciphers ", "macs ", "hostkeyalgorithms ", "pubkeyacceptedalgorithms "];

    private static readonly string[] Weak =
        ["sha1", "cbc", "umac-64", "diffie-hellman", "ecdh-sha2", "md5", "3des", "arcfour", "ssh-dss", "ssh-rsa,", "ssh-rsa-cert"];

    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 1000)]
    [InlineData(true, 0)]
    [InlineData(true, 1000)]
    public async Task Its_effective_configuration_is_strict_and_the_images_own_is_not_used(bool busyBox, int userId)
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Kind = busyBox ? ImageKind.BusyBox : ImageKind.Debian,
            UserId = userId,
        });
        var user = userId == 0 ? "root" : "app";

        var result = await container.SshAsync(
            $"$(command -v sshd) -T -C user={user},host=client,addr=127.0.0.1 -f /*/ecs-fargate-login.*/sshd_config", user);

        Assert.True(result.ExitCode == 0, result.Error);
        var settings = result.Output.Split('\n');
        Assert.All(
            [.. Strict, $"allowusers {user}", $"permitrootlogin {(userId == 0 ? "without-password" : "no")}", $"port {container.Port}"],
            setting => Assert.Contains(setting, settings));
        // The script's own, which it does not hand to the shell.
        Assert.Equal(
            "acceptenv _KEEP_SESSION",
            Assert.Single(settings, setting => setting.StartsWith("acceptenv", StringComparison.Ordinal)));
        Assert.Contains(settings, setting => setting.StartsWith("subsystem sftp /", StringComparison.Ordinal));
        var algorithms = settings.Where(setting => AlgorithmSettings.Any(setting.StartsWith)).ToArray();
        Assert.Equal(AlgorithmSettings.Length, algorithms.Length);
        Assert.Contains(algorithms, setting => setting.StartsWith("kexalgorithms sntrup761x25519", StringComparison.Ordinal));
        Assert.All(Weak, weak => Assert.DoesNotContain(algorithms, setting => $"{setting},".Contains(weak, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 1000)]
    [InlineData(true, 1000)]
    public async Task A_read_only_root_file_system_with_a_writable_tmp_is_enough(bool busyBox, int userId)
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Kind = busyBox ? ImageKind.BusyBox : ImageKind.Debian,
            UserId = userId,
            Sandbox = ["read-only"],
        });

        var result = await container.SshAsync(
            "for folder in / /run /etc /home/app /usr/bin; do touch $folder/x 2>/dev/null && echo wrote to $folder; done; "
                + "touch /tmp/x && echo $(id -u)",
            userId == 0 ? "root" : "app");

        Assert.Equal($"{userId}\n", result.Output);
    }

    [Fact]
    public async Task Root_needs_no_more_than_these_capabilities()
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Sandbox = ["capabilities=-all,+audit_write,+chown,+dac_override,+fowner,+kill,+net_bind_service,+setgid,+setuid,+sys_chroot"],
            Variables = new Dictionary<string, string> { ["_SSH_USER"] = "app" },
        });

        // Otherwise one login's end may be the container's before the next comes.
        string[] keep = ["-o", "SetEnv=_KEEP_SESSION=yes"];
        await using var terminal = container.StartSsh([.. keep, "-tt", $"app@{container.Address}", "id -un; tty"]);
        var copy = await ProcessRun.CompleteAsync(
            "sftp", ["-b", "-", .. container.ClientOptions, .. keep, $"app@{container.Address}"], "ls /\n");
        var kept = await container.SshAsync("grep CapBnd /proc/1/status", "app", keep);

        Assert.Equal("app\r\n/dev/pts/0\r\n", (await terminal.EndAsync()).Output);
        Assert.Equal(0, copy.ExitCode);
        Assert.Equal("CapBnd:\t00000000200404eb\n", kept.Output);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_images_own_user_serves_its_login_on_an_unprivileged_port_without_any_capability(bool busyBox)
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Kind = busyBox ? ImageKind.BusyBox : ImageKind.Debian,
            UserId = 1000,
            // Otherwise the first login's end may be the container's before the second comes.
            Variables = new Dictionary<string, string> { ["_KEEP_SESSION"] = "yes" },
        });

        var login = await container.SshAsync(
            "id -u; for process in /proc/[0-9]*; do grep -E '^(Uid|CapEff):' $process/status; done | sort -u", "app");
        var root = await container.SshAsync("id -u");

        Assert.InRange(container.Port, 1024, 65535);
        Assert.Equal("1000\nCapEff:\t0000000000000000\nUid:\t1000\t1000\t1000\t1000\n", login.Output);
        Assert.Contains("Permission denied (publickey).", root.Error, StringComparison.Ordinal);
    }
}
