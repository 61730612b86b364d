using System.Security.Cryptography;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.EcsExec;

/// <summary>Invoke-FargateCommand by ECS Exec.</summary>
public sealed class EcsExecCommandTests : IAsyncLifetime
{
    private const string Start = "$session = New-FargateSession -Transport EcsExec -Wait\n";

    private Operator _me = null!;

    // A busy machine may take longer than the agent waits to connect again after a cut, and what was printed is lost then.
    public async Task InitializeAsync() => _me = await Operator.StartAsync(
        new LocalFargateOptions { SessionManager = new SessionManagerOptions { DrainLimit = TimeSpan.FromSeconds(30) } });

    public async Task DisposeAsync() => await _me.DisposeAsync();

    [Fact]
    public async Task Output_is_lines_standard_error_is_told_apart_and_the_exit_code_comes_back()
    {
        var run = _me.Run(Start + """
            $session | Invoke-FargateCommand 'echo one; echo "käse	two"; echo three >&2; [ -t 1 ] || echo no terminal; exit 7' -ErrorVariable said
            "code $LASTEXITCODE, said $said"
            $result = $session | Invoke-FargateCommand 'echo x; echo y >&2; false' -PassThru
            "$($result.ExitCode) $($result.StandardOutput) $($result.StandardError) $($result.IsPartial)"
            $session | Stop-FargateSession
            """);

        Assert.Equal(
            ["one", "käse\ttwo", "no terminal", "code 7, said three", "1 x y False"], run.Output.Select(line => line.ToString()));
        await _me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task Input_scripts_arguments_and_bytes_arrive_as_they_are()
    {
        var script = Path.Combine(_me.StateHome, "script.sh");
        await File.WriteAllTextAsync(script, "#!/bin/bash\r\nprintf '<%s>' \"$@\"; cat\r\necho end $BASH_VERSION >/dev/null\r\n");
        var bytes = RandomNumberGenerator.GetBytes(100_000);

        var run = _me.Run(Start + """
            $bytes = $args[0]
            ($bytes | Invoke-FargateCommand -Session $session 'cat' -Raw | ForEach-Object { $_ }).Count
            $back = [System.Collections.Generic.List[byte]]::new()
            , $bytes | Invoke-FargateCommand -Session $session 'cat' -Raw | ForEach-Object { $back.AddRange([byte[]] $_) }
            [Linq.Enumerable]::SequenceEqual([byte[]] $back, [byte[]] $bytes)
            $session | Invoke-FargateCommand -FilePath $args[1] -ArgumentList "it's", '$HOME "x"', 'a b'
            $session | Invoke-FargateCommand ('echo ' + 'x' * 50000) | ForEach-Object Length
            $session | Stop-FargateSession
            """, bytes, script);

        Assert.Equal(["True", "<it's><$HOME \"x\"><a b>", "50000"], run.Output.Select(line => line.ToString()).TakeLast(3));
        await _me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task A_command_that_takes_too_long_is_cut_off_and_its_session_is_ended()
    {
        var run = _me.Run(Start + """
            $session | Invoke-FargateCommand 'echo begun; sleep 600' -Timeout 3
            $session | Stop-FargateSession
            """);

        Assert.Equal("begun", Assert.Single(run.Output).ToString());
        Assert.StartsWith("CommandTimeout,", Assert.Single(run.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.All(_me.Fargate.Sessions, session => Assert.Equal(SessionStatus.Ended, session.Status));
        await _me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task A_command_whose_task_stops_is_cut_short_and_says_why()
    {
        var running = _me.Start(
            "New-FargateSession -Transport EcsExec | Invoke-FargateCommand 'echo begun; sleep 600'");
        await Eventually.BecomesAsync(() => running.Output.Count > 0, () => "nothing came");

        _me.Fargate.InterruptTask(Assert.Single(_me.Fargate.Tasks).Arn, "SpotInterruption", "Your Spot Task was interrupted.");
        await running.Completion;

        var error = Assert.Single(running.Errors);
        Assert.StartsWith("TaskStopped,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("was cut short", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_do_not_see_a_cut_channel()
    {
        _me.Fargate.Faults.Add(new ChannelCut { Direction = ChannelDirection.ToClient, Sequence = 3 });

        var run = _me.Run(
            "New-FargateSession -Transport EcsExec | Invoke-FargateCommand 'i=0; while [ $i -lt 2000 ]; do echo $i; i=$((i+1)); done; exit 3'; $LASTEXITCODE");

        Assert.Empty(run.Errors);
        Assert.Equal(Enumerable.Range(0, 2000).Append(3).Select(number => $"{number}"), run.Output.Select(line => line.ToString()));
        Assert.True(Assert.Single(_me.Fargate.Sessions).Connections > 1);
        await _me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task A_command_that_is_stopped_leaves_no_session_at_the_agent()
    {
        var running = _me.Start("New-FargateSession -Transport EcsExec | Invoke-FargateCommand 'echo begun; sleep 600'");
        await Eventually.BecomesAsync(() => running.Output.Count > 0, () => "nothing came");

        running.Stop();

        Assert.All(_me.Fargate.Sessions, session => Assert.Equal(SessionStatus.Ended, session.Status));
        await _me.HasLeftNothingAsync();
    }
}
