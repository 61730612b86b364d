using System.Globalization;
using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Interactive;
using EcsFargateLogin.EndToEnd.Tunnels;
using LocalFargate.Faults;
using LocalFargate.Tasks;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Listing;

/// <summary>The rest of a PowerShell that was killed with SIGKILL; the next one finds, enters and stops its sessions.</summary>
public sealed class KilledProcessTests
{
    private const string StartAndIdle = "New-FargateSession | ForEach-Object { \"up-$_\" }; Start-Sleep 120";

    private const string ListAndStop =
        """
        Get-FargateSession -Mine -Orphaned | ForEach-Object { "$($_.SessionId) $($_.Owner) $($_.TaskArn)" }
        Get-FargateSession -Mine -Orphaned | Stop-FargateSession
        "left $(@(Get-FargateSession -Mine).Count)"
        """;

    [Fact]
    public async Task Killed_before_RunTask_has_answered_the_task_is_found_by_its_id()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new DelayedReply { Operation = "RunTask", Delay = TimeSpan.FromMinutes(1) });
        await using var killed = TerminalRun.WithPipes(me.Process(StartAndIdle));
        await Eventually.BecomesAsync(() => me.Fargate.Tasks.Count == 1, () => killed.Errors);
        await killed.KillAsync();

        await AssertListsAndStopsAsync(me);
    }

    [Fact]
    public async Task Killed_with_a_running_task_it_is_listed_and_stopped()
    {
        await using var me = await Operator.StartAsync();
        await using var killed = TerminalRun.WithPipes(me.Process(StartAndIdle));
        await killed.ShowsAsync("up-");
        await killed.KillAsync();

        await AssertListsAndStopsAsync(me);
    }

    [Theory]
    [InlineData("Enter-FargateShell")]
    [InlineData("Invoke-FargateCommand 'echo up-$((6*7)); sleep 1000'")]
    public async Task Killed_in_its_work_ssh_and_the_container_end_and_the_next_process_sweeps_the_key(string work)
    {
        await using var me = await Operator.StartAsync();
        await using var killed = TerminalRun.WithPipes(me.Process($"New-FargateSession | {work}"));
        await killed.TypeAsync("echo up-$((6*7)); sleep 1000\n");
        await killed.ShowsAsync("up-42");
        await killed.KillAsync();

        await killed.EndAsync();
        await EndsByItselfAsync(me);
        Assert.Equal("left 0\n", (await me.RunApartAsync(ListAndStop)).Output);
        Assert.Empty(me.SessionFiles());
    }

    [Fact]
    public async Task Killed_in_its_shell_it_gives_the_terminal_back_and_the_container_ends()
    {
        await using var me = await Operator.StartAsync();
        await using var terminal = await TmuxTerminal.OpenShellAsync(
            me.Process("\"I am $PID.\"; New-FargateSession | Enter-FargateShell"), me.StateHome);
        var powerShell = int.Parse((await terminal.ShowsAsync("^I am (\\d+)\\.$")).Groups[1].Value, CultureInfo.InvariantCulture);
        await terminal.ShowsAsync("^root@.*[#$]$|^[#$]$");

        SshProcesses.Signal(powerShell, "KILL");

        await EndsByItselfAsync(me);
        await terminal.TypeLineAsync("echo mine-$((6*7))");
        await terminal.ShowsAsync("^mine-42$");
    }

    [Fact]
    public async Task Killed_before_RunTask_was_called_nothing_is_listed_and_its_key_is_swept()
    {
        await using var me = await Operator.StartAsync();
        var bin = Directory.CreateDirectory(Path.Combine(me.StateHome, "bin"));
        var keygen = Path.Combine(bin.FullName, "ssh-keygen");
        var go = Path.Combine(me.StateHome, "go");
        ProgramFile.Write(
            keygen, $"PATH=${{PATH#*:}}\nssh-keygen \"$@\"\nuntil [ -e '{go}' ] || [ ! -e \"$0\" ]; do sleep 0.05; done");
        var start = me.Process(StartAndIdle);
        start.Environment["PATH"] = $"{bin.FullName}:{Environment.GetEnvironmentVariable("PATH")}";
        await using var killed = TerminalRun.WithPipes(start);
        await Eventually.BecomesAsync(
            () => me.SessionFiles().Any(file => file.EndsWith("/id_ed25519", StringComparison.Ordinal)), () => killed.Errors);
        await killed.KillAsync();
        await File.WriteAllTextAsync(go, "");

        Assert.Equal(new ProcessResult(0, "0\n", ""), await me.RunApartAsync("@(Get-FargateSession -Mine).Count"));
        Assert.Empty(me.Calls("RunTask"));
        Assert.Empty(me.SessionFiles());
    }

    [Fact]
    public async Task The_next_process_is_reminded_once_and_can_enter_what_was_left()
    {
        await using var me = await Operator.StartAsync();
        await using var killed = TerminalRun.WithPipes(me.Process(StartAndIdle));
        await killed.ShowsAsync("up-");
        await killed.KillAsync();
        var left = Assert.Single(me.Fargate.Tasks).StartedBy;

        var next = await me.RunProcessAsync(
            """
            1..2 | ForEach-Object {
                New-FargateSession -WarningVariable warning -WarningAction SilentlyContinue | Stop-FargateSession
                "[$warning]"
            }
            Get-FargateSession -Mine -OutVariable s | Enter-FargateShell
            $s | Stop-FargateSession
            exit $LASTEXITCODE
            """,
            "echo up-$((6*7))\nexit 7\n");

        var lines = next.Output.Split('\n', 3);
        Assert.Equal("", next.Error);
        // On a busy machine ECS may not have answered in time for "still runs".
        Assert.Matches($@"^\[1 of your sessions (still runs|may still run), and the PowerShell that had charge of it is gone \({left}\)", lines[0]);
        Assert.Equal("[]", lines[1]);
        Assert.Equal(("up-42\n", 7), (lines[2], next.ExitCode));
        await me.LeftNothingAsync();
    }

    private static async Task EndsByItselfAsync(Operator me)
    {
        await Eventually.BecomesAsync(
            () => Assert.Single(me.Fargate.Tasks).Phase == TaskPhase.Stopped, () => $"{me.Fargate.Tasks[0]}");
        await Eventually.BecomesAsync(() => SshProcesses.With(me.StateHome).Count == 0, () => "ssh runs on");
        Assert.Empty(me.Calls("StopTask"));
    }

    private static async Task AssertListsAndStopsAsync(Operator me)
    {
        var task = Assert.Single(me.Fargate.Tasks);

        var run = await me.RunApartAsync(ListAndStop);

        Assert.Equal(($"{task.StartedBy} Orphaned {task.Arn}\nleft 0\n", ""), (run.Output, run.Error));
        Assert.Single(me.Calls("StopTask"));
        await me.LeftNothingAsync();
    }
}
