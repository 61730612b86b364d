using System.Net;
using System.Net.Sockets;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate.Tasks;

namespace EcsFargateLogin.EndToEnd.Commands;

/// <summary>Invoke-FargateCommand -Detach and Receive-FargateCommand: commands that outlive the PowerShell that has started them.</summary>
public sealed class DetachedCommandTests
{
    private const string ReceiveToTheEnd =
        """
        $all = @()
        do { $seen = Receive-FargateCommand; $all += $seen.Output; Start-Sleep -Milliseconds 200 } until ($seen.State -ne 'Running')
        "$($seen.State) $($seen.ExitCode) $($all -join ',')"
        """;

    [Fact]
    public async Task Another_PowerShell_receives_output_and_exit_code_and_the_session_ends_with_its_command()
    {
        await using var me = await Operator.StartAsync();

        var started = await me.RunProcessAsync(
            "New-FargateSession | Invoke-FargateCommand 'echo begun; sleep 3; echo >&2 red; echo done; exit 7' -Detach | ForEach-Object { \"$($_.State) $($_.ExitCode)\" }");
        Assert.Equal(("Running \n", ""), (started.Output, started.Error));
        Assert.Empty(me.Calls("StopTask"));
        var received = await me.RunApartAsync(ReceiveToTheEnd);

        Assert.Equal(("Ended 7 begun,red,done\n", ""), (received.Output, received.Error));
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task The_container_keeps_the_task_while_the_command_runs_and_ends_it_by_itself_afterwards()
    {
        using TcpListener done = new(IPAddress.Loopback, 0);
        done.Start();
        await using var me = await Operator.StartAsync();

        // Without the command the task would end after 2 s.
        var port = ((IPEndPoint)done.LocalEndpoint).Port;
        var started = await me.RunApartAsync(
            $"New-FargateSession -UnusedTimeout 1 | Invoke-FargateCommand \"sleep 7; bash -c ': >/dev/tcp/127.0.0.1/{port}'\" -Detach | Out-Null");
        Assert.Equal("", started.Error);
        var task = Assert.Single(me.Fargate.Tasks);
        await Eventually.BecomesAsync(() => me.Fargate.Tasks[0].Phase == TaskPhase.Stopped, () => $"{me.Fargate.Tasks[0]}");

        Assert.True(done.Pending(), $"{me.Fargate.Tasks[0].Times}");
        Assert.Equal("EssentialContainerExited", me.Fargate.Tasks[0].StopCode);
        var late = await me.RunApartAsync("Receive-FargateCommand");
        Assert.Matches("The task of session fl-\\w+ has ended, and with it what[\\s\\S]*-UnusedTimeout", late.Error);
        Assert.False(Directory.Exists(Path.Combine(me.SessionsFolder, task.StartedBy!)));
    }

    [Fact]
    public async Task Scripts_input_and_arguments_arrive_no_argument_list_shows_them_and_what_is_kept_can_be_received_again()
    {
        await using var me = await Operator.StartAsync();
        var script = Path.Combine(me.StateHome, "script.sh");
        await File.WriteAllTextAsync(script, "#!/bin/sh\nprintf 'script %s\\n' \"$@\"\n");

        var run = me.Run(
            """
            $session = New-FargateSession
            $long = 'in', 'put' | Invoke-FargateCommand -Session $session 'cat; echo part; printf unfinished; sleep 600; : hidden-word' -Detach
            $short = $session | Invoke-FargateCommand -FilePath $args[0] -ArgumentList "it's", 'a b' -Detach
            do { $seen = $long | Receive-FargateCommand -Keep } until ($seen.Output.Count -eq 3)
            "$($seen.State) $($seen.Output)"
            "$(($long | Receive-FargateCommand).Output) then $(($long | Receive-FargateCommand).Output.Count)"
            do { $seen = $short | Receive-FargateCommand -Keep } while ($seen.State -eq 'Running')
            "$($seen.ExitCode) $($seen.Output)"
            Invoke-FargateCommand -Session $session 'cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\0" " " | grep -c "hidden[-]word"; stat -c %a /tmp/.ecs-fargate-login-*/* | sort -u'
            @(Receive-FargateCommand -Session $session).Count
            $session | Stop-FargateSession
            """, script);

        Assert.Empty(run.Errors);
        Assert.Equal(
            ["Running in put part", "in put part then 0", "0 script it's script a b", "0", "600", "2"], run.Output.Select(line => line.ToString()));
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Output_beyond_the_limit_is_dropped_and_the_command_goes_on()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            """
            $session = New-FargateSession
            $command = Invoke-FargateCommand -Session $session 'head -c 70000000 /dev/zero | tr "\0" x; exit 4' -Detach
            do { $ended = Invoke-FargateCommand -Session $session 'cat /tmp/.ecs-fargate-login-*/code 2>/dev/null; stat -c %s /tmp/.ecs-fargate-login-*/output' } until ($ended.Count -eq 2)
            $ended
            $session | Stop-FargateSession
            """);

        Assert.Empty(run.Errors);
        Assert.Equal(["4", $"{64 * 1024 * 1024}"], run.Output.Select(line => line.ToString()));
    }
}
