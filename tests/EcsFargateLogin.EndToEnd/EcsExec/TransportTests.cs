using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.EcsExec;

/// <summary>The choice of the transport, and the needs of each.</summary>
public sealed class TransportTests : IAsyncLifetime
{
    private Operator _me = null!;

    public async Task InitializeAsync() => _me = await Operator.StartAsync();

    public async Task DisposeAsync() => await _me.DisposeAsync();

    [Fact]
    public async Task Auto_is_ssh_where_that_answers()
    {
        var run = await _me.RunApartAsync("New-FargateSession -Transport Auto | Enter-FargateShell", "exit 7\n");

        Assert.Equal(("", "", 7), (run.Output, run.Error, run.ExitCode));
        Assert.True((bool)Assert.Single(_me.Calls("RunTask")).Parameters["enableExecuteCommand"]!);
        Assert.Empty(_me.Calls("ExecuteCommand"));
        await _me.LeftNothingAsync();
    }

    [Fact]
    public async Task Auto_falls_back_to_ECS_Exec_where_the_port_is_closed_and_says_so()
    {
        _me.Fargate.Faults.Add(new SshClosed());

        var run = await _me.RunApartAsync(
            """
            New-FargateSession -Transport Auto -Wait -WarningVariable warnings -WarningAction SilentlyContinue |
                Enter-FargateShell -WarningVariable +warnings -WarningAction SilentlyContinue
            "$($warnings.Count) warning: $warnings"
            """,
            "echo up-$((6*7)); exit\n");

        Assert.Equal("", run.Error);
        Assert.Contains("up-42", run.Output, StringComparison.Ordinal);
        Assert.Matches("1 warning: Session fl-[^ ]+ is entered by ECS Exec, because ssh does not reach it", run.Output);
        Assert.Contains("ConnectionRefused", run.Output, StringComparison.Ordinal);
        await _me.LeftNothingAsync();
    }

    [Fact]
    public async Task ECS_Exec_needs_no_program_of_this_machine()
    {
        var run = await _me.RunApartAsync(
            """
            $env:PATH = '/nowhere'
            New-FargateSession -Transport EcsExec | Enter-FargateShell
            New-FargateSession -Transport EcsExec | Invoke-FargateCommand 'echo up-$((6*7))'
            """,
            "exit 7\n");

        Assert.Equal(("up-42\n", ""), (run.Output, run.Error));
        await _me.LeftNothingAsync();
    }
}
