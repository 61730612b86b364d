using System.Globalization;

namespace EcsFargateLogin.EndToEnd.Container;

/// <summary>Starts of the script with hostile environments, on odd and full file systems, and with signals at each moment.</summary>
public sealed class ContainerDisturbedStartTests
{
    /// <summary>What shells, the dynamic loader and programs take from the environment.</summary>
    private static readonly Dictionary<string, string> Hostile = new()
    {
        ["BASH_FUNC_od%%"] = "() { echo evil-function; }",
        ["BASH_FUNC_printf%%"] = "() { echo evil-function; }",
        ["BASH_FUNC_command%%"] = "() { echo evil-function; }",
        ["SHELLOPTS"] = "xtrace:pipefail:errexit",
        ["BASHOPTS"] = "nocasematch:failglob",
        ["PS4"] = "$(echo evil-trace >/tmp/evil)",
        ["BASH_ENV"] = "/tmp/evil.sh",
        ["ENV"] = "/tmp/evil.sh",
        ["EXECIGNORE"] = "*",
        ["FUNCNEST"] = "1",
        ["GLOBIGNORE"] = "*",
        ["LD_SHOW_AUXV"] = "1",
        ["LD_PRELOAD"] = "/tmp/evil.so",
        ["IFS"] = "/.x0",
        ["POSIXLY_CORRECT"] = "1",
        ["TMPDIR"] = "/nowhere",
        ["CDPATH"] = "/tmp",
        ["TZ"] = "../../tmp/evil",
    };

    public static TheoryData<ImageKind> Kinds => [.. ContainerOptions.Kinds];

    public static TheoryData<ImageKind, string> FileSystems
    {
        get
        {
            TheoryData<ImageKind, string> all = [];
            foreach (var kind in ContainerOptions.Kinds)
            {
                all.Add(kind, Mount("noexec"));
                all.Add(kind, "chmod 777 /run /tmp; mount -t tmpfs -o mode=1777,nosuid,nodev,noexec tmpfs /dev/shm");
                all.Add(kind, "mount -t tmpfs -o mode=555,ro tmpfs /tmp; mkdir /run/sshd");
                all.Add(kind, "mkfifo /tmp/ecs-fargate-login; ln -s /etc /run/ecs-fargate-login; umask 777");
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task Nothing_of_a_hostile_environment_runs_or_ends_the_start(ImageKind kind) => AssertBearsAsync(kind, "/bin/sh -c 'echo in'");

    [Debian13Fact]
    public Task Nothing_of_a_hostile_environment_runs_or_ends_the_start_with_OpenSSH_10() =>
        AssertBearsAsync(ImageKind.Debian13, "echo in");

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("bin:../tmp::")]
    [InlineData("/tmp/$(id):/tmp/`id`:/tmp/'\"\\")]
    public async Task Any_PATH_is_that_of_logins_alone(string path)
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Variables = new Dictionary<string, string> { ["PATH"] = path },
        });

        Assert.Equal($"{path}\n", (await container.SshAsync("echo \"$PATH\"")).Output);
    }

    [Theory]
    [MemberData(nameof(FileSystems))]
    public async Task It_starts_on_any_file_system_that_it_can_write_to_in_safety(ImageKind kind, string setup)
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions { Kind = kind, Setup = setup });

        Assert.Equal("in\n", (await container.SshAsync("echo in")).Output);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Files_that_a_full_disk_cuts_off_are_never_used(ImageKind kind)
    {
        // One page less than is needed, two less, and so on: the file that is cut off differs each time.
        for (var size = 4; size <= 28; size += 4)
        {
            var end = await SshContainer.RefuseAsync(new ContainerOptions
            {
                Kind = kind,
                Setup = $"{Mount($"size={size}k")}; mkdir /run/sshd",
                Variables = new Dictionary<string, string> { ["PLAIN"] = "value", ["_KEEP_SESSION"] = "yes", ["_LOGIN_TIMEOUT"] = "1" },
            });

            Assert.Equal(69, end.ExitCode);
            Assert.Matches("is the disk full|No space left", end.Error.TrimEnd().Split('\n')[^1]);
            Assert.DoesNotContain("ecs-fargate-login start", end.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_request_to_stop_is_heard_at_each_moment_and_nothing_is_left(ImageKind kind)
    {
        var lines = await File.ReadAllLinesAsync(ContainerFiles.Path("start-sshd.sh"));
        var moments = MomentsOf(lines);
        Assert.InRange(moments.Count, 20, 60);

        await Parallel.ForEachAsync(moments, new ParallelOptions { MaxDegreeOfParallelism = 3 }, async (moment, _) =>
        {
            var end = await SshContainer.RefuseAsync(new ContainerOptions
            {
                Kind = kind,
                Setup = string.Create(CultureInfo.InvariantCulture, $"sed -i '{moment}a kill -s TERM $$' /start-sshd.sh"),
                IsProcess1 = false,
            });

            var about = $"After line {moment}, {lines[moment - 1]}:\n{end.Output}{end.Error}";
            Assert.True(end.ExitCode == 0, about);
            Assert.True(end.Output.Contains("ecs-fargate-login end stopped: ", StringComparison.Ordinal), about);
            Assert.True(!end.Output.Contains("/ecs-fargate-login.", StringComparison.Ordinal), about);
            Assert.True(end.Output.Split('\n').Count(line => line.StartsWith("process: ", StringComparison.Ordinal)) == 1, about);
        });
    }

    private static async Task AssertBearsAsync(ImageKind kind, string command)
    {
        await using var container = await SshContainer.StartAsync(new ContainerOptions
        {
            Kind = kind,
            Setup = "echo 'echo evil-file; exit 9' >/tmp/evil.sh",
            Variables = Hostile,
        });

        Assert.DoesNotContain("evil-", container.Log, StringComparison.Ordinal);
        // The login has this environment as it is: another one than the test's own would say nothing of the script.
        var result = await container.SshAsync(command);
        Assert.EndsWith("in\n", result.Output, StringComparison.Ordinal);
    }

    private static string Mount(string options) =>
        $"for folder in /run /tmp /dev/shm; do mount -t tmpfs -o mode=1777,{options} tmpfs $folder; done";

    /// <summary>Returns the lines of the script, from 1, after which a signal may come: those of its steps, and of sshd's start.</summary>
    private static List<int> MomentsOf(string[] lines)
    {
        var functions = Array.IndexOf(lines, "say() {");
        var steps = Array.IndexOf(lines, "check_programs");
        var start = Array.IndexOf(lines, "start_sshd() {");
        var end = Array.IndexOf(lines, "}", start);
        return
        [
            .. Enumerable.Range(1, lines.Length).Where(number => lines[number - 1] is var line
                && ((number < functions && line.StartsWith("unset ", StringComparison.Ordinal))
                    || (number > steps && line.Length > 0 && line is not ("watch" or "'" or "IFS='") && line[0] is not ('#' or ' '))
                    || (number > start + 1 && number <= end && line.Length > 0 && !line.TrimStart().StartsWith('#')))),
        ];
    }
}
