using System.Diagnostics;
using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Container;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Trust;

/// <summary>-KeyPath: a key of the user's takes the one-time key's place.</summary>
public sealed class OwnKeyTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fargate-login-keys-");

    public void Dispose() => _folder.Delete(recursive: true);

    private string Key => Path.Combine(_folder.FullName, "my key");

    [Fact]
    public async Task A_key_of_the_users_logs_in_and_is_neither_copied_nor_deleted()
    {
        await MakeKeyAsync("");
        await using var me = await Operator.StartAsync();

        var run = await me.RunApartAsync(
            $$"""
            $session = New-FargateSession -KeyPath '{{Key}}'
            $session | Enter-FargateShell -KeepSession
            (Get-ChildItem (Split-Path $session.KnownHostsPath) -Exclude owner-*, session.json, known_hosts, proof_key, *.log).Name
            "$($session.KeyPath)"
            $session | Stop-FargateSession
            """,
            "echo here; exit\n");

        Assert.Equal(($"here\n{Key}\n", ""), (run.Output, run.Error));
        Assert.True(File.Exists(Key));
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_key_that_an_agent_holds_logs_in_and_no_other_of_the_agent_is_offered()
    {
        const string passphrase = "a passphrase";
        var locked = Path.Combine(_folder.FullName, "locked key");
        await MakeKeyAsync("");
        await MakeKeyAsync(passphrase, "locked key");
        await MakeKeyAsync("", "other");
        var askpass = Path.Combine(_folder.FullName, "askpass");
        ProgramFile.Write(askpass, $"echo '{passphrase}'");
        await using var absent = await Operator.StartAsync();
        await using var encrypted = await Operator.StartAsync();
        // Of the first there is the public half alone.
        await using var shell = StandingPowerShell.Start(UnderAgent);

        ProcessResult[] runs =
        [
            await RunAsync(
                absent,
                $"""
                $env:SSH_ASKPASS, $env:SSH_ASKPASS_REQUIRE = '{askpass}', 'force'
                ssh-add -q '{Path.Combine(_folder.FullName, "other")}' '{Key}' '{locked}'
                Rename-Item '{Key}' gone
                {LogInWith($"{Key}.pub")}
                """),
            await RunAsync(encrypted, LogInWith(locked)),
        ];

        Assert.All(runs, run =>
        {
            Assert.Contains("\nhere\n", run.Output, StringComparison.Ordinal);
            Assert.Single(run.Output.Split('\n'), line => line.Contains("Offering public key: ", StringComparison.Ordinal));
            Assert.DoesNotContain("IdentityAgent=none", run.Output, StringComparison.Ordinal);
        });
        await absent.LeftNothingAsync();
        await encrypted.LeftNothingAsync();

        Task<ProcessResult> RunAsync(Operator me, string script)
        {
            var start = me.Process(script);
            // The agent's.
            start.Environment.Remove("SSH_AUTH_SOCK");
            return shell.RunAsync(start, "echo here; exit\n");
        }

        static string LogInWith(string key) =>
            $"New-FargateSession -KeyPath '{key}' | Enter-FargateShell -Verbose -Option LogLevel=DEBUG1";
    }

    private async Task MakeKeyAsync(string passphrase, string name = "my key") => await ProcessRun.CompleteAsync(
        "ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-f", Path.Combine(_folder.FullName, name)]);

    /// <summary>The same process with an agent of its own, which ends with it.</summary>
    private static ProcessStartInfo UnderAgent(ProcessStartInfo start)
    {
        ProcessStartInfo under = new("ssh-agent", [start.FileName, .. start.ArgumentList]);
        foreach (var (name, value) in start.Environment)
        {
            under.Environment[name] = value;
        }

        return under;
    }
}
