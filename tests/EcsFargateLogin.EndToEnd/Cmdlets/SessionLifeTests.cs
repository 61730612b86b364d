using LocalFargate;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>The life of a session, from New to Stop: who has charge of it, and that it ends.</summary>
public sealed class SessionLifeTests
{
    /// <summary>Keeps containers alive between two logins, however slow the machine.</summary>
    private static readonly LocalFargateOptions Patient =
        new() { ContainerEnvironment = new Dictionary<string, string> { ["_RECONNECT_WINDOW"] = "600" } };

    private const string TerminatingError =
        """
        function Use-Session {
            [CmdletBinding()]
            param([Parameter(ValueFromPipeline)] $Session)
            process { $PSCmdlet.ThrowTerminatingError([Management.Automation.ErrorRecord]::new([Exception]::new(), 'Own', 0, 1)) }
        }
        New-FargateSession | Use-Session
        """;

    [Fact]
    public async Task A_shell_gives_its_exit_code_and_leaves_nothing_behind()
    {
        await using var me = await Operator.StartAsync();

        var run = await me.RunProcessAsync(
            "New-FargateSession | Enter-FargateShell; exit $LASTEXITCODE", "echo up-$((6*7))\nexit 7\n");

        Assert.Equal(("up-42\n", "", 7), (run.Output, run.Error, run.ExitCode));
        Assert.Single(me.Fargate.Tasks);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Sessions_are_entered_again_while_they_are_kept_and_several_one_after_the_other()
    {
        await using var keeper = await Operator.StartAsync(Patient);
        await using var many = await Operator.StartAsync();

        ProcessResult[] runs =
        [
            await keeper.RunApartAsync(
                """
                $session = New-FargateSession
                $session | Enter-FargateShell -KeepSession -Option 'RemoteCommand=echo one >/tmp/kept; exit 3'
                "first $LASTEXITCODE, task $($session.TaskId)"
                Get-Content $session.KnownHostsPath
                $session | Enter-FargateShell -KeepSession -Option 'RemoteCommand=cat /tmp/kept'
                "second $LASTEXITCODE, key $(Test-Path $session.KeyPath)"
                $session | Stop-FargateSession
                """),
            await many.RunApartAsync(
                """
                1..3 | ForEach-Object { New-FargateSession -EnvironmentVariable @{ NUMBER = $_ } } |
                    Enter-FargateShell -Option 'RemoteCommand=echo $NUMBER; exit $NUMBER'
                $LASTEXITCODE
                """),
        ];

        Assert.Equal("", runs[0].Error);
        var id = Assert.Single(keeper.Fargate.Tasks).Arn.Split('/')[^1];
        var lines = runs[0].Output.TrimEnd().Split('\n');
        Assert.Equal($"first 3, task {id}", lines[0]);
        Assert.StartsWith(keeper.Fargate.SshPort == 22 ? $"{id} ssh-ed25519 " : $"[{id}]:", lines[1], StringComparison.Ordinal);
        Assert.Equal(["one", "second 0, key True"], lines[2..]);
        Assert.Single(keeper.Calls("StopTask"));
        await keeper.LeftNothingAsync();
        Assert.Equal(("1\n2\n3\n3\n", ""), (runs[1].Output, runs[1].Error));
        Assert.Equal(3, many.Fargate.Tasks.Count);
        Assert.Equal(3, many.Calls("StopTask").Count);
        await many.LeftNothingAsync();
    }

    [Theory]
    [InlineData("New-FargateSession | Select-Object -First 1")]
    [InlineData("New-FargateSession | ForEach-Object { $_ }")]
    [InlineData("$kept = New-FargateSession; $kept")]
    [InlineData("New-FargateSession | ForEach-Object { $_ } | Select-Object -First 1")]
    [InlineData("foreach ($kept in New-FargateSession) { $kept; break }")]
    public async Task Who_takes_a_session_over_keeps_it(string script)
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(script);

        Assert.Empty(run.Errors);
        var session = Assert.Single(run.Output);
        Assert.Empty(me.Calls("StopTask"));
        Assert.True(File.Exists(session.Text("KeyPath")));
        me.Run("$args[0] | Stop-FargateSession", session);
        await me.LeftNothingAsync();
    }

    [Theory]
    [InlineData("New-FargateSession | ForEach-Object { throw 'no, thanks' }", "no, thanks")]
    [InlineData("New-FargateSession | ForEach-Object { } -End { throw 'no, thanks' }", "no, thanks")]
    [InlineData("New-FargateSession | ForEach-Object { Get-Item /no/such/file -ErrorAction Stop }", "PathNotFound")]
    [InlineData(TerminatingError, "Own")]
    public async Task A_session_that_breaks_what_it_is_handed_to_is_stopped(string script, string errorId)
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(script);

        var error = run.TerminatingError ?? Assert.Single(run.Errors);
        Assert.StartsWith(errorId, error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Single(me.Fargate.Tasks);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_session_that_nobody_was_given_is_stopped()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run("New-FargateSession -Verbose 4>&1 | Where-Object { \"$_\" -like 'Session *' } | Select-Object -First 1");

        Assert.Empty(run.Errors);
        var task = Assert.Single(me.Fargate.Tasks);
        Assert.Equal($"Session {task.StartedBy} is task {task.Arn}.", Assert.Single(run.Output).ToString());
        await me.LeftNothingAsync();
    }
}
