using System.Diagnostics;
using System.Management.Automation;
using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Container;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Network;

/// <summary>A task that is reached through a second, real sshd.</summary>
public sealed class JumpHostTests
{
    [Fact]
    public async Task A_jump_host_of_the_users_own_configuration_is_used_to_wait_and_to_log_in()
    {
        await using var bastion = await StartBastionAsync();
        await using var me = await Operator.StartAsync();
        var start = AtHome(
            me.Process($"{New("-JumpHost bastion")} -OutVariable session | Enter-FargateShell; $session.HostKey.Source"), me, ConfigOf(bastion));

        var run = await EngineProcess.RunAsync(start, "echo up-$((6*7)); exit 7\n");

        Assert.True((run.Output, run.Error) == ("up-42\nProof\n", ""), $"{run.Output}{run.Error}The bastion:\n{bastion.Log}");
        Assert.Empty(me.Calls("GetLogEvents"));
        Assert.True(Logins(bastion) >= 2, bastion.Log);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_proxy_command_is_used_to_wait_and_to_log_in()
    {
        await using var bastion = await StartBastionAsync();
        await using var me = await Operator.StartAsync();
        var config = Path.Combine(me.StateHome, "config");
        await File.WriteAllTextAsync(config, ConfigOf(bastion));
        var command = $"-ProxyCommand 'ssh -F {config} -W [%h]:%p bastion'";

        var run = await me.RunApartAsync(
            $"New-FargateSession -AssignPublicIp Disabled | Wait-FargateSession {command} | Enter-FargateShell", "echo up-$((6*7)); exit\n");

        Assert.Equal(("up-42\n", ""), (run.Output, run.Error));
        Assert.True(Logins(bastion) >= 2, bastion.Log);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_jump_host_that_refuses_the_users_key_is_an_error_at_once_and_the_session_is_stopped()
    {
        await using var bastion = await StartBastionAsync();
        await using var me = await Operator.StartAsync();
        bastion.KeyPath = bastion.FilePath("other");
        await SshContainer.MakeKeyAsync(bastion.KeyPath);
        var config = Path.Combine(me.StateHome, "config");
        await File.WriteAllTextAsync(config, ConfigOf(bastion));

        var error = me.ErrorOf($"{New($"-ProxyCommand 'ssh -F {config} -W [%h]:%p bastion'")} | Enter-FargateShell");

        Assert.Contains(
            "Permission denied (publickey)",
            error.Is("SshFailed", ErrorCategory.ConnectionError, me.Fargate.TaskDefinition),
            StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }

    private static string New(string proxy) => $"New-FargateSession -AssignPublicIp Disabled -Wait {proxy}";

    private static Task<SshContainer> StartBastionAsync() => SshContainer.StartAsync(new ContainerOptions
    {
        Variables = new Dictionary<string, string> { ["_RECONNECT_WINDOW"] = "120" },
    });

    private static int Logins(SshContainer bastion) =>
        bastion.Log.Split('\n').Count(line => line.Contains("Accepted publickey", StringComparison.Ordinal));

    private static string ConfigOf(SshContainer bastion) =>
        $"""
        Host bastion
            HostName {bastion.Address}
            Port {bastion.Port}
            User root
            IdentityFile {bastion.KeyPath}
            IdentitiesOnly yes
            UserKnownHostsFile {bastion.FilePath("known_hosts")}
            StrictHostKeyChecking yes

        """;

    /// <summary>
    /// Gives the process a home folder with that ssh configuration. ssh asks /etc/passwd, not HOME, for it.
    /// </summary>
    private static ProcessStartInfo AtHome(ProcessStartInfo start, Operator me, string config)
    {
        var home = Directory.CreateDirectory(Path.Combine(me.StateHome, "home"));
        File.WriteAllText(Path.Combine(home.CreateSubdirectory(".ssh").FullName, "config"), config);
        var users = Path.Combine(me.StateHome, "passwd");
        File.WriteAllLines(users, File.ReadLines("/etc/passwd").Select(line =>
            line.StartsWith("root:", StringComparison.Ordinal) ? $"root:x:0:0:root:{home.FullName}:/bin/sh" : line));
        string[] command = [start.FileName, .. start.ArgumentList];
        start.FileName = "unshare";
        start.ArgumentList.Clear();
        foreach (var word in (string[])["--mount", "sh", "-c", "mount --bind \"$0\" /etc/passwd && exec \"$@\"", users, .. command])
        {
            start.ArgumentList.Add(word);
        }

        return start;
    }
}
