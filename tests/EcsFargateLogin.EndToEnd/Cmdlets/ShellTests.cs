using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>Enter-FargateShell: exit codes and streams.</summary>
public sealed class ShellTests
{
    [Fact]
    public async Task The_exit_code_of_the_remote_program_is_no_error_of_ssh_except_for_those_who_want_it_so()
    {
        await using var zero = await Operator.StartAsync();
        await using var most = await Operator.StartAsync();
        await using var strict = await Operator.StartAsync();

        ProcessResult[] runs =
        [
            await zero.RunApartAsync("New-FargateSession | Enter-FargateShell", "exit 0\n"),
            await most.RunApartAsync("New-FargateSession | Enter-FargateShell", "exit 255\n"),
            await strict.RunApartAsync(
                """
                $PSNativeCommandUseErrorActionPreference = $true
                $ErrorActionPreference = 'Stop'
                try { New-FargateSession | Enter-FargateShell }
                catch { "$LASTEXITCODE $($_.FullyQualifiedErrorId) $($_.TargetObject)" }
                """,
                "exit 7\n"),
        ];

        Assert.Equal([("", "", 0), ("", "", 255)], runs.Take(2).Select(run => (run.Output, run.Error, run.ExitCode)));
        var task = Assert.Single(strict.Fargate.Tasks);
        Assert.Equal(
            ("", $"7 RemoteProgramFailed,EcsFargateLogin.Cmdlets.EnterFargateShellCommand {task.StartedBy}\n"),
            (runs[2].Error, runs[2].Output));
        await zero.LeftNothingAsync();
        await most.LeftNothingAsync();
        await strict.LeftNothingAsync();
    }

    [Fact]
    public async Task The_shell_has_the_streams_of_the_process_and_nothing_else_does()
    {
        await using var me = await Operator.StartAsync();

        var run = await me.RunProcessAsync(
            """
            $output = @(New-FargateSession | Enter-FargateShell)
            [Console]::Out.WriteLine("returned $($output.Count)")
            """,
            "echo out; echo err >&2; cat\nlast line");

        Assert.Equal(("out\nlast linereturned 0\n", "err\n"), (run.Output, run.Error));
    }

    [Fact]
    public async Task A_task_that_was_stopped_under_the_shell_is_an_error()
    {
        await using var me = await Operator.StartAsync();
        await using var shell = TerminalRun.WithPipes(me.Process(
            """
            New-FargateSession | Enter-FargateShell -ErrorVariable problems -ErrorAction SilentlyContinue
            "$LASTEXITCODE $($problems[0].FullyQualifiedErrorId) $($problems[0].CategoryInfo.Category)"
            """));
        await shell.TypeAsync("echo up-$((6*7)); sleep 600\n");
        await shell.ShowsAsync("up-42");

        me.Fargate.InterruptTask(Assert.Single(me.Fargate.Tasks).Arn, "SpotInterruption", "Your Spot Task was interrupted.");

        await shell.EndAsync();
        Assert.Equal("up-42\n255 TaskStopped,EcsFargateLogin.Cmdlets.EnterFargateShellCommand OperationStopped\n", shell.Screen);
        Assert.Empty(me.SessionFiles());
    }

    [Fact]
    public async Task Nothing_that_is_shown_holds_the_private_key()
    {
        await using var me = await Operator.StartAsync();

        var run = await me.RunProcessAsync(
            """
            $VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'
            New-FargateSession -Wait | Tee-Object -Variable session | Format-List * -Force
            Get-FargateTaskAddress $session
            Enter-FargateShell $session -KeepSession -Option 'LogLevel=DEBUG3'
            $session.KeyPath
            """,
            "exit 1\n");

        var files = me.SessionFiles();
        var keyPath = Assert.Single(files, file => Path.GetFileName(file) == "id_ed25519");
        var key = await File.ReadAllLinesAsync(keyPath);
        Assert.Contains("DEBUG: Credentials from", run.Output, StringComparison.Ordinal);
        Assert.Contains("VERBOSE: ssh: debug3:", run.Output, StringComparison.Ordinal);
        Assert.Equal("-----BEGIN OPENSSH PRIVATE KEY-----", key[0]);
        Assert.All(key[1..^1], line => Assert.DoesNotContain(line, run.Output + run.Error, StringComparison.Ordinal));
        foreach (var file in files.Where(file => File.Exists(file) && file != keyPath))
        {
            Assert.DoesNotContain(key[1], await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        }
    }
}
