using System.Text;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Ssh;

/// <summary>Key files as people have them. What is wrong with one is said before anything is paid for.</summary>
public sealed class KeyFileTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Key => _folder["key"];

    public Task InitializeAsync() => MakeAsync("key", "-t", "ed25519", "-N", "");

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("CRLF", "Windows line ends", "WriteAllText")]
    [InlineData("no last line end", "line end after its last line", "WriteAllText")]
    [InlineData("BOM", "byte order mark", "WriteAllText")]
    [InlineData("UTF-16", "UTF-16", "WriteAllText")]
    [InlineData("indented", "before its lines", "WriteAllText")]
    [InlineData("escaped", "\\n in place of line ends", "Replace")]
    [InlineData("one line", "line ends are lost", "Copy it anew")]
    [InlineData("cut off", "cut off", "Copy it anew")]
    [InlineData("empty", "is empty", "-KeyPath")]
    [InlineData("PuTTY", ".ppk", "puttygen")]
    [InlineData("public PEM", "public key alone", "private key's file")]
    [InlineData("certificate", "a certificate", "private key's file")]
    [InlineData("DSA", "DSA", "ssh-keygen -t ed25519")]
    public async Task What_is_wrong_with_a_file_is_named(string kind, string why, string nextStep)
    {
        var text = await File.ReadAllTextAsync(Key);
        await File.WriteAllBytesAsync(Key, kind switch
        {
            "CRLF" => Bytes(text.Replace("\n", "\r\n", StringComparison.Ordinal)),
            "no last line end" => Bytes(text.TrimEnd()),
            "BOM" => [.. Encoding.UTF8.Preamble, .. Bytes(text)],
            "UTF-16" => [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(text)],
            "indented" => Bytes($"  {text.TrimEnd().Replace("\n", "\n  ", StringComparison.Ordinal)}\n"),
            "escaped" => Bytes(text.TrimEnd().Replace("\n", "\\n", StringComparison.Ordinal) + "\n"),
            "one line" => Bytes(text.TrimEnd().Replace('\n', ' ') + "\n"),
            "cut off" => Bytes(string.Join('\n', text.Split('\n')[..3]) + "\n"),
            "empty" => [],
            "PuTTY" => Bytes("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n"),
            "public PEM" => Bytes("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----\n"),
            "certificate" => Bytes("ssh-ed25519-cert-v01@openssh.com AAAA me\n"),
            _ => Bytes("-----BEGIN DSA PRIVATE KEY-----\nAAAA\n-----END DSA PRIVATE KEY-----\n"),
        });

        var error = await RefusedAsync(Key);

        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.Contains(nextStep, error.NextStep, StringComparison.Ordinal);
        Assert.DoesNotContain("libcrypto", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-t", "rsa", "-b", "2048", "-m", "PEM")]
    [InlineData("-t", "ecdsa", "-m", "PKCS8")]
    [InlineData("-t", "ed25519")]
    public async Task A_key_of_any_format_that_OpenSSH_reads_can_be_used(params string[] kind)
    {
        await MakeAsync("good", [.. kind, "-N", ""]);

        var key = await ReadAsync(_folder["good"]);

        Assert.Equal((await File.ReadAllTextAsync(_folder["good.pub"])).Split(' ')[1], key.PublicKey.Base64);
    }

    [Fact]
    public async Task The_public_half_of_another_key_beside_it_is_found()
    {
        await MakeAsync("other", "-t", "ed25519", "-N", "");
        File.Copy(_folder["other.pub"], Key + ".pub", overwrite: true);

        var error = await RefusedAsync(Key);

        Assert.Contains("but of another one", error.Message, StringComparison.Ordinal);
        Assert.Contains("ssh-keygen -y -f", error.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_public_half_that_is_missing_is_no_matter()
    {
        File.Delete(Key + ".pub");

        Assert.False((await ReadAsync(Key)).IsInAgent);
    }

    [Theory]
    [InlineData("-m", "PKCS8")]
    [InlineData("-m", "RFC4716")]
    public async Task A_key_with_a_passphrase_that_no_agent_holds_is_named_as_such(params string[] format)
    {
        await MakeAsync("locked", ["-t", "ecdsa", "-N", "a passphrase", .. format]);

        Assert.Contains("has a passphrase", (await RefusedAsync(_folder["locked"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    public async Task One_that_others_may_read_is_none(UnixFileMode others)
    {
        File.SetUnixFileMode(Key, UnixFileMode.UserRead | others);

        Assert.Contains("chmod 600", (await RefusedAsync(Key)).NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_is_not_waited_for()
    {
        await RunningProgram.RunAsync("mkfifo", _folder["pipe"]);

        var error = await RefusedAsync(_folder["pipe"]).WaitAsync(Eventually.Limit);

        Assert.Contains("it is no file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_or_a_folder_is_said_in_plain_words()
    {
        Assert.Contains("there is no such file", (await RefusedAsync(_folder["none"])).Message, StringComparison.Ordinal);
        Assert.Contains("it is no file", (await RefusedAsync(_folder.Path)).Message, StringComparison.Ordinal);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private async Task MakeAsync(string name, params string[] options)
    {
        var (exitCode, _, errors) = await RunningProgram.RunAsync("ssh-keygen", ["-q", "-f", _folder[name], .. options]);
        Assert.True(exitCode == 0, errors);
    }

    private static Task<OwnKey> ReadAsync(string path) =>
        new OwnKeyReader("ssh-keygen", sshAdd: null).ReadAsync(path, CancellationToken.None);

    private static async Task<FargateException> RefusedAsync(string path)
    {
        var error = await Assert.ThrowsAsync<FargateException>(() => ReadAsync(path));
        Assert.Equal((FargateError.InvalidKey, path), (error.Error, error.Target));
        return error;
    }
}
