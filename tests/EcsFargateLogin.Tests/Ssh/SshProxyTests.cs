using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Tests.Ssh;

public sealed class SshProxyTests
{
    [Theory]
    [InlineData("bastion", "ssh -W '[%h]:%p' -- bastion")]
    [InlineData("bastion_1.example.com", "ssh -W '[%h]:%p' -- bastion_1.example.com")]
    [InlineData("ops@bastion:2222", "ssh -l ops -p 2222 -W '[%h]:%p' -- bastion")]
    [InlineData("first.last@198.51.100.7", "ssh -l first.last -W '[%h]:%p' -- 198.51.100.7")]
    [InlineData("[2001:db8::7]", "ssh -W '[%h]:%p' -- 2001:db8::7")]
    [InlineData("ops@[2001:db8::7]:22", "ssh -l ops -p 22 -W '[%h]:%p' -- 2001:db8::7")]
    public void A_jump_host_becomes_a_proxy_command(string jumpHost, string command)
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(command, SshProxy.ThroughJumpHost("/usr/bin/ssh", jumpHost).Command);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" bastion")]
    [InlineData("bastion\n")]
    [InlineData("-oProxyCommand=sh")]
    [InlineData("ops@-oProxyCommand=sh")]
    [InlineData("-l@bastion")]
    [InlineData("bastion;reboot")]
    [InlineData("bastion$(reboot)")]
    [InlineData("bastion`reboot`")]
    [InlineData("bastion|sh")]
    [InlineData("bastion&")]
    [InlineData("bastion>x")]
    [InlineData("bastion other")]
    [InlineData("'bastion'")]
    [InlineData("%h")]
    [InlineData("ops%r@bastion")]
    [InlineData("a@b@bastion")]
    [InlineData("one,two")]
    [InlineData("bastion:")]
    [InlineData("bastion:0")]
    [InlineData("bastion:65536")]
    [InlineData("bastion:22x")]
    [InlineData("ssh://bastion")]
    [InlineData("2001:db8::7")]
    [InlineData("[bastion]")]
    [InlineData("[1:2]")]
    [InlineData("bästion")]
    public void Anything_else_is_refused(string jumpHost)
    {
        var error = Assert.Throws<FargateException>(() => SshProxy.ThroughJumpHost("ssh", jumpHost));

        Assert.Equal((FargateError.InvalidSshOption, jumpHost), (error.Error, error.Target));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("nc %h %p\nreboot")]
    public void A_command_has_one_line(string command) => Assert.Equal(
        FargateError.InvalidSshOption,
        Assert.Throws<FargateException>(() => SshProxy.ThroughCommand("ssh", command)).Error);

    [Fact]
    public void A_login_goes_through_the_proxy_and_nothing_of_the_users_can_lead_it_elsewhere()
    {
        var arguments = SshCommandLine.ForShell(
            new SshEndpoint
            {
                Address = "2001:db8::7",
                Port = 2222,
                UserName = "root",
                KeyPath = "/key",
                KnownHostsPath = "/known_hosts",
                HostKeyAlias = "task",
                HostKeyIsKnown = true,
                Proxy = SshProxy.ThroughCommand("ssh", "nc %h %p"),
            },
            [SshOption.Parse("ProxyCommand=other"), SshOption.Parse("ProxyJump=other")],
            "/log",
            allocateTerminal: true);

        Assert.Equal(
            ["ProxyCommand=nc %h %p", "ProxyCommand=other", "ProxyJump=other"],
            arguments.Where(argument => argument.StartsWith("Proxy", StringComparison.Ordinal)));
        Assert.Equal(["-p", "2222", "-l", "root", "--", "2001:db8::7"], arguments.TakeLast(6));
    }
}
