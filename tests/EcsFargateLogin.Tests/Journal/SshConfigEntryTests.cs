using EcsFargateLogin.Journal;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Journal;

/// <summary>The entry for a colleague: nothing of this machine and this user is in it.</summary>
public sealed class SshConfigEntryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FargateSession _session;

    public SshConfigEntryTests() => _session = new(SampleRecord.Of("fl-abcdefghjk", SampleTask.Arn), _folder.Path)
    {
        PublicAddress = "203.0.113.7",
        PrivateAddress = "10.0.0.7",
    };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_has_the_address_the_port_and_the_user_and_no_file_of_this_machine()
    {
        var lines = SshConfigEntry.ForColleague(_session).Lines;

        Assert.Equal("Host fl-abcdefghjk", lines[0]);
        Assert.Contains("    HostName 203.0.113.7", lines);
        Assert.Contains($"    User {_session.UserName}", lines);
        Assert.Contains($"    HostKeyAlias {_session.TaskId}", lines);
        Assert.Contains("    SetEnv _KEEP_SESSION=yes", lines);
        Assert.Contains("    ProxyCommand none", lines);
        Assert.DoesNotContain(lines, line => line.Contains(_folder.Path, StringComparison.Ordinal)
            || line.Contains("Identity", StringComparison.Ordinal) && !line.EndsWith("IdentitiesOnly yes", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(FargateRoute.InstanceConnect)]
    [InlineData(FargateRoute.SessionManager)]
    public void A_port_of_this_machine_is_replaced_by_the_tasks_own_address(FargateRoute route)
    {
        _session.OpenRoute = new OpenRoute(route, "127.0.0.1", 40000);

        var lines = SshConfigEntry.ForColleague(_session).Lines;

        Assert.Contains("    HostName 10.0.0.7", lines);
        Assert.Contains($"    Port {_session.Port}", lines);
    }

    [Fact]
    public void A_jump_host_is_a_part_of_it_and_a_command_of_the_users_own_is_none()
    {
        _session.Proxy = SshProxy.ThroughJumpHost("ssh", "ops@bastion:2222");
        Assert.Contains(SshConfigEntry.ForColleague(_session).Lines, line => line.Contains(" -- bastion", StringComparison.Ordinal));

        _session.Proxy = SshProxy.ThroughCommand("ssh", "proxy --password s3cr3t %h %p");
        Assert.Contains("    ProxyCommand none", SshConfigEntry.ForColleague(_session).Lines);
    }
}
