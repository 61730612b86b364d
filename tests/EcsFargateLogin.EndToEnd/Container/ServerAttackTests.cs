namespace EcsFargateLogin.EndToEnd.Container;

/// <summary>Attacks by clients on the server.</summary>
public sealed class ServerAttackTests
{
    [Theory]
    [InlineData("password")]
    [InlineData("keyboard-interactive")]
    [InlineData("hostbased")]
    [InlineData("gssapi-with-mic")]
    [InlineData("none")]
    public async Task No_method_but_the_key_is_offered(string method)
    {
        await using var container = await SshContainer.StartAsync();
        container.KeyPath = container.FilePath("other");
        await SshContainer.MakeKeyAsync(container.KeyPath);

        await using var ssh = container.StartSsh(
            "-v", "-o", $"PreferredAuthentications={method}", "-o", "LogLevel=DEBUG1", $"root@{container.Address}", "true");
        var result = await ssh.EndAsync();

        Assert.Equal(255, result.ExitCode);
        Assert.All(
            result.Error.Split('\n').Where(line => line.Contains("that can continue", StringComparison.Ordinal)),
            line => Assert.EndsWith(": publickey", line.TrimEnd('\r'), StringComparison.Ordinal));
        Assert.Contains("Permission denied (publickey).", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_password_in_the_image_lets_nobody_in()
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Sandbox = ["empty-password"],
            // Otherwise the first login's end may be the container's before the second comes.
            Variables = new Dictionary<string, string> { ["_KEEP_SESSION"] = "yes" },
        });
        var shadow = await container.SshAsync("grep ^root: /etc/shadow");
        container.KeyPath = container.FilePath("other");
        await SshContainer.MakeKeyAsync(container.KeyPath);

        var result = await container.SshAsync("true");

        Assert.Equal(("root::19000::::::\n", 255), (shadow.Output, result.ExitCode));
        Assert.Contains("Permission denied (publickey).", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_three_wrong_keys_the_connection_is_cut_though_the_right_one_would_follow()
    {
        await using var container = await SshContainer.StartAsync();
        List<string> wrong = [];
        foreach (var name in (string[])["first", "second", "third"])
        {
            await SshContainer.MakeKeyAsync(container.FilePath(name));
            wrong.AddRange(["-i", container.FilePath(name)]);
        }

        var right = container.KeyPath;
        container.KeyPath = wrong[1];
        await using var ssh = container.StartSsh([.. wrong[2..], "-i", right, $"root@{container.Address}", "true"]);
        var result = await ssh.EndAsync();

        Assert.Equal(255, result.ExitCode);
        Assert.Contains("Too many authentication failures", result.Error, StringComparison.Ordinal);
        await container.WaitForLogAsync("maximum authentication attempts exceeded");
    }

    [Fact]
    public async Task Nothing_of_the_clients_environment_reaches_the_shell()
    {
        await using var container = await SshContainer.StartAsync();

        await using var ssh = container.StartSsh(
            "-o", "SetEnv=LD_PRELOAD=/tmp/evil.so LANG=xx_XX LC_ALL=xx_XX", $"root@{container.Address}",
            "env | grep -E '^(LD_PRELOAD|LANG|LC_)'; echo over");

        Assert.Equal("over\n", (await ssh.EndAsync()).Output);
    }

    [Fact]
    public async Task Agent_and_X11_forwarding_are_refused()
    {
        await using var container = await SshContainer.StartAsync();

        await using var ssh = container.StartSsh(
            "-A", "-Y", "-o", "ForwardX11Timeout=0", $"root@{container.Address}", "echo \"<$SSH_AUTH_SOCK$DISPLAY>\"");

        Assert.Equal("<>\n", (await ssh.EndAsync()).Output);
    }

    [Fact]
    public async Task Remote_forwarding_is_refused()
    {
        await using var container = await SshContainer.StartAsync();

        await using var ssh = container.StartSsh(
            "-o", "ExitOnForwardFailure=yes", "-R", "127.0.0.1:0:127.0.0.1:9", $"root@{container.Address}", "echo in");
        var result = await ssh.EndAsync();

        Assert.Equal((255, ""), (result.ExitCode, result.Output));
        Assert.Contains("remote port forwarding failed", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("KexAlgorithms=diffie-hellman-group14-sha256")]
    [InlineData("KexAlgorithms=ecdh-sha2-nistp256")]
    [InlineData("Ciphers=aes128-cbc")]
    [InlineData("HostKeyAlgorithms=rsa-sha2-512")]
    public async Task An_old_algorithm_is_not_agreed_on(string option)
    {
        await using var container = await SshContainer.StartAsync();

        await using var ssh = container.StartSsh("-o", option, $"root@{container.Address}", "true");
        var result = await ssh.EndAsync();

        Assert.Equal(255, result.ExitCode);
        await container.WaitForLogAsync("Unable to negotiate");
    }

    [Fact]
    public async Task Sshd_logs_to_standard_output()
    {
        await using var container = await SshContainer.StartAsync();

        await container.SshAsync("true");
        var end = await container.EndAsync();

        Assert.Contains("Accepted publickey for root", end.Output, StringComparison.Ordinal);
        Assert.Equal("", end.Error);
    }
}
