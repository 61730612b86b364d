using EcsFargateLogin.Journal;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Tests.Support;
using EcsFargateLogin.Tunnels;

namespace EcsFargateLogin.Tests.Tunnels;

/// <summary>A tunnel that nobody keeps any more says so, and its session does not run on for it.</summary>
public sealed class TunnelKeeperTests : IDisposable
{
    /// <summary>What stands for ssh: it answers as that does, and goes on once it has been seen at work.</summary>
    private const string Ready = "echo ecs-fargate-login-tunnel-ready; while [ ! -e \"$0.seen\" ] && [ -e \"$0\" ]; do sleep 0.05; done";

    private readonly TemporaryFolder _folder = new();
    private readonly ScriptedCloud _cloud = new();

    public void Dispose()
    {
        _cloud.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_connection_with_an_output_that_breaks_off_is_connected_again()
    {
        var keeper = KeeperOf(_folder.WriteScript(
            "ssh", $"{Ready}; [ -e \"$0.twice\" ] && exec sleep 60; : >\"$0.twice\"; echo 'channel 2: open failed' >&2"));
        var broken = false;
        keeper.TargetFailed += _ =>
        {
            if (!broken)
            {
                broken = true;
                throw new IOException("the pipe is broken");
            }
        };

        await keeper.OpenAsync(CancellationToken.None);
        keeper.Keep();
        await File.WriteAllTextAsync(_folder["ssh.seen"], "");

        await Eventually.Async(() => keeper.Tunnel.ReconnectCount == 1, () => $"{keeper.Tunnel.Status}: {keeper.Tunnel.LastError}");
        Assert.Equal(FargateTunnelStatus.Open, keeper.Tunnel.Status);
        await keeper.StopAsync();
        Assert.Single(_cloud.CallsOf("StopTask"));
    }

    [Fact]
    public async Task A_tunnel_that_cannot_be_kept_is_lost_and_its_session_is_stopped()
    {
        var keeper = KeeperOf(_folder.WriteScript("ssh", Ready));
        _cloud.OnDescribeTasks = (_, _, _) => throw new InvalidOperationException("something unforeseen");

        await keeper.OpenAsync(CancellationToken.None);
        keeper.Keep();
        await File.WriteAllTextAsync(_folder["ssh.seen"], "");

        await Eventually.Async(
            () => _cloud.CallsOf("StopTask").Count == 1, () => $"{keeper.Tunnel.Status}: {keeper.Tunnel.LastError}");
        Assert.Equal((FargateTunnelStatus.Lost, "something unforeseen"), (keeper.Tunnel.Status, keeper.Tunnel.LastError));
        await keeper.StopAsync();
    }

    private TunnelKeeper KeeperOf(string ssh)
    {
        SessionJournal journal = new(_folder["sessions"]);
        var entry = SampleRecord.Of(journal.Open(), SampleTask.Arn);
        journal.Write(entry);
        var session = journal.SessionOf(entry);
        session.PublicAddress = "127.0.0.1";
        FargateTunnel tunnel = new(TunnelRegistry.NextId(), session, new TunnelRoute("127.0.0.1", 1, "localhost", 22))
        {
            KeepSession = false,
        };
        return new TunnelKeeper(tunnel, new TunnelDialer(ssh, session.Endpoint, []), _cloud, journal)
        {
            FirstPause = TimeSpan.FromMilliseconds(1),
        };
    }
}
