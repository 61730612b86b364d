using System.Management.Automation;
using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Engine;
using LocalFargate.Faults;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.EcsExec;

/// <summary>Which way in is taken, and what each needs.</summary>
public sealed class TransportTests : IAsyncLifetime
{
    private Operator _me = null!;

    public async Task InitializeAsync() => _me = await Operator.StartAsync();

    public async Task DisposeAsync() => await _me.DisposeAsync();

    [Fact]
    public async Task Auto_is_ssh_where_that_answers()
    {
        var run = await _me.RunProcessAsync("New-FargateSession -Transport Auto | Enter-FargateShell; exit $LASTEXITCODE", "exit 7\n");

        Assert.Equal(("", "", 7), (run.Output, run.Error, run.ExitCode));
        Assert.True((bool)Assert.Single(_me.Calls("RunTask")).Parameters["enableExecuteCommand"]!);
        Assert.Empty(_me.Calls("ExecuteCommand"));
        await _me.LeftNothingAsync();
    }

    [Fact]
    public async Task Auto_falls_back_to_ECS_Exec_where_the_port_is_closed_and_says_so()
    {
        _me.Fargate.Faults.Add(new SshClosed());

        var run = await _me.RunProcessAsync(
            """
            New-FargateSession -Transport Auto -Wait -WarningVariable warnings -WarningAction SilentlyContinue |
                Enter-FargateShell -WarningVariable +warnings -WarningAction SilentlyContinue
            "$($warnings.Count) warning: $warnings"
            """,
            "echo up-$((6*7))\n");

        Assert.Equal("", run.Error);
        Assert.Contains("up-42", run.Output, StringComparison.Ordinal);
        Assert.Matches("1 warning: Session fl-[^ ]+ is entered by ECS Exec, because ssh does not reach it", run.Output);
        Assert.Contains("ConnectionRefused", run.Output, StringComparison.Ordinal);
        await _me.LeftNothingAsync();
    }

    [Theory]
    [InlineData("Invoke-FargateCommand 'true' -Session $session", "Invoke-FargateCommand")]
    [InlineData("$session | Copy-FargateItem a -Destination b", "Copy-FargateItem")]
    [InlineData("$session | Start-FargateTunnel -RemoteHost db -RemotePort 1", "Start-FargateTunnel")]
    [InlineData("$session | Get-FargateTaskAddress -ForPSSession", "PowerShell's remoting")]
    [InlineData("$session | Enter-FargateShell -Transport Ssh", "Enter-FargateShell")]
    public async Task What_needs_ssh_says_so_and_leaves_the_session(string script, string what)
    {
        var session = Assert.Single(_me.Run("$session = New-FargateSession -Transport EcsExec; $session").Output);
        await File.WriteAllTextAsync(Path.Combine(_me.StateHome, "a"), "");

        var error = _me.ErrorOf($"Set-Location '{_me.StateHome}'; {script}");

        var message = error.Is("TransportUnavailable", ErrorCategory.InvalidOperation, session.Text("SessionId"));
        Assert.StartsWith($"{what} needs ssh", message, StringComparison.Ordinal);
        Assert.Empty(_me.Calls("StopTask"));
        _me.Run("$session | Stop-FargateSession");
        await _me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task A_session_that_was_started_for_ssh_alone_is_not_entered_by_ECS_Exec()
    {
        var session = Assert.Single(_me.Run("$session = New-FargateSession; $session").Output);

        var error = _me.ErrorOf("$session | Enter-FargateShell -Transport EcsExec");

        error.Is("TransportUnavailable", ErrorCategory.InvalidOperation, session.Text("SessionId"));
        _me.Run("$session | Stop-FargateSession");
        await _me.HasLeftNothingAsync();
    }

    [Theory]
    [InlineData("New-FargateSession -Transport EcsExec -JumpHost bastion", "-JumpHost")]
    [InlineData("New-FargateSession -Transport EcsExec -KeyPath k", "-KeyPath")]
    [InlineData("New-FargateSession -Transport EcsExec -AuthorizeMyAddress -IdleTimeout 5", "-AuthorizeMyAddress, -IdleTimeout")]
    [InlineData("New-FargateSession -Transport EcsExec -HostKeyVerification Strict", "-HostKeyVerification")]
    [InlineData("New-FargateSession -Transport EcsExec -UserName app", "-UserName")]
    [InlineData("New-FargateSession -Transport EcsExec | Enter-FargateShell -Option Compression=yes", "-Option")]
    [InlineData("New-FargateSession | Enter-FargateShell -Transport EcsExec -TranscriptPath .", "-TranscriptPath")]
    public async Task What_only_ssh_takes_is_an_error(string script, string named)
    {
        var error = Assert.Single(_me.ErrorsOf(script));

        Assert.Equal(("InvalidTransport", ErrorCategory.InvalidArgument, true), (error.Id.Split(',')[0], error.Category, error.IsTerminating));
        Assert.StartsWith($"{named} cannot go with -Transport EcsExec", error.Message, StringComparison.Ordinal);
        await _me.HasLeftNothingAsync(_me.Fargate.Tasks.Count);
    }

    [Theory]
    [InlineData("New-FargateSession -Transport EcsExec")]
    [InlineData("New-FargateSession -Transport Auto | Enter-FargateShell -Transport EcsExec")]
    public async Task Without_the_plugin_nothing_is_started_and_the_error_says_how_to_get_it(string script)
    {
        using TemporaryFolder programs = new();
        foreach (var name in (string[])["ssh", "ssh-keygen"])
        {
            programs.WriteProgram(name, "exit 0");
        }

        var errors = await ErrorsWithAsync(script, ("PATH", programs.Path));

        var message = Assert.Single(errors);
        Assert.StartsWith("PluginNotFound NotInstalled session-manager-plugin", message, StringComparison.Ordinal);
        Assert.Contains("session-manager-working-with-install-plugin", message, StringComparison.Ordinal);
        _me.HasStartedNothing();
    }

    [Fact]
    public async Task A_plugin_that_takes_secrets_on_its_command_line_is_refused()
    {
        var errors = await ErrorsWithAsync(
            "New-FargateSession -Transport EcsExec", ("SESSION_MANAGER_PLUGIN_VERSION", "1.2.463.0"));

        Assert.Contains("version 1.2.463.0 is too old", Assert.Single(errors), StringComparison.Ordinal);
        _me.HasStartedNothing();
    }

    [Fact]
    public async Task Where_there_is_no_plugin_Auto_says_so_and_uses_ssh()
    {
        var start = _me.Process("New-FargateSession -Transport Auto | Enter-FargateShell 3>&1 | Out-Default; exit $LASTEXITCODE");
        start.Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";

        var run = await EngineProcess.RunAsync(start, "exit 7\n");

        Assert.Equal(7, run.ExitCode);
        Assert.Contains("There is no falling back to ECS Exec.", run.Output, StringComparison.Ordinal);
        await _me.LeftNothingAsync();
    }

    [Fact]
    public void A_task_without_a_task_role_is_told_what_it_lacks()
    {
        _me.Fargate.RegisterTaskDefinition(new("roleless") { Containers = [new("cli")] });

        var error = _me.ErrorOf("New-FargateSession roleless -Transport EcsExec");

        error.Is("TaskDefinitionUnsuitable", ErrorCategory.InvalidArgument, "roleless");
        Assert.Contains("-TaskRoleArn", error.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_a_default_for_all_sessions_is_left_out_where_it_does_not_fit()
    {
        var run = _me.Run(
            """
            $PSDefaultParameterValues['New-Fargate*:UserName'] = 'app'
            $session = New-FargateSession -Transport EcsExec
            $session
            $session | Stop-FargateSession
            """);

        Assert.Empty(run.Errors);
        Assert.Equal("root", run.Output[0].Text("UserName"));
        await _me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task A_project_may_say_how_its_containers_are_reached()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_me.StateHome, ".fargatelogin.json"), """{ "presets": { "default": { "Transport": "EcsExec" } } }""");

        var run = _me.Run($"Set-Location '{_me.StateHome}'; $session = New-FargateSession; $session; $session | Stop-FargateSession");

        Assert.Empty(run.Errors);
        Assert.Equal("EcsExec", run.Output[0].Text("Transport"));
    }

    /// <summary>Runs a script in a process with other variables, and returns what it failed with.</summary>
    private async Task<string[]> ErrorsWithAsync(string script, params (string Name, string Value)[] variables)
    {
        // PowerShell itself has been found by then.
        var set = string.Join('\n', variables.Select(variable => $"$env:{variable.Name} = '{variable.Value}'"));
        var run = await _me.RunProcessAsync(
            $$"""
            {{set}}
            try { {{script}} } catch { "$($_.FullyQualifiedErrorId -replace ',.*') $($_.CategoryInfo.Category) $($_.TargetObject): $_" }
            """);
        Assert.Equal("", run.Error);
        return run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
