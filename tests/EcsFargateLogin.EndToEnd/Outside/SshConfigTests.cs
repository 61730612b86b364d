using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using EcsFargateLogin.EndToEnd.Cmdlets;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Outside;

/// <summary>Export-FargateSshConfig: programs of OpenSSH and others reach a session, with PowerShell gone.</summary>
public sealed class SshConfigTests
{
    [Fact]
    public async Task Programs_reach_the_session_by_its_id_until_it_ends()
    {
        await using var me = await Operator.StartAsync();
        var config = Path.Combine(me.StateHome, "config of mine");
        await File.WriteAllTextAsync(config, "Host *\n    ProxyCommand false\n    User nobody\n");
        var started = await me.RunApartAsync(
            $"$session = New-FargateSession; $null = $session | Export-FargateSshConfig -AddInclude -ConfigPath '{config}'; \"$session\"");
        Assert.Equal("", started.Error);
        var host = started.Output.Trim();
        var local = Path.Combine(me.StateHome, "local");
        await File.WriteAllTextAsync(local, "carried");

        // Each is a login, of which the first must not be the last.
        Assert.Equal("in-42\n", await RunAsync("ssh", ["-F", config, host, "echo in-$((6*7))"]));
        await RunAsync("scp", ["-F", config, local, $"{host}:/tmp/by-scp"]);
        await RunAsync("sftp", ["-F", config, "-b", "-", host], $"get /tmp/by-scp {local}.back\n");
        Assert.Equal("carried", await File.ReadAllTextAsync($"{local}.back"));
        if (File.Exists("/usr/bin/rsync"))
        {
            await RunAsync("rsync", ["-e", $"ssh -F '{config}'", local, $"{host}:/tmp/by-rsync"]);
            Assert.Equal("carried", await RunAsync("ssh", ["-F", config, host, "cat /tmp/by-rsync"]));
        }

        // As VS Code's Remote-SSH does it.
        Assert.Equal(
            "42\n", await RunAsync("ssh", ["-F", config, "-T", "-D", $"127.0.0.1:{FreePort()}", host, "sh"], "echo $((6*7))\n"));
        Assert.Equal("yes\n", await RunAsync("ssh", ["-F", config, host, $"{Kept} && echo yes"]));

        var ended = await me.RunApartAsync("Get-FargateSession -Mine | Stop-FargateSession");
        Assert.Equal("", ended.Error);
        Assert.DoesNotContain(host, await File.ReadAllTextAsync(FileOf(me)), StringComparison.Ordinal);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Another_server_at_the_address_is_refused()
    {
        await using var me = await Operator.StartAsync();
        var started = await me.RunApartAsync("$session = New-FargateSession; $null = $session | Export-FargateSshConfig; \"$session\"");
        var host = started.Output.Trim();
        var knownHosts = Path.Combine(me.SessionsFolder, host, "known_hosts");
        var pinned = await File.ReadAllTextAsync(knownHosts);
        await File.WriteAllTextAsync(knownHosts, $"{pinned.Split(' ')[0]} {OtherKey}\n");

        var refused = await EngineProcess.RunAsync(new ProcessStartInfo("ssh", ["-F", FileOf(me), host, "echo in"]));

        Assert.Equal((255, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("Host key verification failed", refused.Error, StringComparison.Ordinal);
        await File.WriteAllTextAsync(knownHosts, pinned);
        await me.RunApartAsync("Get-FargateSession -Mine | Stop-FargateSession");
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Without_sessions_those_that_run_are_exported_and_one_that_has_ended_by_itself_goes()
    {
        await using var me = await Operator.StartAsync();
        var started = await me.RunApartAsync(
            "New-FargateSession -Count 2 | Wait-FargateSession -OutVariable sessions | Out-Null; $null = Export-FargateSshConfig; \"$sessions\"");
        Assert.Equal("", started.Error);
        var hosts = started.Output.Trim().Split(' ');
        Assert.Equal(hosts.Order(), Hosts(me).Order());
        me.Fargate.InterruptTask(me.Fargate.Tasks.Single(task => task.StartedBy == hosts[0]).Arn, "ServiceSchedulerInitiated", "A test has ended it");
        await Eventually.BecomesAsync(() => me.Fargate.Tasks.Any(task => task.Phase == LocalFargate.Tasks.TaskPhase.Stopped), () => "it runs");

        var again = await me.RunApartAsync("(Export-FargateSshConfig).FullName");

        Assert.Equal(($"{FileOf(me)}\n", ""), (again.Output, again.Error));
        Assert.Equal([hosts[1]], Hosts(me));
        await me.RunApartAsync("Get-FargateSession -Mine | Stop-FargateSession");
    }

    /// <summary>Whether the container has noted that the session is kept after its last logout.</summary>
    private const string Kept = "ls /run/ecs-fargate-login.*/kept /tmp/ecs-fargate-login.*/kept 2>/dev/null | grep -q kept";

    private const string OtherKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKHEChAlVi8k0tpqkfiRAiIAEzbTI5oSzGxBsNcGHyjM";

    private static string FileOf(Operator me) => Path.Combine(me.StateHome, "EcsFargateLogin", "ssh_config");

    private static IEnumerable<string> Hosts(Operator me) => File.ReadAllLines(FileOf(me))
        .Where(line => line.StartsWith("Host ", StringComparison.Ordinal)).Select(line => line["Host ".Length..]);

    private static async Task<string> RunAsync(string program, string[] arguments, string input = "")
    {
        var result = await EngineProcess.RunAsync(new ProcessStartInfo(program, arguments), input);
        Assert.True(result.ExitCode == 0, $"{program} ended with {result.ExitCode}: {result.Error}");
        return result.Output;
    }

    /// <summary>A port that was free a moment ago, as VS Code finds one.</summary>
    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
