using System.Text.Json.Nodes;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.EcsExec;

/// <summary>Sessions that are entered by ECS Exec.</summary>
public sealed class EcsExecShellTests
{
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
        var log = Path.Combine(me.StateHome, "plugin-arguments");
        var start = me.Process("""
            $VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'
            $session = New-FargateSession -Transport EcsExec -Wait
            $session | Enter-FargateShell -KeepSession
            $session, $Error | Format-List * -Force
            Get-ChildItem $env:XDG_STATE_HOME/EcsFargateLogin -Recurse -File | Get-Content
            $session | Stop-FargateSession
            """);
        start.Environment["SESSION_MANAGER_PLUGIN_LOG"] = log;

        var run = await StandingPowerShell.RunInAnyAsync(start, "echo up-$((6*7)); env; exit\n");

        var arguments = await File.ReadAllLinesAsync(log);
        Assert.Equal(
            ["--version", "--version", "AWS_SSM_START_SESSION_RESPONSE", me.Fargate.Region, "StartSession", ""], arguments[..6]);
        Assert.Equal(8, arguments.Length);
        Assert.Contains("up-42", run.Output, StringComparison.Ordinal);
        Assert.Contains("VERBOSE: ECS Exec does not reach the container", run.Output, StringComparison.Ordinal);
        Assert.Matches("session-manager-plugin'? AWS_SSM_START_SESSION_RESPONSE", run.Output);
        Assert.Contains("\"transport\": \"EcsExec\"", run.Output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch("token-[0-9a-f]{20}|tokenValue", run.Output + run.Error + string.Join('\n', arguments));
        Assert.Equal(3, me.Calls("ExecuteCommand").Count);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task In_a_terminal_Ctrl_C_is_the_remote_programs_and_the_terminal_is_given_back_as_it_was()
    {
        await using var me = await Operator.StartAsync();
        await using var terminal = TerminalRun.UnderTerminal(me.Process(
            $"""
            $before = stty -g
            {LogIn}
            "code: $LASTEXITCODE, terminal as before: $((stty -g) -eq $before)"
            """));
        await terminal.ShowsAsync("Starting session with SessionId");
        await terminal.TypeAsync("PS1=; echo up-$((6*7)); sleep 600; echo slept\n");
        await terminal.ShowsAsync("up-42");

        await terminal.TypeAsync("\u0003");
        // The terminal there throws away what was typed before it.
        await terminal.ShowsAsync("^C");
        await terminal.TypeAsync("echo alive-$((6*7))\n");
        await terminal.ShowsAsync("alive-42");
        await terminal.TypeAsync("exit\n");

        // The shell that script runs all this in has seen Ctrl+C too, and ends with that.
        await terminal.EndAsync();
        Assert.DoesNotContain("\nslept", terminal.Screen, StringComparison.Ordinal);
        Assert.Contains("code: 0, terminal as before: True", terminal.Screen, StringComparison.Ordinal);
        await me.LeftNothingAsync();
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
        await using var shell = TerminalRun.WithPipes(me.Process(
            $"""
            {LogIn} -Resumable -ErrorVariable problems -ErrorAction SilentlyContinue
            "$($problems[0].FullyQualifiedErrorId) $($problems[0].CategoryInfo.Category)"
            """));
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
