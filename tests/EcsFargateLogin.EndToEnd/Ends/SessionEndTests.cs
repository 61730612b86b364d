using System.Collections.Concurrent;
using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Engine;
using LocalFargate;
using LocalFargate.Faults;
using LocalFargate.Tasks;
using Xunit.Abstractions;

namespace EcsFargateLogin.EndToEnd.Ends;

/// <summary>
/// Who ends a session: the pipeline that started it, on every way out; otherwise nobody but Stop-FargateSession and its limits.
/// </summary>
public sealed class SessionEndTests(ITestOutputHelper output)
{
    /// <summary>Most of a row is waiting for the server in the container.</summary>
    private const int Concurrency = 8;

    /// <summary>A session's folder goes with it: ssh, whose log is in there, ends with 1.</summary>
    private const string WithoutFolder = "rm -rf -- \"$(dirname -- \"$log\")\"; exec /usr/bin/ssh \"$@\"";

    /// <summary>The log stays empty.</summary>
    private const string OnFullDisk = ": >\"$log\"; exit 255";

    private static readonly TimeSpan Limit = Eventually.DefaultLimit;

    private static readonly LocalFargateOptions NeverRunning =
        new() { Timeline = new Timeline { Provisioning = TimeSpan.FromMinutes(5) } };

    [Fact]
    public async Task Every_cmdlet_ends_what_its_pipeline_has_started_and_leaves_what_the_caller_holds()
    {
        ConcurrentQueue<SessionEndRow> rows = new(SessionEndTable.All);
        ConcurrentBag<string> faults = [];

        await Task.WhenAll(Enumerable.Range(0, Concurrency).Select(_ => Task.Factory.StartNew(
            () => RunAsync(rows, faults),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap()));

        output.WriteLine($"{SessionEndTable.All.Count} rows, {faults.Count} faults");
        Assert.True(faults.IsEmpty, string.Join("\n", faults));
    }

    [Theory]
    [InlineData("New-FargateSession -Wait", "stopped")]
    [InlineData("New-FargateSession | Wait-FargateSession", "stopped")]
    [InlineData("$s = New-FargateSession -Count 2 | Wait-FargateSession", "stopped, stopped")]
    [InlineData("1 | ForEach-Object { New-FargateSession } | Wait-FargateSession", "stopped")]
    [InlineData("New-FargateSession | ForEach-Object { $_ | Wait-FargateSession }", "stopped")]
    [InlineData("New-FargateSession | ForEach-Object { $_ | Invoke-FargateCommand 'true' }", "stopped")]
    [InlineData("New-FargateSession | ForEach-Object { Get-FargateTaskAddress $_ }", "stopped")]
    [InlineData("New-FargateSession | Invoke-FargateCommand 'true'", "stopped")]
    [InlineData("New-FargateSession | Copy-FargateItem /etc/hostname", "stopped")]
    [InlineData("New-FargateSession | Enter-FargateShell", "stopped")]
    [InlineData("New-FargateSession | Start-FargateTunnel -Socks", "stopped")]
    [InlineData("New-FargateSession | Get-FargateTaskAddress", "stopped")]
    [InlineData("$s = New-FargateSession; $s | Wait-FargateSession", "runs")]
    [InlineData("$s = New-FargateSession; $s | Invoke-FargateCommand 'true'", "runs")]
    [InlineData("$s = New-FargateSession; Copy-FargateItem -Session $s /etc/hostname", "runs")]
    [InlineData("$s = New-FargateSession; $s | Enter-FargateShell", "runs")]
    [InlineData("$s = New-FargateSession; $s | Start-FargateTunnel -Socks", "runs")]
    [InlineData("$s = New-FargateSession; $s | Get-FargateTaskAddress", "runs")]
    [InlineData("New-FargateSession | Invoke-FargateCommand 'true' -KeepSession", "runs")]
    public async Task Ctrl_C_ends_what_the_pipeline_has_started(string script, string expected)
    {
        await using var me = await Operator.StartAsync(NeverRunning);
        var run = me.Start(script);
        await me.ReceivesAsync("DescribeTasks");

        run.Stop();

        Assert.Equal(expected, OutcomeOf(me));
    }

    [Theory]
    [InlineData("New-FargateSession -Count 2 | Wait-FargateSession -Timeout 1", "stopped, stopped")]
    [InlineData("New-FargateSession | Wait-FargateSession -Timeout 1 | Enter-FargateShell", "stopped")]
    [InlineData("$s = New-FargateSession | ForEach-Object { $_ | Wait-FargateSession -Timeout 1 }", "stopped")]
    [InlineData("$s = New-FargateSession; $s | Wait-FargateSession -Timeout 1", "runs")]
    [InlineData("$s = New-FargateSession; Wait-FargateSession -SessionId $s.SessionId -Timeout 1", "runs")]
    [InlineData("New-FargateSession -StartTimeout 1 | Get-FargateTaskAddress", "stopped")]
    [InlineData("$s = New-FargateSession -StartTimeout 1; $s | Get-FargateTaskAddress", "runs")]
    [InlineData("New-FargateSession -StartTimeout 1 -Wait", "stopped")]
    [InlineData("New-FargateSession -StartTimeout 1 | Wait-FargateSession", "stopped")]
    [InlineData("$s = New-FargateSession -StartTimeout 1; $s | Wait-FargateSession", "runs")]
    [InlineData("$s = New-FargateSession -StartTimeout 1; $s | Enter-FargateShell", "runs")]
    public async Task What_is_not_ready_in_time_ends_with_its_pipeline_and_else_goes_on(string script, string expected)
    {
        await using var me = await Operator.StartAsync(NeverRunning);

        var run = me.Run(script);

        Assert.StartsWith("StartTimeout,", run.Errors[0].FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(expected, OutcomeOf(me));
        if (script.Contains(" -Timeout", StringComparison.Ordinal))
        {
            Assert.Contains(
                expected == "runs" ? "It was left running" : "It is stopped", run.Errors[0].Exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_session_with_a_task_that_cannot_be_stopped_at_the_end_of_its_pipeline_is_reported()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new AccessDenied { Operation = "StopTask" });

        var run = await me.RunProcessAsync("New-FargateSession | ForEach-Object { throw 'later' }");

        var id = Assert.Single(me.Fargate.Tasks).StartedBy!;
        Assert.Contains("later", run.Error, StringComparison.Ordinal);
        Assert.Contains($"The task of session {id} may still run", run.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logins_tell_the_container_whether_the_session_goes_on()
    {
        using TemporaryFolder folder = new();
        var trace = Path.Combine(folder.Path, "trace");
        // The connection that commands share runs no program, and so tells nothing.
        folder.WriteProgram(
            "ssh",
            $$"""
            case " $* " in *' -N '* | *' -O '*) ;; *) echo "${_KEEP_SESSION:-no}" >>'{{trace}}' ;; esac
            exec /usr/bin/ssh "$@"

            """);
        await using var me = await Operator.StartAsync();
        string[] uses =
        [
            "Invoke-FargateCommand 'true'",
            "Copy-FargateItem /etc/hostname /tmp/ends",
            "Enter-FargateShell -Option 'RemoteCommand=true'",
            "Start-FargateTunnel -Socks | Stop-FargateTunnel",
        ];
        var start = me.Process(string.Concat(uses.Select(use =>
            $$"""
            $s = New-FargateSession
            $s | {{use}}
            $kept = [IO.File]::ReadAllLines('{{trace}}')
            Remove-Item '{{trace}}'
            $s | Stop-FargateSession
            New-FargateSession | {{use}}
            "$($kept | Sort-Object -Unique), $([IO.File]::ReadAllLines('{{trace}}') | Sort-Object -Unique)"
            Remove-Item '{{trace}}'

            """)));
        start.Environment["PATH"] = $"{folder.Path}:{Environment.GetEnvironmentVariable("PATH")}";

        var run = await StandingPowerShell.RunInAnyAsync(start);

        Assert.Equal((string.Concat(uses.Select(_ => "yes, no\n")), ""), (run.Output, run.Error));
        await me.LeftNothingAsync();
    }

    [Theory]
    [InlineData("Invoke-FargateCommand 'echo here'", WithoutFolder, "the session was stopped meanwhile")]
    [InlineData("Enter-FargateShell -Option 'RemoteCommand=true'", WithoutFolder, "the session was stopped meanwhile")]
    [InlineData("Invoke-FargateCommand 'echo here'", OnFullDisk, "is the disk of the session's folder full?")]
    [InlineData("Enter-FargateShell -Option 'RemoteCommand=true'", OnFullDisk, "is the disk of the session's folder full?")]
    public async Task An_ssh_that_cannot_write_its_log_is_an_error_and_no_exit_code_of_the_program(string use, string ends, string reason)
    {
        using TemporaryFolder folder = new();
        folder.WriteProgram(
            "ssh",
            $$"""
            log=
            word=
            for next in "$@"; do
                [ "$word" != -E ] || log=$next
                word=$next
            done
            [ -n "$log" ] || exec /usr/bin/ssh "$@"
            {{ends}}

            """);
        await using var me = await Operator.StartAsync();
        var start = me.Process($"New-FargateSession | {use}; \"code $LASTEXITCODE\"");
        start.Environment["PATH"] = $"{folder.Path}:{Environment.GetEnvironmentVariable("PATH")}";

        var run = await StandingPowerShell.RunInAnyAsync(start);

        Assert.Equal("code 255\n", run.Output);
        Assert.Contains(reason, run.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
        await me.LeftNothingAsync();
    }

    [Theory]
    [InlineData("New-FargateSession", "stopped", "")]
    [InlineData("$s = New-FargateSession; $s", "runs", "its session {0} runs on: Stop-FargateSession {0} stops it")]
    public async Task Exit_says_which_session_of_a_tunnel_runs_on(string session, string expected, string said)
    {
        await using var me = await Operator.StartAsync();
        var start = me.Process($"{session} | Start-FargateTunnel -Socks | ForEach-Object Status; exit");
        start.Environment["XDG_STATE_HOME"] = OperatorHome.StateHome;

        var run = await PowerShellHost.EngineProcess.RunAsync(start, "");

        Assert.Equal("Open\n", run.Output);
        var id = Assert.Single(me.Fargate.Tasks).StartedBy;
        Assert.Contains(string.Format(System.Globalization.CultureInfo.InvariantCulture, said, id), run.Error, StringComparison.Ordinal);
        Assert.Equal(said.Length == 0, run.Error.Length == 0);
        Assert.Equal(expected, OutcomeOf(me));
    }

    private static async Task RunAsync(ConcurrentQueue<SessionEndRow> rows, ConcurrentBag<string> faults)
    {
        while (rows.TryDequeue(out var row))
        {
            await using var me = await Operator.StartAsync();
            var run = me.Start(row.Script);
            if (await Task.WhenAny(run.Completion, Task.Delay(Limit)) != run.Completion)
            {
                faults.Add($"{row.Script}: it has not ended after {Limit}");
                run.Stop();
            }

            var outcome = OutcomeOf(me);
            if (outcome != row.Expected)
            {
                faults.Add($"{row.Script}: {outcome}, not {row.Expected}");
            }
        }
    }

    /// <summary>
    /// Returns the outcome of each task: the key of a stopped one should be gone, that of another should be there.
    /// </summary>
    private static string OutcomeOf(Operator me) => string.Join(", ", me.Fargate.Tasks
        .Select(task =>
        {
            var wasStopped = me.Calls("StopTask")
                .Any(call => task.Arn.EndsWith((string)call.Parameters["task"]!, StringComparison.Ordinal));
            var hasKey = File.Exists(Path.Combine(Operator.SharedFolderOf(task.StartedBy!), "id_ed25519"));
            return (wasStopped, hasKey) switch
            {
                (true, false) => "stopped",
                (false, true) => "runs",
                (true, true) => "stopped, and its key is left",
                (false, false) => "runs without its key",
            };
        })
        .Order());
}
