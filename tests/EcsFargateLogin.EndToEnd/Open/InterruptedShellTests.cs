using System.Diagnostics;
using EcsFargateLogin.EndToEnd.Cmdlets;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Open;

/// <summary>Enter-FargateShell when the task is stopped under it, or the connection is lost.</summary>
public sealed class InterruptedShellTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_shell_ends_with_its_task_says_why_and_gives_the_terminal_back(bool isSshFrozen)
    {
        using PlainSshdImage image = new();
        await using var me = await Operator.StartAsync(image.Options);
        me.Fargate.RegisterTaskDefinition(
            PlainSshdImage.TaskDefinition("stubborn", PlainSshdImage.Command, PlainSshdImage.Stubborn));
        await using var terminal = TerminalRun.UnderTerminal(me.Process(
            """
            $before = stty -g
            New-FargateSession stubborn -MaxLifetime 0 -HostKeyVerification AcceptNew | Enter-FargateShell -KeepSession
            "code: $LASTEXITCODE, terminal as before: $((stty -g) -eq $before)"
            """));
        await terminal.ShowsPromptAsync();
        await terminal.TypeAsync("PS1=; echo up-$((6*7))\n");
        await terminal.ShowsAsync("up-42");
        if (isSshFrozen)
        {
            Freeze(SshOf(me));
        }

        me.Fargate.InterruptTask(
            Assert.Single(me.Fargate.Tasks).Arn, "SpotInterruption", "Your Spot Task was interrupted.");

        Assert.Equal(0, await terminal.EndAsync());
        const string Notice = "\r\nEcsFargateLogin: the task is stopping: Your Spot Task was interrupted.\r\n";
        // Where ssh has given the terminal back by then, the terminal adds a carriage return of its own.
        var screen = terminal.Screen.Replace("\r\r\n", "\r\n", StringComparison.Ordinal);
        Assert.Contains(Notice, screen, StringComparison.Ordinal);
        var afterwards = screen[(screen.IndexOf(Notice, StringComparison.Ordinal) + Notice.Length)..];
        Assert.Contains("was stopped while it was in use", afterwards, StringComparison.Ordinal);
        Assert.Contains("SpotInterruption", afterwards, StringComparison.Ordinal);
        Assert.Contains("code: 255, terminal as before: True", afterwards, StringComparison.Ordinal);
        Assert.Empty(me.SessionFiles());
    }

    [Fact]
    public async Task A_connection_that_is_lost_is_an_error_although_ssh_says_so_to_the_terminal_alone()
    {
        await using var me = await Operator.StartAsync();
        await using var terminal = TerminalRun.UnderTerminal(me.Process(
            """
            New-FargateSession -ReconnectWindow 0 |
                Enter-FargateShell -ErrorVariable problems -ErrorAction SilentlyContinue
            "$LASTEXITCODE $($problems[0].FullyQualifiedErrorId): $($problems[0])"
            """));
        await terminal.ShowsPromptAsync();

        await terminal.TypeAsync("kill -9 $PPID\n");

        await terminal.EndAsync();
        Assert.Contains("255 SshFailed,", terminal.Screen, StringComparison.Ordinal);
        Assert.Contains("the connection was closed before the remote program had ended", terminal.Screen, StringComparison.Ordinal);
        Assert.Empty(me.SessionFiles());
    }

    [Fact]
    public async Task A_kept_session_does_not_answer_for_what_ssh_complained_about_before_and_Verbose_shows_where_the_time_went()
    {
        await using var keeper = await Operator.StartAsync();
        await using var watcher = await Operator.StartAsync();

        ProcessResult[] runs =
        [
            await keeper.RunApartAsync(
                """
                $session = New-FargateSession
                Enter-FargateShell $session -KeepSession -Option 'ProxyCommand=false' -ErrorVariable first 2>$null
                Enter-FargateShell $session -ErrorVariable second
                "$($first.Count) $($second.Count) $LASTEXITCODE"
                $session | Stop-FargateSession
                """,
                "exit 255\n"),
            await watcher.RunApartAsync("New-FargateSession | Enter-FargateShell -Verbose", "exit\n"),
        ];

        Assert.Equal("1 0 255\n", runs[0].Output);
        await keeper.LeftNothingAsync();
        var id = Assert.Single(watcher.Fargate.Tasks).StartedBy;
        Assert.Matches($"VERBOSE: {id}: created 0.0 s, .*banner [0-9.]+ s, shell [0-9.]+ s\n", runs[1].Output);
        Assert.DoesNotContain("debug1", runs[1].Output, StringComparison.Ordinal);
    }

    /// <summary>The ssh that runs for an operator: its command line names the operator's own folder.</summary>
    private static int SshOf(Operator me) => Assert.Single(
        Directory.GetDirectories("/proc").Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0),
        id => CommandLineOf(id) is var line
            && line.Contains("/ssh\0-F\0none", StringComparison.Ordinal) && line.Contains(me.StateHome, StringComparison.Ordinal));

    private static string CommandLineOf(int processId)
    {
        try
        {
            return processId == 0 ? "" : File.ReadAllText($"/proc/{processId}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static void Freeze(int processId)
    {
        using var kill = Process.Start("kill", ["-STOP", $"{processId}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
