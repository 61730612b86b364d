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

        var run = await me.RunProcessAsync(
            $$"""
            $session = New-FargateSession -KeyPath '{{Key}}'
            $session | Enter-FargateShell -KeepSession
            (Get-ChildItem (Split-Path $session.KnownHostsPath) -Exclude owner-*, session.json, known_hosts, *.log).Name
            "$($session.KeyPath)"
            $session | Stop-FargateSession
            """,
            "echo here\n");

        Assert.Equal(($"here\n{Key}\n", ""), (run.Output, run.Error));
        Assert.True(File.Exists(Key));
        await me.LeftNothingAsync();
    }

    [Theory]
    [InlineData("my key.pub", "")]
    [InlineData("my key", "a passphrase")]
    public async Task A_key_that_an_agent_holds_logs_in_and_no_other_of_the_agent_is_offered(string named, string passphrase)
    {
        await MakeKeyAsync(passphrase);
        await MakeKeyAsync("", "other");
        var askpass = Path.Combine(_folder.FullName, "askpass");
        await File.WriteAllTextAsync(askpass, $"#!/bin/sh\necho '{passphrase}'\n");
        File.SetUnixFileMode(askpass, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await using var me = await Operator.StartAsync();
        var start = me.Process(
            $"""
            ssh-add -q '{Path.Combine(_folder.FullName, "other")}' '{Key}'
            Rename-Item '{Key}' '{(named.EndsWith(".pub", StringComparison.Ordinal) ? "gone" : "my key")}' -ErrorAction Ignore
            New-FargateSession -KeyPath '{Path.Combine(_folder.FullName, named)}' | Enter-FargateShell -Verbose -Option LogLevel=DEBUG1
            """);
        (start.Environment["SSH_ASKPASS"], start.Environment["SSH_ASKPASS_REQUIRE"]) = (askpass, "force");

        var run = await EngineProcess.RunAsync(UnderAgent(start), "echo here\n");

        Assert.Contains("\nhere\n", run.Output, StringComparison.Ordinal);
        Assert.Single(run.Output.Split('\n'), line => line.Contains("Offering public key: ", StringComparison.Ordinal));
        Assert.DoesNotContain("IdentityAgent=none", run.Output, StringComparison.Ordinal);
        await me.LeftNothingAsync();
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
