using System.Diagnostics;
using System.Management.Automation;
using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Container;
using EcsFargateLogin.EndToEnd.Open;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Trust;

/// <summary>Grant-FargateAccess and Revoke-FargateAccess: a colleague with plain ssh, and a key and files of their own.</summary>
public sealed class GrantedAccessTests
{
    [Fact]
    public async Task A_colleague_logs_in_to_the_session_from_when_it_is_granted_until_it_is_revoked()
    {
        await using var me = await Operator.StartAsync();
        var anna = await Colleague.CreateAsync(me, "anna");
        var ben = await Colleague.CreateAsync(me, "ben");
        me.Run("$session, $other = New-FargateSession -Count 2 -MaxLifetime 1800 | Wait-FargateSession | Sort-Object CreatedAt");

        var granted = me.Run("$access = $session | Grant-FargateAccess -Path $args[0]; $access", anna.PublicKeyPath);
        Assert.Empty(granted.Errors);
        var access = Assert.Single(granted.Output);
        anna.Learn(access);
        ben.Learn(access);
        var login = await anna.SshAsync("id -un; echo $0");
        // The session is kept by this login too, and no sooner was there one than the other key is refused.
        var refused = await ben.SshAsync("id");
        var seen = me.Run(
            """
            "$($session.Access)", $other.Access.Count, ($session.Access[0].Until -eq $access.Until)
            do { $lines = Get-FargateLog $session | Where-Object Message -Like "*Accepted publickey*$($access.Fingerprint)*" } until ($lines)
            Grant-FargateAccess -Session $other -PublicKey (Get-Content $args[0]) -Name Ben -FromAddress 192.0.2.1 | ForEach-Object Name
            """,
            ben.PublicKeyPath);

        Assert.Equal((0, "root"), (login.ExitCode, login.Output.Split('\n')[0]));
        Assert.Equal(("anna@laptop", anna.Fingerprint), ($"{access}", Text(access, "Fingerprint")));
        Assert.InRange(Until(access) - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(30));
        Assert.Contains("Permission denied", refused.Error, StringComparison.Ordinal);
        Assert.Empty(seen.Errors);
        Assert.Equal(["anna@laptop", "0", "True", "Ben"], seen.Output.Select(line => line.ToString()));

        var revoked = me.Run("$access | Revoke-FargateAccess; $session.Access.Count; Invoke-FargateCommand -Session $session 'echo mine'");
        var after = await anna.SshAsync("id");

        Assert.Equal(["0", "mine"], revoked.Output.Select(line => line.ToString()));
        Assert.Contains("Permission denied", after.Error, StringComparison.Ordinal);
        // From another address than was named.
        ben.Learn(Assert.Single(me.Run("$other.Access").Output));
        Assert.Contains("Permission denied", (await ben.SshAsync("id")).Error, StringComparison.Ordinal);
        me.Run("$session, $other | Stop-FargateSession");
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task After_its_time_a_key_no_longer_logs_in_and_what_is_open_goes_on_until_the_session_ends()
    {
        await using var me = await Operator.StartAsync();
        var anna = await Colleague.CreateAsync(me, "anna");
        var granted = me.Run("$session = New-FargateSession -Wait; $session | Grant-FargateAccess -Path $args[0] -Name Anna", anna.PublicKeyPath);
        anna.Learn(Assert.Single(granted.Output));
        await using var open = ProcessRun.Start("ssh", anna.Arguments("cat"));
        await AssertEchoesAsync(open, "first");

        var moment = me.Run("Grant-FargateAccess -Session $session -Path $args[0] -Name Anna -For 0:0:2", anna.PublicKeyPath);
        Assert.Empty(moment.Errors);
        await Eventually.BecomesAsync(async () => (await anna.SshAsync("id")).ExitCode == 255, () => Task.FromResult("It still logs in."));

        Assert.True(DateTimeOffset.UtcNow > Until(Assert.Single(moment.Output)));
        await AssertEchoesAsync(open, "second");
        var revoked = me.Run("$session | Revoke-FargateAccess Anna; $session.Access.Count; $session | Stop-FargateSession");
        Assert.Equal("0", Assert.Single(revoked.Output).ToString());
        Assert.Equal(255, (await open.EndAsync()).ExitCode);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Programs_of_another_server_are_not_the_sessions_and_the_host_entry_keeps_the_session()
    {
        await using var me = await Operator.StartAsync();
        var anna = await Colleague.CreateAsync(me, "anna");
        var started = await me.RunApartAsync(
            $"$session = New-FargateSession; $session | Grant-FargateAccess -Path '{anna.PublicKeyPath}' | ConvertTo-Json");
        Assert.Equal("", started.Error);
        var access = System.Text.Json.JsonDocument.Parse(started.Output).RootElement;
        var knownHosts = access.GetProperty("KnownHosts").GetString()!;
        anna.Learn(access.GetProperty("SessionId").GetString()!, access.GetProperty("SshConfig").GetString()!, $"{knownHosts.Split(' ')[0]} {OtherKey}");

        var refused = await anna.SshAsync("echo in");
        anna.Learn(access.GetProperty("SessionId").GetString()!, access.GetProperty("SshConfig").GetString()!, knownHosts);
        var login = await anna.SshAsync("ls /run/ecs-fargate-login.*/kept /tmp/ecs-fargate-login.*/kept 2>/dev/null");

        Assert.Contains("Host key verification failed", refused.Error, StringComparison.Ordinal);
        Assert.EndsWith("/kept\n", login.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(me.StateHome, access.GetProperty("SshConfig").GetString()!, StringComparison.Ordinal);
        await me.RunApartAsync("Get-FargateSession -Mine | Stop-FargateSession");
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task An_access_is_granted_again_in_place_of_the_first_and_revoked_by_name_by_fingerprint_or_with_all_others()
    {
        await using var me = await Operator.StartAsync();
        var anna = await Colleague.CreateAsync(me, "anna");
        var ben = await Colleague.CreateAsync(me, "ben");

        var run = me.Run(
            """
            $keys = 'cat /run/ecs-fargate-login.*/login/access/authorized_keys | wc -l'
            $session = New-FargateSession
            $first = Grant-FargateAccess -Session $session -Path $args[0] -Name '[anna]'
            $again = Grant-FargateAccess -Session $session -Path $args[0] -Name '[anna]' -Until ([DateTimeOffset]::UtcNow.AddDays(2))
            $null = $session | Grant-FargateAccess -Path $args[1]
            "$($session.Access)", ($again.Until - $first.Until).TotalHours
            Invoke-FargateCommand -Session $session $keys
            Revoke-FargateAccess '[anna]' -Session "$session"
            "$($session.Access)"
            Revoke-FargateAccess SHA256:* -Session $session
            $null = $args[0, 1] | ForEach-Object { Grant-FargateAccess -Session $session -Path $_ }
            $session.Access.Count
            $session | Revoke-FargateAccess
            $session.Access.Count
            Invoke-FargateCommand -Session $session $keys
            $session | Stop-FargateSession
            """,
            anna.PublicKeyPath, ben.PublicKeyPath);

        Assert.Empty(run.Errors);
        var seen = run.Output.Select(line => line.ToString()).ToList();
        Assert.Equal(["ben@laptop [anna]", "2", "ben@laptop", "2", "0", "0"], [seen[0], .. seen[2..]]);
        Assert.InRange((double)run.Output[1].BaseObject, 46, 47.1);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_route_of_this_PowerShell_is_not_handed_over_and_a_warning_says_so()
    {
        await using var me = await Operator.StartAsync();
        var anna = await Colleague.CreateAsync(me, "anna");

        var run = me.Run(
            """
            $session = New-FargateSession -Route SessionManager -AssignPublicIp Disabled -Wait
            $access = $session | Grant-FargateAccess -Path $args[0] -WarningVariable said
            "$said", $access.SshConfig.Contains("HostName $($session.PrivateAddress)`n"), $access.SshConfig.Contains('127.0.0.1')
            """,
            anna.PublicKeyPath);
        anna.Learn(Assert.Single(me.Run("$access").Output));
        // This machine does reach the address.
        var login = await anna.SshAsync("echo in");
        me.Run("$session | Stop-FargateSession");

        Assert.Empty(run.Errors);
        Assert.Contains("SessionManager by a port of this PowerShell", run.Output[0].ToString(), StringComparison.Ordinal);
        Assert.Equal(["True", "False"], run.Output.Skip(1).Select(line => line.ToString()));
        Assert.Equal("in\n", login.Output);
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task A_container_that_knows_no_such_command_is_named_and_nothing_is_listed()
    {
        using PlainSshdImage image = new();
        await using var me = await Operator.StartAsync(image.Options);
        me.Fargate.RegisterTaskDefinition(PlainSshdImage.TaskDefinition("plain"));
        var anna = await Colleague.CreateAsync(me, "anna");

        var run = me.Run(
            """
            $session = New-FargateSession plain -HostKeyVerification AcceptNew
            Grant-FargateAccess -Session $session -Path $args[0]
            "$session", $session.Access.Count
            $session | Stop-FargateSession
            """,
            anna.PublicKeyPath);

        var error = Assert.Single(run.Errors);
        Assert.StartsWith("AccessUnavailable,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("ecs-fargate-login", error.ToString(), StringComparison.Ordinal);
        Assert.Equal("0", run.Output[1].ToString());
    }

    [Fact]
    public async Task An_access_stays_listed_where_the_connection_was_lost_before_the_server_has_confirmed_it()
    {
        await using var me = await Operator.StartAsync();
        var anna = await Colleague.CreateAsync(me, "anna");

        var run = me.Run(
            """
            $session = New-FargateSession -Wait
            # Keeps the command waiting, and ends the shared connection, as a lost network would.
            Invoke-FargateCommand -Session $session 'cd /run/ecs-fargate-login.*/login/access && mkfifo 0.key
                nohup sh -c "until ls | grep -q ..........key; do sleep 0.1; done; kill -9 $PPID" >/dev/null 2>&1 &'
            Grant-FargateAccess -Session $session -Path $args[0]
            "$($session.Access)"
            Invoke-FargateCommand -Session $session 'rm /run/ecs-fargate-login.*/login/access/0.key'
            $session | Revoke-FargateAccess anna*
            $session.Access.Count
            $session | Stop-FargateSession
            """,
            anna.PublicKeyPath);

        Assert.StartsWith("SshFailed,", Assert.Single(run.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(["anna@laptop", "0"], run.Output.Select(line => line.ToString()));
        await me.LeftNothingAsync();
    }

    private const string OtherKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKHEChAlVi8k0tpqkfiRAiIAEzbTI5oSzGxBsNcGHyjM";

    private static string Text(PSObject access, string property) => (string)access.Properties[property].Value;

    private static DateTimeOffset Until(PSObject access) => (DateTimeOffset)access.Properties["Until"].Value;

    private static async Task AssertEchoesAsync(ProcessRun ssh, string word)
    {
        await ssh.Input.WriteAsync($"{word}\n");
        await ssh.Input.FlushAsync();
        await Eventually.BecomesAsync(
            () => System.Text.Encoding.ASCII.GetString(ssh.Output).EndsWith($"{word}\n", StringComparison.Ordinal), () => ssh.Error);
    }

    /// <summary>Somebody with a key pair, and a configuration of ssh and known hosts of their own.</summary>
    private sealed class Colleague(string folder)
    {
        private string _host = "";

        public string PublicKeyPath => Path.Combine(folder, "key.pub");

        public string Fingerprint { get; private init; } = "";

        public static async Task<Colleague> CreateAsync(Operator me, string name)
        {
            var folder = Directory.CreateDirectory(Path.Combine(me.StateHome, $"home of {name}")).FullName;
            var key = Path.Combine(folder, "key");
            await ProcessRun.CompleteAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", $"{name}@laptop", "-f", key]);
            var listing = await ProcessRun.CompleteAsync("ssh-keygen", ["-l", "-f", key]);
            return new Colleague(folder) { Fingerprint = listing.Output.Split(' ')[1] };
        }

        public void Learn(PSObject access) => Learn(Text(access, "SessionId"), Text(access, "SshConfig"), Text(access, "KnownHosts"));

        public void Learn(string host, string config, string knownHosts)
        {
            _host = host;
            File.WriteAllText(Path.Combine(folder, "config"), $"{config}\n");
            File.WriteAllText(Path.Combine(folder, "known_hosts"), $"{knownHosts}\n");
        }

        public IEnumerable<string> Arguments(string command) =>
        [
            "-F", Path.Combine(folder, "config"), "-i", Path.Combine(folder, "key"), "-o", "BatchMode=yes",
            "-o", $"UserKnownHostsFile=\"{Path.Combine(folder, "known_hosts")}\"", _host, command,
        ];

        public Task<ProcessResult> SshAsync(string command) => EngineProcess.RunAsync(new ProcessStartInfo("ssh", Arguments(command)));
    }
}
