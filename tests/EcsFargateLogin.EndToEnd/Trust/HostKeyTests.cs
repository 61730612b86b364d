using System.Management.Automation;
using System.Text.RegularExpressions;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate;
using LocalFargate.Faults;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Trust;

/// <summary>The source of a session's host key, and that it is shown.</summary>
public sealed class HostKeyTests
{
    private const string FirstKey = "*The key that is seen first will be trusted for this session.*";

    [Fact]
    public async Task The_key_that_the_container_printed_to_its_log_is_the_only_one_that_ssh_accepts()
    {
        await using var auto = await Operator.StartAsync();
        await using var strict = await Operator.StartAsync();

        ProcessResult[] runs =
        [
            await auto.RunApartAsync(ScriptOf("Auto"), "echo \"$SSH_CONNECTION\"; exit\n"),
            await strict.RunApartAsync(ScriptOf("Strict"), "echo \"$SSH_CONNECTION\"; exit\n"),
        ];

        AssertAcceptsNoOther(runs[0], auto);
        AssertAcceptsNoOther(runs[1], strict);

        static string ScriptOf(string verification) =>
            $$"""
            $session = New-FargateSession -HostKeyVerification {{verification}} {{Operator.WithoutProof}}
            $session | Enter-FargateShell -KeepSession -Verbose
            "$($session.HostKey.Source) $($session.HostKey.Algorithm) $($session.HostKey.Fingerprint)"
            [IO.File]::ReadAllText($session.KnownHostsPath)
            ssh-keygen -l -f $session.KnownHostsPath
            Stop-FargateSession $session
            """;
    }

    [Fact]
    public async Task Auto_warns_once_where_the_log_may_not_be_read_and_then_keeps_to_the_key_that_it_saw_first()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new AccessDenied { Operation = "GetLogEvents" });

        var run = await me.RunProcessAsync(
            $$"""
            $session = New-FargateSession -Wait -WarningVariable first -Command env, _SESSION_PROOF_KEY=, _RECONNECT_WINDOW=60, /usr/local/bin/start-sshd.sh
            $session | Enter-FargateShell -KeepSession -WarningVariable second
            "$($first.Count) $($second.Count) $("$first" -like '{{FirstKey}}') $("$first" -like '*logs:GetLogEvents*')"
            "$($session.HostKey.Source)"
            $known = [IO.File]::ReadAllText($session.KnownHostsPath) -replace 'AAAAI....', 'AAAAIaaaa'
            [IO.File]::WriteAllText($session.KnownHostsPath, $known)
            $session | Enter-FargateShell -KeepSession -ErrorVariable problems -ErrorAction SilentlyContinue
            "$($problems[0].FullyQualifiedErrorId)"
            """);

        Assert.Contains("\n1 0 True True\nFirstContact\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("\nHostKeyMismatch,EcsFargateLogin.Cmdlets.EnterFargateShellCommand\n", run.Output, StringComparison.Ordinal);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Auto_trusts_no_key_while_the_log_is_kept_away()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new DelayedReply { Operation = "GetLogEvents", Delay = TimeSpan.FromMinutes(10) });

        var run = me.Run($"New-FargateSession {Operator.WithoutProof} -Wait -WarningVariable warnings -WarningAction SilentlyContinue; $warnings.Count");

        var error = SeenError.Of(Assert.Single(run.Errors), isTerminating: false);
        Assert.Contains("CloudWatch Logs in us-east-1 has not answered in time", error.Is(
            "HostKeyNotVerified", ErrorCategory.SecurityError, "rails-cli"), StringComparison.Ordinal);
        Assert.Contains("-HostKeyVerification AcceptNew", error.NextStep, StringComparison.Ordinal);
        Assert.Equal(0, Assert.Single(run.Output).BaseObject);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task Strict_stops_a_session_with_a_log_that_may_not_be_read_and_the_login_cmdlets_word_outranks_the_sessions()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new AccessDenied { Operation = "GetLogEvents" });

        var message = me.ErrorOf(
            $"New-FargateSession {Operator.WithoutProof} -HostKeyVerification AcceptNew | Enter-FargateShell -HostKeyVerification Strict -KeepSession").Is("HostKeyNotVerified", ErrorCategory.SecurityError, Assert.Single(me.Fargate.Tasks).StartedBy!);
        Assert.Contains("logs:GetLogEvents", message, StringComparison.Ordinal);
        Assert.Contains("-HostKeyVerification AcceptNew", message, StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task A_container_without_a_log_of_CloudWatch_Logs_is_no_session_for_Strict()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.RegisterTaskDefinition(new TaskDefinitionOptions("silent")
        {
            Containers = [new ContainerOptions("cli") { LogsToCloudWatch = false }],
        });

        var error = me.ErrorOf($"New-FargateSession silent {Operator.WithoutProof} -HostKeyVerification Strict -Wait");

        Assert.Contains("awslogs", error.Is("HostKeyNotVerified", ErrorCategory.SecurityError, "silent"), StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task Every_powershell_verifies_for_itself_as_the_journal_says()
    {
        await using var me = await Operator.StartAsync();
        var id = Assert.Single(me.Run($"New-FargateSession -HostKeyVerification Strict {Operator.WithoutProof}").Output).Text("SessionId");
        var start = me.Process(
            $$"""
            $session = Get-FargateSession {{id}}
            "$($session.HostKeyVerification) <$($session.HostKey)>"
            $session = $session | Wait-FargateSession
            "$($session.HostKey.Source)"
            $session | Stop-FargateSession
            """);
        start.Environment["XDG_STATE_HOME"] = OperatorHome.StateHome;

        var run = await StandingPowerShell.RunInAnyAsync(start);

        Assert.Equal(("Strict <>\nTaskLog\n", ""), (run.Output, run.Error));
    }

    [Fact]
    public async Task A_known_hosts_that_cannot_be_written_is_an_error_and_the_task_is_stopped()
    {
        await using var me = await Operator.StartAsync();

        var error = me.ErrorOf(
            """
            New-FargateSession -HostKeyVerification AcceptNew |
                ForEach-Object { $null = New-Item -ItemType Directory $_.KnownHostsPath; $_ } | Enter-FargateShell
            """);

        Assert.Contains("known_hosts", error.Message, StringComparison.Ordinal);
        Assert.StartsWith("JournalUnavailable,", error.Id, StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }

    private static void AssertAcceptsNoOther(ProcessResult run, Operator me)
    {
        Assert.Equal("", run.Error);
        var task = Assert.Single(me.Fargate.Tasks);
        var fingerprint = run.Output.Split('\n').Single(line => line.StartsWith("TaskLog ssh-ed25519 ", StringComparison.Ordinal))[20..];
        Assert.Matches($"\n{task.Arn.Split('/')[^1]} ssh-ed25519 [A-Za-z0-9+/=]+\n\n256 {Regex.Escape(fingerprint)} ", run.Output);
        Assert.Contains($"VERBOSE: {task.StartedBy}: host key ssh-ed25519 {fingerprint} (verified: the task's log has it).", run.Output, StringComparison.Ordinal);
        Assert.Contains(" -o StrictHostKeyChecking=yes ", run.Output, StringComparison.Ordinal);
    }
}
