using EcsFargateLogin.Journal;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Tests.Support;
using EcsFargateLogin.Tunnels;

namespace EcsFargateLogin.Tests.Tunnels;

/// <summary>A tunnel that nobody keeps any more says so, and its session does not run on for it.</summary>
public sealed class TunnelKeeperTests : SessionTest
{
    /// <summary>A script in place of ssh, which answers as ssh does, and runs on once it has been seen at work.</summary>
    private const string Ready = "echo ecs-fargate-login-tunnel-ready; while [ ! -e \"$0.seen\" ] && [ -e \"$0\" ]; do sleep 0.05; done";

    [Fact]
    public async Task A_connection_with_an_output_that_breaks_off_is_connected_again()
    {
        var keeper = KeeperOf(Folder.WriteScript(
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
        await File.WriteAllTextAsync(Folder["ssh.seen"], "");

        await Eventually.Async(() => keeper.Tunnel.ReconnectCount == 1, () => $"{keeper.Tunnel.Status}: {keeper.Tunnel.LastError}");
        Assert.Equal(FargateTunnelStatus.Open, keeper.Tunnel.Status);
        await keeper.StopAsync();
        Assert.Single(Cloud.CallsOf("StopTask"));
    }

    [Fact]
    public async Task A_tunnel_that_cannot_be_kept_is_lost_and_its_session_is_stopped()
    {
        var keeper = KeeperOf(Folder.WriteScript("ssh", Ready));
        Cloud.OnDescribeTasks = (_, _, _) => throw new InvalidOperationException("something unforeseen");

        await keeper.OpenAsync(CancellationToken.None);
        keeper.Keep();
        await File.WriteAllTextAsync(Folder["ssh.seen"], "");

        await Eventually.Async(
            () => Cloud.CallsOf("StopTask").Count == 1, () => $"{keeper.Tunnel.Status}: {keeper.Tunnel.LastError}");
        Assert.Equal((FargateTunnelStatus.Lost, "something unforeseen"), (keeper.Tunnel.Status, keeper.Tunnel.LastError));
        await keeper.StopAsync();
    }

    private TunnelKeeper KeeperOf(string ssh)
    {
        SessionJournal journal = new(Folder["sessions"]);
        var entry = SampleRecord.Of(journal.Open(), SampleTask.Arn);
        journal.Write(entry);
        var session = journal.SessionOf(entry);
        session.PublicAddress = "127.0.0.1";
        FargateTunnel tunnel = new(TunnelRegistry.NextId(), session, new TunnelRoute("127.0.0.1", 1, "localhost", 22))
        {
            KeepSession = false,
        };
        return new TunnelKeeper(tunnel, new TunnelDialer(ssh, session.EndpointFor(preferPrivate: false), []), Cloud, journal)
        {
            FirstPause = TimeSpan.FromMilliseconds(1),
        };
    }
}
