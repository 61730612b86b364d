using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.Trust;

/// <summary>The server proves its host key in its first line, and others try to.</summary>
public sealed class HostProofTests
{
    /// <summary>Whoever waits for the log waits for longer than any test.</summary>
    private static readonly LogDelivery s_never = new(TimeSpan.FromDays(1), TimeSpan.Zero);

    [Theory]
    [InlineData("")]
    [InlineData("-Route InstanceConnect")]
    [InlineData("-Route SessionManager")]
    public async Task A_key_that_the_server_proves_is_pinned_and_the_log_is_not_asked(string route)
    {
        await using var me = await Operator.StartAsync(
            new LocalFargateOptions { LogDelivery = s_never, InstanceConnectEndpoints = [new()] });
        var group = me.Fargate.SecurityGroups[0];
        me.Fargate.AddIngressRule(group, group, me.Fargate.SshPort, "the endpoint");

        var run = await me.RunApartAsync(
            $$"""
            $session = New-FargateSession -HostKeyVerification Strict {{route}}
            $session | Enter-FargateShell -KeepSession -Verbose
            "$($session.HostKey.Source) $([IO.File]::ReadAllText($session.KnownHostsPath).Trim().Split(' ', 2)[1])"
            "$((Get-Item (Join-Path (Split-Path $session.KnownHostsPath) proof_key)).UnixFileMode)"
            Stop-FargateSession $session
            """,
            "cat /run/ecs-fargate-login.*/host_key.pub; exit\n");

        Assert.Equal("", run.Error);
        var key = run.Output.Split('\n').First(line => line.StartsWith("ssh-ed25519 ", StringComparison.Ordinal)).Trim();
        Assert.Contains($"\nProof {key}\nUserWrite, UserRead\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("(verified: the server has proven it).", run.Output, StringComparison.Ordinal);
        Assert.Contains(" -o StrictHostKeyChecking=yes ", run.Output, StringComparison.Ordinal);
        Assert.Empty(me.Calls("GetLogEvents"));
        await me.LeftNothingAsync();
    }

    [Fact]
    public async Task Each_PowerShell_has_it_proven_for_itself()
    {
        await using var me = await Operator.StartAsync(new LocalFargateOptions { LogDelivery = s_never });
        var id = Assert.Single(me.Run("New-FargateSession -HostKeyVerification Strict -Wait").Output).Text("SessionId");
        var start = me.Process($"$session = Get-FargateSession {id} | Wait-FargateSession; $session.HostKey.Source; $session | Stop-FargateSession");
        start.Environment["XDG_STATE_HOME"] = OperatorHome.StateHome;

        var run = await StandingPowerShell.RunInAnyAsync(start);

        Assert.Equal(("Proof\n", ""), (run.Output, run.Error));
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task A_session_without_its_secret_is_verified_by_the_log()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            """
            $session = New-FargateSession -HostKeyVerification Strict
            Remove-Item (Join-Path (Split-Path $session.KnownHostsPath) proof_key)
            $session | Wait-FargateSession | ForEach-Object { "$($_.HostKey.Source)" }
            $session | Stop-FargateSession
            """);

        Assert.Empty(run.Errors);
        Assert.Equal("TaskLog", Assert.Single(run.Output).BaseObject);
    }

    [Theory]
    [InlineData("Auto")]
    [InlineData("Strict")]
    [InlineData("AcceptNew")]
    public async Task A_server_that_passes_the_real_line_on_and_has_another_key_is_refused_at_once(string verification)
    {
        await using var me = await Operator.StartAsync();
        await using var other = await DivertAsync(me);
        Assert.Empty(me.Run($"$session = New-FargateSession -HostKeyVerification {verification}").Errors);

        await other.ListenAsync(await AddendumAsync(me, Assert.Single(me.Fargate.Tasks)));

        await AssertRefusedAsync(me, other);
    }

    [Fact]
    public async Task So_is_one_with_a_proof_that_was_right_in_another_session()
    {
        await using var me = await Operator.StartAsync();
        Assert.Empty(me.Run("$earlier = New-FargateSession").Errors);
        var addendum = await AddendumAsync(me, Assert.Single(me.Fargate.Tasks));
        await using var other = await DivertAsync(me);
        Assert.Empty(me.Run("$earlier | Stop-FargateSession; $session = New-FargateSession").Errors);

        await other.ListenAsync(addendum);

        await AssertRefusedAsync(me, other, startedTasks: 2);
    }

    [Fact]
    public async Task A_server_that_lets_the_proof_pass_and_then_takes_the_real_servers_place_is_refused()
    {
        await using var me = await Operator.StartAsync();
        await using var other = await OtherServer.CreateAsync();
        await other.ListenAsync();
        using Switch path = new(other.Address);
        me.Fargate.Faults.Add(new SshDiverted { To = path.Address.ToString() });
        Assert.Empty(me.Run("$session = New-FargateSession").Errors);
        path.First = new IPEndPoint(IPAddress.Parse(Assert.Single(me.Fargate.Tasks).PrivateAddress), me.Fargate.SshPort);

        var error = me.ErrorOf("$session | Enter-FargateShell -KeepSession");

        var message = error.Is("HostKeyMismatch", ErrorCategory.SecurityError, Assert.Single(me.Fargate.Tasks).StartedBy!);
        Assert.Contains($"it showed the host key {other.Fingerprint}, ", message, StringComparison.Ordinal);
        Assert.Contains("the server has proven it", message, StringComparison.Ordinal);
        Assert.DoesNotContain("Accepted publickey", other.Log, StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task Whoever_reads_the_override_and_is_on_the_path_can_prove_a_key_of_their_own()
    {
        await using var me = await Operator.StartAsync();
        await using var other = await DivertAsync(me);
        Assert.Empty(me.Run("$session = New-FargateSession").Errors);
        var variables = Assert.Single(me.Calls("RunTask")).Parameters["overrides"]!["containerOverrides"]![0]!["environment"]!.AsArray()
            .ToDictionary(variable => (string)variable!["name"]!, variable => (string)variable!["value"]!);
        var proof = ProofOf(
            variables["_SESSION_PROOF_KEY"],
            $"ecs-fargate-login host-key {other.HostKey} nonce={variables["_SESSION_NONCE"]}");

        await other.ListenAsync($"ecs-fargate-login proof={proof}");
        me.Run("$session | Invoke-FargateCommand true -KeepSession");

        Assert.Contains("Accepted publickey", other.Log, StringComparison.Ordinal);
        Assert.Empty(me.Run("$session | Stop-FargateSession").Errors);
    }

    /// <summary>Computes the proof of a text, by the contract in module/container/README.md.</summary>
    internal static string ProofOf(string key, string text) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Convert.FromHexString(key), Encoding.ASCII.GetBytes(text)))[..32];

    /// <summary>Reads the version line of a server.</summary>
    internal static async Task<string> VersionOfAsync(string address, int port)
    {
        using TcpClient client = new();
        await client.ConnectAsync(address, port);
        using StreamReader reader = new(client.GetStream(), Encoding.ASCII);
        return await reader.ReadLineAsync() ?? "";
    }

    private static async Task AssertRefusedAsync(Operator me, OtherServer other, int startedTasks = 1)
    {
        var id = (string)Assert.Single(me.Run("$session.SessionId").Output).BaseObject;
        var message = me.ErrorOf("$session | Enter-FargateShell -KeepSession").Is("HostKeyMismatch", ErrorCategory.SecurityError, id);
        Assert.Contains(
            $"the proof in its first line is not one of this session for the host key {other.Fingerprint} ", message, StringComparison.Ordinal);
        Assert.DoesNotContain("Accepted publickey", other.Log, StringComparison.Ordinal);
        Assert.Empty(me.Calls("GetLogEvents"));
        await me.HasLeftNothingAsync(startedTasks);
    }

    /// <summary>Another server stands before the tasks of the account, and does not listen yet.</summary>
    private static async Task<OtherServer> DivertAsync(Operator me)
    {
        var other = await OtherServer.CreateAsync();
        me.Fargate.Faults.Add(new SshDiverted { To = other.Address.ToString() });
        return other;
    }

    /// <summary>Waits until a task's own server answers, and returns what its line has behind OpenSSH's version.</summary>
    private static async Task<string> AddendumAsync(Operator me, TaskView task)
    {
        var version = "";
        await Eventually.BecomesAsync(
            () =>
            {
                try
                {
                    version = VersionOfAsync(task.PrivateAddress, me.Fargate.SshPort).GetAwaiter().GetResult();
                }
                catch (SocketException)
                {
                    // It does not listen yet.
                }

                return version.Contains(" ecs-fargate-login proof=", StringComparison.Ordinal);
            },
            () => version);
        return version[version.IndexOf("ecs-fargate-login", StringComparison.Ordinal)..];
    }

    /// <summary>A path of which the first connection leads to one server and all others to another one.</summary>
    private sealed class Switch : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly IPEndPoint _others;
        private bool _isUsed;

        public Switch(IPEndPoint others)
        {
            _others = others;
            _listener.Start();
            _ = ServeAsync();
        }

        public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

        /// <summary>Where the first connection that this one answers leads to; null while none is answered.</summary>
        public IPEndPoint? First { get; set; }

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    var client = await _listener.AcceptTcpClientAsync();
                    _ = PassAsync(client);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The path is gone.
            }
        }

        private async Task PassAsync(TcpClient client)
        {
            using (client)
            using (TcpClient server = new())
            {
                try
                {
                    if (First is not { } first)
                    {
                        return;
                    }

                    await server.ConnectAsync(_isUsed ? _others : first);
                    _isUsed = true;
                    await Task.WhenAny(
                        client.GetStream().CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(client.GetStream()));
                }
                catch (Exception e) when (e is SocketException or IOException)
                {
                    // The server does not listen yet, or one of them is gone.
                }
            }
        }
    }
}
