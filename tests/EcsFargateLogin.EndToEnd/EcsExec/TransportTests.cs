using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate.Faults;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.EcsExec;

/// <summary>The choice of the transport, and the needs of each.</summary>
public sealed class TransportTests : IAsyncLifetime
{
    private Operator _me = null!;

    public async Task InitializeAsync() => _me = await Operator.StartAsync();

    public async Task DisposeAsync() => await _me.DisposeAsync();

    [Fact]
    public async Task Auto_is_ssh_where_that_answers_and_where_there_is_no_plugin_which_it_says()
    {
        await using var other = await Operator.StartAsync();

        ProcessResult[] runs =
        [
            await _me.RunApartAsync("New-FargateSession -Transport Auto | Enter-FargateShell", "exit 7\n"),
            await other.RunApartAsync(
                """
                $env:PATH = '/usr/local/bin:/usr/bin:/bin'
                New-FargateSession -Transport Auto | Enter-FargateShell 3>&1 | Out-Default
                """,
                "exit 8\n"),
        ];

        Assert.Equal(("", "", 7), (runs[0].Output, runs[0].Error, runs[0].ExitCode));
        Assert.True((bool)Assert.Single(_me.Calls("RunTask")).Parameters["enableExecuteCommand"]!);
        Assert.Empty(_me.Calls("ExecuteCommand"));
        await _me.LeftNothingAsync();
        Assert.Equal(8, runs[1].ExitCode);
        Assert.Contains("There is no falling back to ECS Exec.", runs[1].Output, StringComparison.Ordinal);
        await other.LeftNothingAsync();
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
}
