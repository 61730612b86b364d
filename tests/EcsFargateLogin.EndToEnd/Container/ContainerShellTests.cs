namespace EcsFargateLogin.EndToEnd.Container;

/// <summary>The files that a login's shell reads as it starts, and its terminal.</summary>
public sealed class ContainerShellTests
{
    /// <summary>Start-up files that say each time that they are read, as images have them.</summary>
    private const string StartupFiles = """
        echo 'echo system-bashrc' >/etc/bash.bashrc
        echo 'echo bashrc' >/root/.bashrc
        printf 'echo profile\n[ -z "$BASH" ] || [ ! -f ~/.bashrc ] || . ~/.bashrc\nexport OF_PROFILE=yes\n' >/root/.profile
        """;

    [Theory]
    [InlineData(ImageKind.Debian)]
    [InlineData(ImageKind.Bash)]
    public async Task A_command_reads_them_once_as_with_plain_ssh_and_a_file_transfer_not_at_all(ImageKind kind)
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Kind = kind,
            Setup = StartupFiles,
            Variables = ContainerOptions.Limit("_RECONNECT_WINDOW", 30),
        });
        var file = container.FilePath("file");
        await File.WriteAllTextAsync(file, "content");

        var command = await container.SshAsync("echo command; echo $HOME $SHLVL");
        var copy = await container.SftpAsync($"put {file} /tmp/file\n");

        Assert.Equal("system-bashrc\nbashrc\ncommand\n/root 1\n", command.Output);
        Assert.True(copy.ExitCode == 0, copy.Error);
        Assert.EndsWith("content", (await container.SshAsync("cat /tmp/file")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ImageKind.Debian)]
    [InlineData(ImageKind.Bash)]
    public async Task An_interactive_bash_reads_each_of_them_once(ImageKind kind)
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions { Kind = kind, Setup = StartupFiles });
        await using var terminal = await container.StartTerminalAsync();

        await terminal.Input.WriteAsync("echo \"<$OF_PROFILE $PATH>\"; exit\n");
        await terminal.Input.FlushAsync();
        var lines = (await terminal.EndAsync()).Output.Split(["\r\n", "\e[?2004l\r"], StringSplitOptions.None);

        Assert.All(
            ["profile", "system-bashrc", "bashrc", $"<yes {SshContainer.Path}>"],
            expected => Assert.Single(lines, line => line == expected));
    }

    [Fact]
    public async Task A_subsystem_that_is_no_subsystem_is_a_command()
    {
        await using var container = await SshContainer.StartAsync();

        var result = await container.SshAsync("/usr/lib/openssh/sftp-server -h");

        Assert.Contains("usage: sftp-server", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ImageKind.Debian, "xterm-ghostty", "xterm-256color")]
    [InlineData(ImageKind.Debian, "screen", "screen")]
    [InlineData(ImageKind.Debian, "dumb", "dumb")]
    [InlineData(ImageKind.Bash, "alacritty", "xterm-256color")]
    [InlineData(ImageKind.BusyBox, "tmux-256color-of-nobody", "xterm-256color")]
    [InlineData(ImageKind.BusyBox, "vt100", "vt100")]
    public async Task A_terminal_that_the_image_does_not_know_is_replaced_by_one_that_it_knows(ImageKind kind, string sent, string expected)
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions { Kind = kind });

        var result = await ProcessRun.CompleteAsync(
            "env", [$"TERM={sent}", "ssh", .. container.ClientOptions, "-tt", $"root@{container.Address}", "echo $TERM"]);

        Assert.Equal($"{expected}\r\n", result.Output);
    }

    [Fact]
    public async Task A_container_of_its_own_terminals_knows_them()
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Setup = "mkdir -p /root/terminals/x; : >/root/terminals/x/xterm-ghostty",
            Variables = new Dictionary<string, string> { ["TERMINFO_DIRS"] = "/nowhere:/root/terminals" },
        });

        var result = await ProcessRun.CompleteAsync(
            "env", ["TERM=xterm-ghostty", "ssh", .. container.ClientOptions, "-tt", $"root@{container.Address}", "echo $TERM"]);

        Assert.Equal("xterm-ghostty\r\n", result.Output);
    }
}
