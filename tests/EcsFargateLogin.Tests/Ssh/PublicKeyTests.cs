using EcsFargateLogin.Ssh;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Ssh;

public sealed class PublicKeyTests : IDisposable
{
    private const string Ed25519 = "AAAAC3NzaC1lZDI1NTE5AAAAIO2B7yXIuqGtSggTdE3LoHNsitfkMx8eTATYuLvSP/nU";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ed25519", "256")]
    [InlineData("ecdsa", "521")]
    [InlineData("rsa", "2048")]
    public async Task Keys_of_ssh_keygen_are_read_and_have_its_fingerprints(string type, string bits)
    {
        await RunningProgram.RunAsync("ssh-keygen", "-q", "-t", type, "-b", bits, "-N", "", "-C", "a comment", "-f", _folder["id"]);
        var (_, listing, _) = await RunningProgram.RunAsync("ssh-keygen", "-l", "-f", _folder["id.pub"]);
        var text = await File.ReadAllTextAsync(_folder["id.pub"]);

        var key = PublicKey.TryParse(text);

        Assert.Equal(listing.Split(' ')[1], key?.Fingerprint);
        Assert.StartsWith($"{key} a comment", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ssh-ed25519")]
    [InlineData("ssh-ed25519 AAAA")]
    [InlineData("ssh-ed25519 not-base64!")]
    [InlineData("ssh-rsa " + Ed25519)]
    [InlineData("ssh-dss " + Ed25519)]
    [InlineData("-oProxyCommand=id " + Ed25519)]
    [InlineData("* " + Ed25519)]
    public void Anything_else_is_no_key(string text) => Assert.Null(PublicKey.TryParse(text));
}
