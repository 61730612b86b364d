using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Tests.Ssh;

public sealed class SshOptionTests
{
    [Theory]
    [InlineData("Compression=yes", "Compression=yes")]
    [InlineData("Compression yes", "Compression=yes")]
    [InlineData("  ServerAliveInterval = 30 ", "ServerAliveInterval=30")]
    [InlineData("SetEnv=A=b=c", "SetEnv=A=b=c")]
    [InlineData("SetEnv A=b c", "SetEnv=A=b c")]
    [InlineData("LocalForward=5432 db.internal:5432", "LocalForward=5432 db.internal:5432")]
    [InlineData("ProxyCommand=nc -x proxy %h %p", "ProxyCommand=nc -x proxy %h %p")]
    public void An_option_is_a_name_and_a_value(string text, string expected) =>
        Assert.Equal(expected, SshOption.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("Compression")]
    [InlineData("Compression=")]
    [InlineData("=yes")]
    [InlineData("-v")]
    [InlineData("-oCompression=yes")]
    [InlineData("\"Compression\"=yes")]
    [InlineData("Compression=yes\nStrictHostKeyChecking=no")]
    [InlineData("Compression\t=yes")]
    [InlineData("SendEnv=A\0")]
    public void What_is_no_option_is_refused(string text)
    {
        var error = Assert.Throws<FargateException>(() => SshOption.Parse(text));

        Assert.Equal((FargateError.InvalidSshOption, text), (error.Error, error.Target));
    }

    [Theory]
    [InlineData("StrictHostKeyChecking=no")]
    [InlineData("stricthostkeychecking no")]
    [InlineData(" USERKNOWNHOSTSFILE = /dev/null")]
    [InlineData("IdentityFile=~/.ssh/id_rsa")]
    [InlineData("identityfile2=~/.ssh/id_rsa")]
    [InlineData("SmartcardDevice=/usr/lib/opensc-pkcs11.so")]
    [InlineData("IdentityAgent=SSH_AUTH_SOCK")]
    [InlineData("ControlPath=/tmp/other")]
    [InlineData("HostName=elsewhere")]
    [InlineData("port=23")]
    [InlineData("User=admin")]
    public void What_the_session_s_trust_rests_on_cannot_be_set(string text)
    {
        var error = Assert.Throws<FargateException>(() => SshOption.Parse(text));

        Assert.Equal((FargateError.InvalidSshOption, text), (error.Error, error.Target));
        Assert.Contains("cannot be set", error.Message, StringComparison.Ordinal);
    }
}
