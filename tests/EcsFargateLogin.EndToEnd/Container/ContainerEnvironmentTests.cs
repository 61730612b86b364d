using System.Text;

namespace EcsFargateLogin.EndToEnd.Container;

public sealed class ContainerEnvironmentTests
{
    /// <summary>Written and compared as Latin-1, which maps each byte to one character.</summary>
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["PLAIN"] = "value",
        ["EMPTY"] = "",
        ["SPACES"] = "  two before and after  ",
        ["QUOTES"] = "it's \"quoted\" and `ticked`",
        ["EXPANSIONS"] = "$HOME ${HOME} $(id) %s %% !! ~ * \\n \\\\",
        ["LINES"] = "first\nsecond\n\n",
        ["EQUALS"] = "=a=b==",
        ["UTF_8"] = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("čšž ü 日本")),
        ["EVERY_BYTE"] = string.Concat(Enumerable.Range(1, 255).Select(code => (char)code)),
        ["LONG"] = new string('x', 20_000),
    };

    private static readonly Dictionary<string, string> OddNames = new()
    {
        ["spring.datasource.url"] = "jdbc:postgresql://db",
        ["it's-odd"] = "it is",
        ["BASH_FUNC_greet%%"] = "() {  echo hello\n}",
    };

    /// <summary>Variables that begin as the script's own names do, and are none of them.</summary>
    private static readonly Dictionary<string, string> Underscored = new()
    {
        ["_JAVA_OPTIONS"] = "-Xmx512m",
        ["__GLX"] = "a\nb",
        ["_SSH_PORTS"] = "1",
    };

    private static readonly Dictionary<string, string> Withheld = new()
    {
        ["_KEEP_SESSION"] = "yes",
        ["_SESSION_NONCE"] = "n0nce",
        ["_SESSION_PROOF_KEY"] = new string('0', 64),
        ["_UNUSED_TIMEOUT"] = "60",
        ["HOME"] = "/wrong",
        ["USER"] = "wrong",
        ["SHELL"] = "/wrong",
        ["SSH_CONNECTION"] = "wrong",
    };

    public static TheoryData<ImageKind, int> Containers => new()
    {
        { ImageKind.Debian, 0 },
        { ImageKind.Debian, 1000 },
        { ImageKind.Bash, 0 },
        { ImageKind.Bash, 1000 },
        { ImageKind.BusyBox, 0 },
        { ImageKind.BusyBox, 1000 },
    };

    [Theory]
    [MemberData(nameof(Containers))]
    public async Task A_command_gets_every_variable_of_the_container_byte_by_byte(ImageKind kind, int userId)
    {
        await using var container = await StartAsync(kind, userId);

        var (exitCode, output) = await ReadAsync(container, "cat /proc/$$/environ; exit 3", userId == 0 ? "root" : "app");

        Assert.Equal(3, exitCode);
        var environment = Parse(output);
        AssertHolds(Variables, environment);
        Assert.Equal(SshContainer.Path, environment["PATH"]);
        AssertIsTheLogins(environment, userId == 0 ? "/root" : "/home/app");
        if (kind != ImageKind.BusyBox)
        {
            AssertHolds(OddNames, environment);
        }
    }

    [Fact]
    public async Task Where_nothing_can_hand_odd_names_over_the_log_says_so_and_no_argument_list_shows_them()
    {
        await using var container = await StartAsync(ImageKind.BusyBox, 0);

        var result = await container.SshAsync("tr '\\0' '\\n' </proc/$$/environ | grep -c spring");

        Assert.Equal("0\n", result.Output);
        Assert.Contains(
            "ecs-fargate-login note: logins do not get 3 variables with names that no shell can hold: that takes perl in the image\n",
            container.Log,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ImageKind.Debian)]
    [InlineData(ImageKind.Bash)]
    [InlineData(ImageKind.BusyBox)]
    public async Task An_interactive_shell_gets_them_after_its_profile_and_keeps_the_containers_path(ImageKind kind)
    {
        await using var container = await StartAsync(kind, 0);
        await using var open = await container.StartTerminalAsync();

        await using var terminal = await container.StartTerminalAsync();
        await terminal.Input.WriteAsync("cat /proc/$$/environ >/tmp/environment; exit 7\n");
        await terminal.Input.FlushAsync();

        Assert.Equal(7, (await terminal.EndAsync()).ExitCode);
        var environment = Parse((await ReadAsync(container, "cat /tmp/environment", "root")).Output);
        AssertHolds(Variables, environment);
        Assert.Equal(SshContainer.Path, environment["PATH"]);
        Assert.Equal("yes", environment["PROFILE_WAS_READ"]);
        AssertIsTheLogins(environment, "/root");
    }

    [Theory]
    [InlineData(ImageKind.Debian)]
    [InlineData(ImageKind.Bash)]
    [InlineData(ImageKind.BusyBox)]
    public async Task A_file_transfer_gets_them_too(ImageKind kind)
    {
        await using var container = await StartAsync(kind, 0);
        var copy = container.FilePath("environment");

        var result = await container.SftpAsync($"get /proc/self/environ {copy}\n");

        Assert.True(result.ExitCode == 0, result.Error);
        var environment = Parse(await File.ReadAllBytesAsync(copy));
        AssertHolds(Variables, environment);
        AssertIsTheLogins(environment, "/root");
    }

    [Fact]
    public async Task Commands_sent_without_a_terminal_run_one_after_the_other_and_the_exit_code_comes_back()
    {
        await using var container = await StartAsync(ImageKind.Debian, 0);
        await using var ssh = container.StartSsh("-T", $"root@{container.Address}");
        await ssh.Input.WriteAsync("echo up-$((6*7)) $PLAIN\nexit 5\n");
        ssh.Input.Close();

        var result = await ssh.EndAsync();

        Assert.Equal((5, "up-42 value\n"), (result.ExitCode, result.Output));
    }

    [Fact]
    public async Task A_login_has_the_containers_umask_and_ignores_no_signal()
    {
        await using var container = await StartAsync(ImageKind.Debian, 0);

        var result = await container.SshAsync("umask; grep SigIgn /proc/self/status");

        Assert.Equal("0022\nSigIgn:\t0000000000000000\n", result.Output);
    }

    [Fact]
    public async Task The_values_stay_out_of_the_log()
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Variables = new Dictionary<string, string> { ["TOKEN"] = "s3cr3t-value", ["_TOKEN"] = "s3cr3t-value" },
        });

        var result = await container.SshAsync("echo $TOKEN");
        var end = await container.EndAsync();

        Assert.Equal("s3cr3t-value\n", result.Output);
        Assert.DoesNotContain("s3cr3t", end.Output + end.Error, StringComparison.Ordinal);
    }

    private static Task<SshContainer> StartAsync(ImageKind kind, int userId) =>
        SshContainer.StartAsync(new ContainerOptions
        {
            Kind = kind,
            UserId = userId,
            Variables = Variables.Concat(OddNames).Concat(Underscored).Concat(Withheld).ToDictionary(),
        });

    /// <summary>Runs a command, and returns its output as bytes, because values need not be UTF-8.</summary>
    private static async Task<(int ExitCode, byte[] Output)> ReadAsync(SshContainer container, string command, string user)
    {
        await using var ssh = container.StartSsh($"{user}@{container.Address}", command);
        ssh.Input.Close();
        return ((await ssh.EndAsync()).ExitCode, ssh.Output);
    }

    private static Dictionary<string, string> Parse(byte[] environment) => Encoding.Latin1.GetString(environment)
        .Split('\0', StringSplitOptions.RemoveEmptyEntries)
        .Select(entry => entry.Split('=', 2))
        .ToDictionary(pair => pair[0], pair => pair[1]);

    private static void AssertHolds(Dictionary<string, string> expected, Dictionary<string, string> environment)
    {
        foreach (var (name, value) in expected)
        {
            Assert.True(environment.TryGetValue(name, out var actual), $"{name} is missing.");
            Assert.Equal(value, actual);
        }
    }

    private static void AssertIsTheLogins(Dictionary<string, string> environment, string home)
    {
        AssertHolds(Underscored, environment);
        Assert.All(Withheld.Keys.Where(name => name.StartsWith('_')), name => Assert.DoesNotContain(name, environment.Keys));
        Assert.DoesNotContain("_AUTHORIZED_PUBLIC_KEY", environment.Keys);
        Assert.DoesNotContain("SSH_ORIGINAL_COMMAND", environment.Keys);
        Assert.Equal(home, environment["HOME"]);
        Assert.StartsWith("/bin/", environment["SHELL"], StringComparison.Ordinal);
        Assert.NotEqual("wrong", environment["USER"]);
        Assert.StartsWith("127.", environment["SSH_CONNECTION"], StringComparison.Ordinal);
    }
}
