using EcsFargateLogin.EndToEnd.Cmdlets;

namespace EcsFargateLogin.EndToEnd.Commands;

/// <summary>Invoke-FargateCommand: what is run, what it reads and what comes back.</summary>
public sealed class CommandTests
{
    [Fact]
    public async Task A_session_from_the_pipeline_is_stopped_when_its_command_has_ended()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run("New-FargateSession | Invoke-FargateCommand 'echo one; echo two; exit 7'; \"code $LASTEXITCODE\"");

        Assert.Empty(run.Errors);
        Assert.Equal(["one", "two", "code 7"], run.Output.Select(line => line.ToString()));
        Assert.Equal(Assert.Single(me.Fargate.Tasks).StartedBy, $"{run.Output[0].Properties["FargateSession"].Value}");
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_session_that_is_named_goes_on_and_its_commands_share_one_connection()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            """
            $session = New-FargateSession -Wait
            Invoke-FargateCommand -Session $session 'echo $SSH_CONNECTION'
            Invoke-FargateCommand -Session $session 'echo $SSH_CONNECTION; exit 255'
            $LASTEXITCODE
            Invoke-FargateCommand -Session $session 'kill -9 $$'
            $session | Invoke-FargateCommand 'echo $SSH_CONNECTION' -KeepSession
            $session | Stop-FargateSession
            """);

        Assert.Empty(run.Errors);
        var lines = run.Output.Select(line => line.ToString()).ToArray();
        Assert.Equal([lines[0], lines[0], "255", lines[0]], lines);
        Assert.Matches("^127[0-9.]+ [0-9]+ 127", lines[0]);
        Assert.Single(me.Calls("StopTask"));
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Arguments_scripts_and_input_arrive_as_given()
    {
        await using var me = await Operator.StartAsync();
        var script = Path.Combine(me.StateHome, "a script.sh");
        await File.WriteAllTextAsync(script, "#!/usr/bin/env bash\nset -o pipefail\nprintf '<%s>' \"$@\" \"${BASH_VERSION:+bash}\"\n");
        var other = Path.Combine(me.StateHome, "other.pl");
        await File.WriteAllTextAsync(other, "\uFEFF#!/usr/bin/perl -l\r\nprint \"perl\", $ARGV[0];\r\n");

        var run = me.Run(
            """
            param($script, $other)
            $session = New-FargateSession -Wait
            Invoke-FargateCommand -Session $session 'printf "<%s>"' -ArgumentList '', "it's", '$HOME `id` *', '-n', "two`nlines"
            Invoke-FargateCommand -Session $session -FilePath $script -ArgumentList 'a b', '-x'
            'öne', 'two' | Invoke-FargateCommand -Session $session 'cat; echo end'
            , [byte[]](0, 255, 10, 7) | Invoke-FargateCommand -Session $session 'od -An -tx1'
            Invoke-FargateCommand -Session $session cat -InputObject 1, 2
            try { Invoke-FargateCommand -Session $session "echo a`0b" } catch { $_.FullyQualifiedErrorId }
            Invoke-FargateCommand -Session $session -FilePath $other -ArgumentList '-x'
            Invoke-FargateCommand -Session $session "cd /tmp`r`npwd`r`n" -StandardErrorAs Output
            try { Invoke-FargateCommand -Session $session true -ArgumentList ('x' * 200000) } catch { $_.FullyQualifiedErrorId }
            $session | Stop-FargateSession
            """,
            script,
            other);

        Assert.Empty(run.Errors);
        const string Refused = "InvalidCommand,EcsFargateLogin.Cmdlets.InvokeFargateCommandCommand";
        Assert.Equal(
            [
                "<><it's><$HOME `id` *><-n><two", "lines>", "<a b><-x><bash>", "öne", "two", "end", " 00 ff 0a 07", "1", "2",
                Refused, "perl-x", "/tmp", Refused,
            ],
            run.Output.Select(line => line.ToString()));
    }

    [Fact]
    public async Task Standard_error_goes_where_it_was_asked_for_and_a_result_holds_everything()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            """
            $session = New-FargateSession -Wait
            $noisy = 'echo a; echo b >&2; echo c; exit 3'
            Invoke-FargateCommand -Session $session $noisy
            Invoke-FargateCommand -Session $session $noisy -StandardErrorAs Output
            $result = Invoke-FargateCommand -Session $session $noisy -PassThru
            "$($result.ExitCode) [$($result.StandardOutput)] [$($result.StandardError)] $($result.IsPartial) $($result.Duration -gt 0)"
            $bytes = Invoke-FargateCommand -Session $session 'head -c 300000 /dev/urandom | tee /tmp/data' -Raw | ForEach-Object { $_ }
            (Invoke-FargateCommand -Session $session 'sha256sum </tmp/data').Substring(0, 64).ToUpper() -eq
                [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData([byte[]] $bytes))
            $PSNativeCommandUseErrorActionPreference = $true
            Invoke-FargateCommand -Session $session 'exit 4'
            $session | Stop-FargateSession
            """);

        Assert.Equal(
            ["a", "c", "a", "b", "c", "3 [a c] [b] False True", "True"], run.Output.Select(line => line.ToString()));
        Assert.Equal(
            ["RemoteStandardError", "RemoteProgramFailed"], run.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal("b", run.Errors[0].ToString());
        Assert.Equal(Assert.Single(me.Fargate.Tasks).StartedBy, $"{run.Errors[0].TargetObject}");
    }

    [Fact]
    public async Task Many_sessions_run_it_at_once_but_no_more_than_the_throttle_limit()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            """
            New-FargateSession -Count 5 | Invoke-FargateCommand 'date +%s%N; sleep 2; date +%s%N' -ThrottleLimit 2 -PassThru |
                ForEach-Object { "$($_.FargateSession) $($_.StandardOutput)" }
            """);

        Assert.Empty(run.Errors);
        var runs = run.Output.Select(line => line.ToString().Split(' ')).ToArray();
        Assert.Equal(5, runs.Select(words => words[0]).Distinct().Count());
        var (begins, ends) = (runs.Select(words => long.Parse(words[1])).ToArray(), runs.Select(words => long.Parse(words[2])).ToArray());
        Assert.All(begins, moment => Assert.InRange(Enumerable.Range(0, 5).Count(i => begins[i] <= moment && moment < ends[i]), 1, 2));
        Assert.Contains(begins, moment => Enumerable.Range(0, 5).Count(i => begins[i] <= moment && moment < ends[i]) == 2);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_job_has_a_child_for_each_session_and_stops_what_it_was_given()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            """
            $job = New-FargateSession -Count 2 | Invoke-FargateCommand 'cat; echo done; exit 3' -AsJob -JobName batch
            Wait-Job -Name batch | Receive-Job
            "$($job.State) $($job.ChildJobs.Count)"
            $endless = New-FargateSession | Invoke-FargateCommand 'echo begun; sleep 600' -AsJob
            while (-not $endless.ChildJobs[0].Output.Count) { Start-Sleep -Milliseconds 50 }
            Stop-Job $endless
            "$($endless.State) $(Receive-Job $endless)"
            """);

        Assert.Empty(run.Errors);
        Assert.Equal(["done", "done", "Completed 2", "Stopped begun"], run.Output.Select(line => line.ToString()));
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_job_that_is_stopped_before_it_has_begun_stops_its_sessions_all_the_same()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            """
            1..3 | ForEach-Object {
                $job = New-FargateSession -Count 2 | Invoke-FargateCommand 'sleep 600' -AsJob -ThrottleLimit 1
                Stop-Job $job
                "$($job.State)"
            }
            """);

        Assert.Empty(run.Errors);
        Assert.Equal(["Stopped", "Stopped", "Stopped"], run.Output.Select(line => line.ToString()));
        await me.LeftNothingAsync();
    }
}
