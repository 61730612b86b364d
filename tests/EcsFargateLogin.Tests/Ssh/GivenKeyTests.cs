using EcsFargateLogin.Ssh;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Ssh;

/// <summary>The public keys of colleagues, as texts that somebody has handed over.</summary>
public sealed class GivenKeyTests : IDisposable
{
    private const string Base64 = "AAAAC3NzaC1lZDI1NTE5AAAAIO2B7yXIuqGtSggTdE3LoHNsitfkMx8eTATYuLvSP/nU";
    private const string Key = $"ssh-ed25519 {Base64}";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ed25519", "256")]
    [InlineData("ecdsa", "256")]
    [InlineData("ecdsa", "384")]
    [InlineData("ecdsa", "521")]
    [InlineData("rsa", "2048")]
    public async Task Keys_of_ssh_keygen_are_read_with_their_comment(string type, string bits)
    {
        await RunningProgram.RunAsync("ssh-keygen", "-q", "-t", type, "-b", bits, "-N", "", "-C", "anna@the laptop", "-f", _folder["id"]);

        var given = GivenKey.Read(_folder["id.pub"]);

        Assert.Equal($"{given.Key} anna@the laptop\n", await File.ReadAllTextAsync(_folder["id.pub"]));
        Assert.Equal("anna@the laptop", given.Comment);
    }

    [Theory]
    [InlineData("sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIO2B7yXIuqGtSggTdE3LoHNsitfkMx8eTATYuLvSP/nUAAAABHNzaDo=")]
    [InlineData($"  {Key}\r\n")]
    public void So_are_keys_of_hardware_and_lines_with_ends_of_Windows(string text) =>
        Assert.Equal(text.Trim(), GivenKey.Parse(text, "-PublicKey").Key.ToString());

    [Theory]
    [InlineData("", "empty")]
    [InlineData(" \n", "empty")]
    [InlineData($"{Key} a\n{Key} b", "more than one line")]
    [InlineData($"{Key}\ncommand=\"id\" {Key}", "more than one line")]
    [InlineData($"{Key} a\u001b[31m", "control character")]
    [InlineData($"ssh-ed25519\t{Base64}", "control character")]
    [InlineData($"command=\"id\" {Key}", "type of a key")]
    [InlineData($"no-pty,from=\"*\" {Key}", "type of a key")]
    [InlineData($"* {Key}", "type of a key")]
    [InlineData($"@cert-authority * {Key}", "type of a key")]
    [InlineData($"# {Key}", "type of a key")]
    [InlineData($"cert-authority {Key}", "type of a key")]
    [InlineData("anna", "type of a key")]
    [InlineData($"ssh-rsa {Base64}", "not a key of that type")]
    [InlineData("ssh-ed25519", "not a key of that type")]
    [InlineData("ssh-ed25519 AAAA", "not a key of that type")]
    [InlineData($"{Key}AAAA", "cut off or damaged")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAEO2B7yXIuqGtSggTdE3LoHM=", "cut off or damaged")]
    [InlineData("ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB", "cut off or damaged")]
    [InlineData("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAAABBA==", "cut off or damaged")]
    [InlineData($"ssh-dss {Base64}", "DSA")]
    [InlineData($"ssh-ed25519-cert-v01@openssh.com {Base64}", "certificate")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\ns3cr3t\n-----END OPENSSH PRIVATE KEY-----", "private key")]
    [InlineData("PuTTY-User-Key-File-3: ssh-ed25519\ns3cr3t", "private key")]
    public void Anything_else_is_refused_by_name_and_not_repeated(string text, string why)
    {
        var error = Assert.Throws<FargateException>(() => GivenKey.Parse(text, "-PublicKey"));

        Assert.Equal((FargateError.InvalidAccess, "-PublicKey"), (error.Error, error.Target));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Base64, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task So_are_short_RSA_keys_huge_texts_and_files_that_are_none()
    {
        await RunningProgram.RunAsync("ssh-keygen", "-q", "-t", "rsa", "-b", "1024", "-N", "", "-f", _folder["id"]);
        await File.WriteAllTextAsync(_folder["huge"], $"{Key} {new string('a', 1024 * 1024)}");

        Assert.Contains("less than 2048 bits", Error("id.pub"), StringComparison.Ordinal);
        Assert.Contains("too long", Error("huge"), StringComparison.Ordinal);
        Assert.Contains("private key", Error("id"), StringComparison.Ordinal);
        Assert.Contains("no such file", Error("none"), StringComparison.Ordinal);
        Assert.Contains("no file", Error(""), StringComparison.Ordinal);

        string Error(string file) => Assert.Throws<FargateException>(() => GivenKey.Read(_folder[file])).Message;
    }

    [Fact]
    public void A_comment_is_shortened_and_cannot_command_a_terminal()
    {
        Assert.Equal(64, GivenKey.Parse($"{Key} {new string('a', 100)}", "-PublicKey").Comment.Length);
        Assert.Equal("an na", GivenKey.Parse($"{Key} an\u202Ena", "-PublicKey").Comment);
    }
}
