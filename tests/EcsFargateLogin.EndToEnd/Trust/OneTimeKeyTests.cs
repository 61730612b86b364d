using System.Globalization;
using System.Management.Automation;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate;
using LocalFargate.Tasks;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Trust;

/// <summary>A session's one-time key: the logins that it authorizes, and the users that can read it.</summary>
public sealed class OneTimeKeyTests
{
    [Fact]
    public async Task Keys_of_every_kind_log_in_and_are_gone_afterwards()
    {
        await using var ecdsa = await Operator.StartAsync();
        await using var rsa = await Operator.StartAsync();

        ProcessResult[] runs =
        [
            await ecdsa.RunApartAsync("New-FargateSession -KeyType Ecdsa | Enter-FargateShell", "echo here; exit\n"),
            await rsa.RunApartAsync("New-FargateSession -KeyType Rsa | Enter-FargateShell", "echo here; exit\n"),
        ];

        Assert.All(runs, run => Assert.Equal(("here\n", ""), (run.Output, run.Error)));
        Assert.Contains(" ecdsa-sha2-nistp256 ", AuthorizedKeyOf(ecdsa), StringComparison.Ordinal);
        Assert.Contains(" ssh-rsa ", AuthorizedKeyOf(rsa), StringComparison.Ordinal);
        await ecdsa.LeftNothingAsync();
        await rsa.LeftNothingAsync();
    }

    [Fact]
    public async Task The_key_allows_terminals_files_and_ports_until_its_time_is_over()
    {
        await using var me = await Operator.StartAsync();

        var run = await me.RunApartAsync(
            """
            $session = New-FargateSession -MaxLifetime 3600 -FromAddress 127.0.0.0/8, 2001:db8::1 -Wait
            $to = "root@$($session.PublicAddress)"
            $options = '-F', 'none', '-i', $session.KeyPath, '-o', 'IdentitiesOnly=yes', '-o', "UserKnownHostsFile=$($session.KnownHostsPath)",
                '-o', "HostKeyAlias=$($session.TaskId)", '-o', 'BatchMode=yes', '-o', 'LogLevel=ERROR', '-o', 'SetEnv=_KEEP_SESSION=yes'
            $port = "Port=$($session.Port)"
            'pwd' | sftp -q -b - @options -o $port $to
            ssh @options -o $port -tt $to tty
            (ssh @options -o $port -W "$($session.PrivateAddress):$($session.Port)" $to | Select-Object -First 1) -replace '_.*'
            $session | Stop-FargateSession
            """);

        Assert.Matches("^sftp> pwd\r?\nRemote working directory: /root\r?\n/dev/pts/[0-9]+\r?\nSSH-2.0-OpenSSH\r?\n$", run.Output);
        var line = AuthorizedKeyOf(me);
        Assert.Matches("^restrict,pty,port-forwarding,expiry-time=\"[0-9]{14}\",from=\"127.0.0.0/8,2001:db8::1\" ssh-ed25519 [^ ]+ fl-[a-z0-9]+$", line);
        var expiry = DateTime.ParseExact(
            line.Split("expiry-time=\"")[1][..14], "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
        Assert.InRange(expiry - DateTime.UtcNow, TimeSpan.FromHours(15.5), TimeSpan.FromHours(17));
    }

    [Fact]
    public async Task A_key_lets_nobody_in_from_elsewhere()
    {
        await using var me = await Operator.StartAsync();

        var run = await me.FailingProcessAsync("New-FargateSession -FromAddress 192.0.2.1 | Enter-FargateShell");

        var error = Assert.Single(run.Errors);
        error.Is("SshFailed", ErrorCategory.ConnectionError, Assert.Single(me.Fargate.Tasks).StartedBy!);
        Assert.Contains("-FromAddress", error.NextStep, StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task What_is_no_address_is_an_error_before_anything_is_started()
    {
        await using var me = await Operator.StartAsync();

        me.ErrorOf("New-FargateSession -FromAddress 127.0.0.1, '10.0.0.1\"'").Is(
            "InvalidFromAddress", ErrorCategory.InvalidArgument, "10.0.0.1\"");

        me.HasStartedNothing();
    }

    [Fact]
    public async Task The_options_survive_a_script_like_that_of_ecs_fargate_login()
    {
        using EchoingImage image = new();
        await using var me = await Operator.StartAsync(image.Options);
        me.Fargate.RegisterTaskDefinition(EchoingImage.TaskDefinition);

        var run = await me.RunApartAsync(
            "New-FargateSession echoing -HostKeyVerification AcceptNew -MaxLifetime 3600 -FromAddress 127.0.0.0/8 | Enter-FargateShell",
            "cat ~/.ssh/authorized_keys; env | grep ^_S; exit\n");

        Assert.Equal($"{AuthorizedKeyOf(me)}\n", run.Output);
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task The_private_key_is_its_owners_from_its_first_moment_and_on_no_command_line_and_in_no_environment()
    {
        await using var me = await Operator.StartAsync();
        var (tools, trace) = (Directory.CreateDirectory(Path.Combine(me.StateHome, "tools")).FullName, Path.Combine(me.StateHome, "trace"));
        foreach (var tool in (string[])["ssh", "ssh-keygen"])
        {
            var script = Path.Combine(tools, tool);
            // What it was given, the mode of the folder before there is a key, and the most careless umask there is.
            ProgramFile.Write(script,
                $"""
                printf '%s\n' "$@" >>'{trace}'
                env >>'{trace}'
                for file; do case $file in */id_ed25519) stat -c '%a folder' "$(dirname "$file")" >>'{trace}' ;; esac; done
                umask 000
                exec /usr/bin/{tool} "$@"

                """);
        }

        var start = me.Process(
            """
            $session = New-FargateSession
            [IO.File]::ReadAllLines($session.KeyPath)[1..3]
            "$([IO.File]::GetUnixFileMode($session.KeyPath))"
            $session | Enter-FargateShell
            $session | Stop-FargateSession
            Test-Path $session.KeyPath
            """);
        start.Environment["PATH"] = $"{tools}:{Environment.GetEnvironmentVariable("PATH")}";

        var run = await StandingPowerShell.RunInAnyAsync(start, "exit\n");

        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["UserWrite, UserRead", "False"], lines[^2..]);
        var seen = await File.ReadAllTextAsync(trace);
        Assert.Contains("700 folder\n", seen, StringComparison.Ordinal);
        Assert.Contains("HostKeyAlias=", seen, StringComparison.Ordinal);
        Assert.Equal(3, lines[..^2].Length);
        Assert.All(lines[..^2], secret => Assert.DoesNotContain(secret, seen, StringComparison.Ordinal));
    }

    /// <summary>The line of authorized_keys that the operator's last task was given.</summary>
    private static string AuthorizedKeyOf(Operator me) => (string)me.Calls("RunTask")[^1]
        .Parameters["overrides"]!["containerOverrides"]![0]!["environment"]!.AsArray()
        .Single(pair => (string?)pair!["name"] == "_AUTHORIZED_PUBLIC_KEY")!["value"]!;

    /// <summary>
    /// An image with a script that treats the key as ecs-fargate-login's does: echo interprets it, and it lands in the home
    /// folder; the shell gets the container's variables without those that begin with '_'.
    /// </summary>
    private sealed class EchoingImage : IDisposable
    {
        private const string Command = "/start-echoing-sshd.sh";

        private const string Script =
            """
            #!/bin/bash
            set -e
            export HOME=/root
            mkdir -p $HOME/.ssh /run/sshd
            echo -e "$_AUTHORIZED_PUBLIC_KEY" > "$HOME/.ssh/authorized_keys"
            chmod 700 "$HOME/.ssh"
            chmod 600 "$HOME/.ssh/authorized_keys"
            echo "Authorized the following keys:"
            cat "$HOME/.ssh/authorized_keys"
            ssh-keygen -q -t ed25519 -N '' -f /run/host_key
            exec /usr/sbin/sshd -D -e -f /dev/null -h /run/host_key -p "$_SSH_PORT" -o ListenAddress="$_SSH_LISTEN_ADDRESS" -o PidFile=none
            """;

        private readonly string _file = Path.GetTempFileName();

        public EchoingImage() => File.WriteAllText(_file, Script + "\n");

        public static TaskDefinitionOptions TaskDefinition =>
            new("echoing") { Containers = [new ContainerOptions("cli") { Image = "echoing-sshd" }] };

        public LocalFargateOptions Options => new()
        {
            Images = new Dictionary<string, LocalImage>
            {
                ["echoing-sshd"] = new() { Files = new Dictionary<string, string> { [Command] = _file }, Command = [Command] },
            },
        };

        public void Dispose() => File.Delete(_file);
    }
}
