using System.Text.Json.Nodes;
using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Interactive;
using EcsFargateLogin.EndToEnd.Tunnels;
using LocalFargate;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.EcsExec;

/// <summary>Sessions that are entered by ECS Exec.</summary>
public sealed class EcsExecShellTests
{
    private const string Prompt = "root@ip-";
    private const string LogIn = "New-FargateSession -Transport EcsExec | Enter-FargateShell";

    [Fact]
    public async Task A_shell_needs_no_key_and_no_SSH_server_and_its_task_is_gone_afterwards()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.RegisterTaskDefinition(new TaskDefinitionOptions("plain")
        {
            Containers = [new ContainerOptions("app") { Image = ContainerOptions.PlainImage }],
            TaskRoleArn = "arn:aws:iam::123456789012:role/local-task",
        });

        var run = await me.RunApartAsync(
            """
            $session = New-FargateSession plain -Transport EcsExec -MaxLifetime 600 -EnvironmentVariable @{ WHO = 'me' }
            "$($session.Transport) '$($session.KeyPath)'"
            $session | Enter-FargateShell
            "code $LASTEXITCODE"
            $session | Stop-FargateSession
            """,
            "echo $WHO on $(hostname) in $((6*7)); tr '\\0' ' ' </proc/1/cmdline; id -un; exit\n");

        Assert.Equal("", run.Error);
        Assert.Contains("EcsExec ''", run.Output, StringComparison.Ordinal);
        var address = Assert.Single(me.Fargate.Tasks).PrivateAddress.Replace('.', '-');
        Assert.Contains($"me on ip-{address}.ec2.internal in 42", run.Output, StringComparison.Ordinal);
        Assert.Contains("wait; exit 124 600 root", run.Output, StringComparison.Ordinal);
        Assert.Contains("code 0", run.Output, StringComparison.Ordinal);
        var sent = Assert.Single(me.Calls("RunTask")).Parameters;
        Assert.True((bool)sent["enableExecuteCommand"]!);
        Assert.Equal(["WHO"], Variables(sent));
        Assert.Empty(me.Calls("DescribeNetworkInterfaces"));
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task The_secret_of_the_channel_is_in_nothing_that_is_shown_or_kept()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new TargetNotConnected { Times = 2 });

        var run = await me.RunProcessAsync(
            """
            $VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'
            $session = New-FargateSession -Transport EcsExec -Wait
            $session | Enter-FargateShell -KeepSession
            $session, $Error | Format-List * -Force
            Get-ChildItem $env:XDG_STATE_HOME/EcsFargateLogin -Recurse -File | Get-Content
            $session | Stop-FargateSession
            """,
            "echo up-$((6*7)); env; exit\n");

        Assert.Contains("up-42", run.Output, StringComparison.Ordinal);
        Assert.Contains("VERBOSE: ECS Exec does not reach the container", run.Output, StringComparison.Ordinal);
        Assert.Contains("VERBOSE: ecs:ExecuteCommand in container 'cli'", run.Output, StringComparison.Ordinal);
        Assert.Contains("\"transport\": \"EcsExec\"", run.Output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch("token[vV]alue|[A-Za-z0-9+/]{64}", run.Output + run.Error);
        Assert.Equal(3, me.Calls("ExecuteCommand").Count);
        Assert.Single(me.Calls("ExecuteCommand").Select(call => (string)call.Parameters["command"]!).Distinct());
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task In_a_terminal_keys_are_the_remote_programs_and_the_terminal_is_given_back_as_it_was_with_the_exit_code()
    {
        await using var me = await Operator.StartAsync();
        await using var terminal = TerminalRun.UnderTerminal(me.Process(
            $"""
            $before = stty -g
            {LogIn}
            "code: $LASTEXITCODE, terminal as before: $((stty -g) -eq $before)"
            """));
        await terminal.ShowsAsync(Prompt);
        await terminal.TypeAsync("PS1=; echo up-$((6*7)) $(stty size); sleep 600; echo slept\n");
        await terminal.ShowsAsync("up-42");

        await terminal.TypeAsync("\u0003");
        // The terminal there throws away what was typed before it.
        await terminal.ShowsAsync("^C");
        await terminal.TypeAsync("echo alive-$((6*7))\n");
        await terminal.ShowsAsync("alive-42");
        await terminal.TypeAsync("(exit 43)\n\u0004");

        await terminal.EndAsync();
        Assert.DoesNotContain("\nslept", terminal.Screen, StringComparison.Ordinal);
        Assert.Contains("code: 43, terminal as before: True", terminal.Screen, StringComparison.Ordinal);
        Assert.DoesNotContain("_efl", terminal.Screen, StringComparison.Ordinal);
        Assert.DoesNotContain('\u0001', terminal.Screen);
        Assert.All(me.Fargate.Sessions, session => Assert.Equal(SessionStatus.Ended, session.Status));
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task The_remote_terminal_has_the_size_of_this_one_and_follows_it()
    {
        await using var me = await Operator.StartAsync();
        await using var terminal = await TmuxTerminal.OpenAsync(me.Process($"{LogIn}; 'done'"), me.StateHome, columns: 97);
        await terminal.ShowsAsync(Prompt);
        await terminal.TypeLineAsync("PS1=; echo size $(stty size)");
        await terminal.ShowsAsync(@"size \d+ 97");

        await terminal.ResizeAsync(columns: 83);

        await Eventually.BecomesAsync(
            async () =>
            {
                await terminal.TypeLineAsync("echo now $(stty size)");
                return (await terminal.ScreenAsync()).Contains(" 83\n", StringComparison.Ordinal);
            },
            terminal.ScreenAsync);
        await terminal.TypeLineAsync("exit");
        await terminal.ShowsAsync("done");
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_script_on_standard_input_is_run_to_its_end_and_its_output_is_clean_and_told_apart()
    {
        await using var me = await Operator.StartAsync();

        var run = await me.RunProcessAsync(
            $"{LogIn}; exit $LASTEXITCODE", "echo one; echo two >&2; [ -t 0 ] || [ -t 1 ] || echo 'no terminal'\nprintf 'a\\r\\n\\tb'; exit 9");

        Assert.Equal(("one\nno terminal\na\r\n\tb", "two\n", 9), (run.Output, run.Error, run.ExitCode));
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Input_that_ends_ends_the_shell()
    {
        await using var me = await Operator.StartAsync();

        var run = await me.RunProcessAsync($"{LogIn}; \"code $LASTEXITCODE\"", "echo one\n(exit 5)\n");

        Assert.Equal("one\ncode 5\n", run.Output);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_cut_channel_is_resumed_and_the_shell_is_the_same()
    {
        await using var me = await Operator.StartAsync();
        await using var terminal = TerminalRun.UnderTerminal(me.Process($"{LogIn}; \"code: $LASTEXITCODE\""));
        await terminal.ShowsAsync(Prompt);
        await terminal.TypeAsync("PS1=; kept=$$; echo up-$((6*7))\n");
        await terminal.ShowsAsync("up-42");

        me.Fargate.CutSessions();
        await terminal.TypeAsync("[ $kept = $$ ] && echo same-$((6*7))\n");
        await terminal.ShowsAsync("same-42");
        await terminal.TypeAsync("exit 6\n");

        await terminal.EndAsync();
        Assert.Contains("code: 6", terminal.Screen, StringComparison.Ordinal);
        Assert.Equal(2, Assert.Single(me.Fargate.Sessions).Connections);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_session_that_AWS_ends_is_an_error_with_its_reason_and_the_terminal_is_given_back()
    {
        await using var me = await Operator.StartAsync();
        await using var terminal = TerminalRun.UnderTerminal(me.Process(
            $"""
            $before = stty -g
            {LogIn} -ErrorVariable problems -ErrorAction SilentlyContinue
            "code: $LASTEXITCODE, terminal as before: $((stty -g) -eq $before)"
            "$($problems[0].FullyQualifiedErrorId): $problems"
            """));
        await terminal.ShowsAsync(Prompt);
        await terminal.TypeAsync("PS1=; echo up-$((6*7))\n");
        await terminal.ShowsAsync("up-42");

        me.Fargate.EndSession(Assert.Single(me.Fargate.Sessions).Id, "Your session timed out due to inactivity.");

        await terminal.EndAsync();
        Assert.Contains("code: 255, terminal as before: True", terminal.Screen, StringComparison.Ordinal);
        Assert.Contains("SessionManagerFailed", terminal.Screen, StringComparison.Ordinal);
        Assert.Contains("timed out due to inactivity", terminal.Screen, StringComparison.Ordinal);
        await me.LeftNothingAsync();
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task A_signal_that_ends_PowerShell_gives_the_terminal_back_and_ends_session_and_task(string signal)
    {
        await using var me = await Operator.StartAsync();
        await using var terminal = await TmuxTerminal.OpenShellAsync(me.Process($"\"pid $PID.\"; {LogIn}"), me.StateHome);
        var process = (await terminal.ShowsAsync(@"pid (\d+)\.")).Groups[1].Value;
        await terminal.ShowsAsync(Prompt);
        await terminal.TypeLineAsync("PS1=; echo up-$((6*7))");
        await terminal.ShowsAsync("up-42");

        SshProcesses.Signal(int.Parse(process, System.Globalization.CultureInfo.InvariantCulture), signal);
        await me.ReceivesAsync("StopTask");

        await Eventually.BecomesAsync(
            async () =>
            {
                await terminal.TypeLineAsync("stty -a | grep -o ' [-]*echo '; echo cooked");
                return (await terminal.ScreenAsync()).Contains("\n echo\ncooked", StringComparison.Ordinal);
            },
            terminal.ScreenAsync);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_transcript_has_what_the_terminal_shows()
    {
        await using var me = await Operator.StartAsync();
        var path = Path.Combine(me.StateHome, "shell.cast");
        await using var terminal = TerminalRun.UnderTerminal(me.Process($"{LogIn} -TranscriptPath '{path}'; 'done'"));
        await terminal.ShowsAsync(Prompt);
        await terminal.TypeAsync("PS1=; echo up-$((6*7)); exit 7\n");

        await terminal.EndAsync();

        var lines = await File.ReadAllLinesAsync(path);
        Assert.Equal(3, (int)JsonNode.Parse(lines[0])!["version"]!);
        Assert.EndsWith("\"x\", \"7\"]", lines[^1], StringComparison.Ordinal);
        Assert.Contains("up-42", string.Concat(lines[1..].Select(line => (string)JsonNode.Parse(line)![2]!)), StringComparison.Ordinal);
        Assert.DoesNotContain("\\u0001", string.Concat(lines), StringComparison.Ordinal);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task An_agent_without_a_place_for_another_session_is_an_error_that_says_so()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new AgentSilent());

        var run = me.Run($"{LogIn}");

        var error = Assert.Single(run.Errors);
        Assert.StartsWith("SessionManagerFailed,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("two sessions a container at most", $"{error.Exception.Message} {error.ErrorDetails?.RecommendedAction}", StringComparison.Ordinal);
        Assert.Equal(SessionStatus.Ended, Assert.Single(me.Fargate.Sessions).Status);
    }

    [Fact]
    public async Task Ctrl_C_while_the_agent_starts_stops_the_task()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new AgentStopped());
        await using var terminal = TerminalRun.UnderTerminal(me.Process($"{LogIn}; 'went on'"));
        await terminal.ShowsAsync("waiting for the agent of ECS Exec");

        await terminal.TypeAsync("\u0003");

        await terminal.EndAsync();
        Assert.Single(me.Calls("StopTask"));
        Assert.DoesNotContain("went on", terminal.Screen, StringComparison.Ordinal);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_task_that_is_stopped_under_the_shell_ends_it_with_an_error()
    {
        await using var me = await Operator.StartAsync();
        await using var shell = TerminalRun.UnderTerminal(me.Process(
            $"""
            {LogIn} -Resumable -ErrorVariable problems -ErrorAction SilentlyContinue
            "$($problems[0].FullyQualifiedErrorId) $($problems[0].CategoryInfo.Category)"
            """));
        await shell.ShowsAsync("[fargate]");
        await shell.TypeAsync("echo up-$((6*7)) in ${TMUX:+tmux}; sleep 600\n");
        await shell.ShowsAsync("up-42 in tmux");

        me.Fargate.InterruptTask(Assert.Single(me.Fargate.Tasks).Arn, "SpotInterruption", "Your Spot Task was interrupted.");

        await shell.EndAsync();
        Assert.Contains("TaskStopped,EcsFargateLogin.Cmdlets.EnterFargateShellCommand OperationStopped", shell.Screen, StringComparison.Ordinal);
        Assert.Empty(me.SessionFiles());
    }

    [Fact]
    public async Task Another_machine_finds_and_enters_it_by_what_ECS_knows()
    {
        await using var me = await Operator.StartAsync();
        var id = Assert.Single(me.Run("New-FargateSession -Transport EcsExec -Wait").Output).Text("SessionId");

        // Another place for sessions is what another machine has.
        var run = await me.RunApartAsync(
            """
            $session = Get-FargateSession -Cluster local
            "$session $($session.Transport) $($session.ContainerName) $($session.Owner) '$($session.KeyPath)'"
            $session | Enter-FargateShell -KeepSession
            """,
            "echo up-$((6*7)); exit\n");

        Assert.Equal("", run.Error);
        Assert.Contains($"{id} EcsExec cli Elsewhere ''", run.Output, StringComparison.Ordinal);
        Assert.Contains("up-42", run.Output, StringComparison.Ordinal);
        var again = me.Run($"Get-FargateSession {id} | Wait-FargateSession | ForEach-Object {{ $_.Transport }}; Stop-FargateSession {id}");
        Assert.Equal("EcsExec", Assert.Single(again.Output).ToString());
        await me.HasLeftNothingAsync();
    }

    private static IEnumerable<string> Variables(JsonObject sent) =>
        sent["overrides"]!["containerOverrides"]![0]!["environment"]!.AsArray().Select(variable => (string)variable!["name"]!);
}
