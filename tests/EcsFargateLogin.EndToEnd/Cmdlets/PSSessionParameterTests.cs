using System.Collections;
using System.Diagnostics;
using EcsFargateLogin.EndToEnd.Engine;
using LocalFargate;
using LocalFargate.Tasks;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>
/// Get-FargateTaskAddress -ForPSSession: what PowerShell's own remoting over ssh takes.
/// </summary>
public sealed class PSSessionParameterTests
{
    [Fact]
    public async Task The_parameters_are_those_of_PowerShells_remoting_and_lead_ssh_into_the_container()
    {
        using TemporaryFolder folder = new();
        await using var me = await Operator.StartAsync(new LocalFargateOptions { Images = ImagesWithPowerShell(folder) });
        me.Fargate.RegisterTaskDefinition(new TaskDefinitionOptions("with-pwsh")
        {
            Containers = [new ContainerOptions("cli") { Image = "with-pwsh" }],
        });

        var run = me.Run(
            """
            $session = New-FargateSession with-pwsh
            $there = $session | Get-FargateTaskAddress -ForPSSession
            $there
            foreach ($command in 'Invoke-Command', 'New-PSSession', 'Enter-PSSession') {
                $parameters = (Get-Command $command).Parameters
                "$command $(@($there.Keys | Where-Object { -not $parameters.ContainsKey($_) }))"
            }
            """);

        Assert.Empty(run.Errors);
        Assert.Equal(["Invoke-Command ", "New-PSSession ", "Enter-PSSession "], run.Output.Skip(1).Select(line => line.ToString()));
        var there = (Hashtable)run.Output[0].BaseObject;
        var task = Assert.Single(me.Fargate.Tasks);
        Assert.Equal((task.PublicAddress, me.Fargate.SshPort, "root"), (there["HostName"], there["Port"], there["UserName"]));
        // Each command is a login: the first must not be the last.
        Assert.Equal("_KEEP_SESSION=yes", ((Hashtable)there["Options"]!)["SetEnv"]);
        ProcessStartInfo ssh = new("ssh", ["-F", "none", "-i", $"{there["KeyFilePath"]}", "-p", $"{there["Port"]}", "-l", $"{there["UserName"]}"]);
        foreach (DictionaryEntry option in (Hashtable)there["Options"]!)
        {
            ssh.ArgumentList.Add("-o");
            ssh.ArgumentList.Add($"{option.Key}={option.Value}");
        }

        ssh.ArgumentList.Add($"{there["HostName"]}");
        ssh.ArgumentList.Add("echo in-$((6*7))");
        Assert.Equal("in-42\n", (await EngineProcess.RunAsync(ssh)).Output);
        ssh.ArgumentList[^1] = "powershell";
        ssh.ArgumentList.Insert(0, "-s");
        Assert.Equal("stand-in -sshs -NoLogo -NoProfile\n", (await EngineProcess.RunAsync(ssh)).Output);
        me.Run("$session | Stop-FargateSession");
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_session_of_PowerShell_is_opened_in_one_line_with_PowerShell_on_both_sides()
    {
        using TemporaryFolder folder = new();
        var here = EngineProcess.Command("");
        string[] words = [here.FileName, .. here.ArgumentList.TakeWhile(word => word != "-NoProfile")];
        // A container has a /tmp, /home and /root of its own, where this PowerShell may be.
        using var copy = TemporaryFolder.ForContainers();
        var copied = await EngineProcess.RunAsync(new ProcessStartInfo("cp", ["-a", $"{Path.GetDirectoryName(words[^1])}/.", copy.Path]));
        Assert.Equal((0, ""), (copied.ExitCode, copied.Error));
        words[^1] = Path.Combine(copy.Path, Path.GetFileName(words[^1]));
        var program = $"HOME=/root exec {string.Join(' ', words.Select(word => $"'{word}'"))} \"$@\"\n";
        await using var me = await Operator.StartAsync(new LocalFargateOptions { Images = ImagesWithPowerShell(folder, program) });
        me.Fargate.RegisterTaskDefinition(new TaskDefinitionOptions("with-pwsh")
        {
            Containers = [new ContainerOptions("cli") { Image = "with-pwsh" }],
        });

        var run = await me.RunApartAsync(
            """
            $session = New-FargateSession with-pwsh
            $there = New-PSSession -SSHConnection ($session | Get-FargateTaskAddress -ForPSSession)
            Invoke-Command $there { "$(6*7) in $(hostname), PowerShell $($PSVersionTable.PSVersion.Major)" }
            $there | Remove-PSSession
            $session | Stop-FargateSession
            """);

        Assert.True(run.Error.Length == 0, run.Error);
        Assert.Matches("^42 in .*, PowerShell 7\n$", run.Output);
        Assert.DoesNotContain(Environment.MachineName, run.Output, StringComparison.Ordinal);
        await me.LeftNothingAsync();
    }

    /// <summary>An image with a program in PowerShell's place: one that tells how it was called, if no other is given.</summary>
    private static Dictionary<string, LocalImage> ImagesWithPowerShell(
        TemporaryFolder folder, string program = "echo stand-in \"$@\"\n") => new()
    {
        ["with-pwsh"] = new LocalImage
        {
            Files = new Dictionary<string, string>
            {
                ["/start-sshd.sh"] = Path.Combine(Path.GetDirectoryName(Checkout.Manifest)!, "module", "container", "start-sshd.sh"),
                ["/usr/local/bin/pwsh"] = folder.WriteProgram("pwsh", program),
            },
            Command = ["/start-sshd.sh"],
        },
    };
}
