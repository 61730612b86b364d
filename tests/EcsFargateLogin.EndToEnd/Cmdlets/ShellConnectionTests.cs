using System.Diagnostics;
using System.Net.Sockets;
using LocalFargate.Faults;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>Enter-FargateShell: how ssh is run, and what of the user's own configuration counts.</summary>
public sealed class ShellConnectionTests
{
    [Fact]
    public async Task Verbose_shows_the_phases_and_the_ssh_command_line_with_the_users_options_and_a_late_server_is_waited_for()
    {
        await using var me = await Operator.StartAsync();
        await using var late = await Operator.StartAsync();
        late.Fargate.Faults.Add(new SshLate { Delay = TimeSpan.FromSeconds(1) });

        ProcessResult[] runs =
        [
            await late.RunApartAsync("New-FargateSession | Enter-FargateShell -Verbose", "echo here; exit\n"),
            await me.RunApartAsync(
                "New-FargateSession | Enter-FargateShell -Verbose -Option 'Compression=yes', 'SendEnv LANG'",
                "echo \"$SSH_CONNECTION\"; exit\n"),
        ];

        Assert.Equal("", runs[0].Error);
        Assert.Contains("\nhere\n", runs[0].Output, StringComparison.Ordinal);
        // Of a server that answers at once the phase may be over before it is shown.
        Assert.Matches(
            $"VERBOSE: {Assert.Single(late.Fargate.Tasks).StartedBy}: RUNNING, waiting for the SSH server at 127.+:{late.Fargate.SshPort} after [0-9.]+ s\n",
            runs[0].Output);
        var run = runs[1];
        Assert.Equal("", run.Error);
        var task = Assert.Single(me.Fargate.Tasks);
        var command = Assert.Single(run.Output.Split('\n'), line => line.Contains("/ssh -F none", StringComparison.Ordinal));
        Assert.Contains(" -o Compression=yes -o SendEnv=LANG ", command, StringComparison.Ordinal);
        Assert.Contains($" -o HostKeyAlias={task.Arn.Split('/')[^1]} ", command, StringComparison.Ordinal);
        Assert.Contains(" -o IdentitiesOnly=yes -o IdentityAgent=none ", command, StringComparison.Ordinal);
        Assert.Matches($" -T -p {me.Fargate.SshPort} -l root -- 127[0-9.]+$", command);
        Assert.Matches($"\n127[0-9.]+ [0-9]+ {task.PrivateAddress} {me.Fargate.SshPort}\n", run.Output);
    }

    [Fact]
    public async Task It_logs_in_at_the_private_address_where_that_is_asked_for_or_there_is_no_other()
    {
        await using var asking = await Operator.StartAsync();
        asking.Fargate.Faults.Add(new NoPublicAddress());
        await using var without = await Operator.StartAsync();

        ProcessResult[] runs =
        [
            await asking.RunApartAsync("New-FargateSession | Enter-FargateShell -Route Private -Verbose", "echo here; exit\n"),
            await without.RunApartAsync("New-FargateSession -AssignPublicIp Disabled | Enter-FargateShell -Verbose", "echo here; exit\n"),
        ];

        AssertIsPrivate(runs[0], asking);
        AssertIsPrivate(runs[1], without);

        static void AssertIsPrivate(ProcessResult run, Operator me)
        {
            Assert.Equal("", run.Error);
            Assert.Contains($" -- {Assert.Single(me.Fargate.Tasks).PrivateAddress}\n", run.Output, StringComparison.Ordinal);
            Assert.Contains("\nhere\n", run.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_machines_ssh_configuration_does_not_count()
    {
        await using var me = await Operator.StartAsync();
        var configuration = Path.Combine(me.StateHome, "ssh_config");
        await File.WriteAllTextAsync(configuration, "ProxyCommand false\nLogLevel QUIET\n");
        var start = me.Process(
            """
            ssh -G host | Select-String -Raw proxycommand
            New-FargateSession | Enter-FargateShell
            """);

        var run = await EngineProcess.RunAsync(
            WithFile("/etc/ssh/ssh_config", configuration, start), "echo here\n");

        Assert.Equal(("proxycommand false\nhere\n", ""), (run.Output, run.Error));
    }

    [Fact]
    public async Task The_users_agent_is_not_asked()
    {
        await using var me = await Operator.StartAsync();
        var path = Path.Combine(me.StateHome, "agent");
        using Socket agent = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        agent.Bind(new UnixDomainSocketEndPoint(path));
        agent.Listen();
        var start = me.Process("New-FargateSession | Enter-FargateShell");
        start.Environment["SSH_AUTH_SOCK"] = path;

        var run = await StandingPowerShell.RunInAnyAsync(start, "echo \"agent <$SSH_AUTH_SOCK>\"; exit\n");

        Assert.Equal(("agent <>\n", ""), (run.Output, run.Error));
        Assert.False(agent.Poll(0, SelectMode.SelectRead), "Somebody has connected to the agent.");
    }

    /// <summary>The same process with one file of the machine replaced, for it and its children alone.</summary>
    private static ProcessStartInfo WithFile(string path, string replacement, ProcessStartInfo start)
    {
        ProcessStartInfo replaced = new("unshare",
        [
            "--mount", "sh", "-c", "mount --bind \"$1\" \"$2\" && shift 2 && exec \"$@\"", "sh", replacement, path,
            start.FileName, .. start.ArgumentList,
        ]);
        foreach (var (name, value) in start.Environment)
        {
            replaced.Environment[name] = value;
        }

        return replaced;
    }
}
