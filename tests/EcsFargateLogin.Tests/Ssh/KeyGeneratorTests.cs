using EcsFargateLogin.Ssh;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Ssh;

public sealed class KeyGeneratorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_key_pair_is_made_for_its_owner_alone_and_without_a_passphrase()
    {
        var publicKey = await GenerateAsync("ssh-keygen");

        var (exitCode, derived, _) = await RunningProgram.RunAsync("ssh-keygen", "-y", "-P", "", "-f", _folder["id"]);
        Assert.Equal(0, exitCode);
        Assert.Equal(derived.Trim(), $"{publicKey} fl-test");
        Assert.Equal("ssh-ed25519", publicKey.Algorithm);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["id"]));
    }

    [Fact]
    public async Task A_key_that_exists_is_not_overwritten()
    {
        _folder.Write("id", "somebody's key");

        var error = await FailAsync(FargateError.KeyGenerationFailed, "ssh-keygen");

        Assert.Contains("already exists", error.Message, StringComparison.Ordinal);
        Assert.Equal("somebody's key", await File.ReadAllTextAsync(_folder["id"]));
    }

    [Fact]
    public async Task A_folder_that_is_missing_is_an_error_with_the_program_s_own_words()
    {
        KeyGenerator generator = new("ssh-keygen");

        var error = await Assert.ThrowsAsync<FargateException>(
            () => generator.GenerateAsync(_folder["gone/id"], SshKeyType.Ed25519, "fl-test", CancellationToken.None));

        Assert.Equal(FargateError.KeyGenerationFailed, error.Error);
        Assert.Contains("No such file or directory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_is_missing_is_an_error()
    {
        var error = await FailAsync(FargateError.SshNotFound, _folder["ssh-keygen"]);

        Assert.Equal(_folder["ssh-keygen"], error.Target);
    }

    [Theory]
    [InlineData("echo 'out of' >&2; echo luck >&2; exit 3", "it ended with exit code 3 (out of luck).")]
    [InlineData("exit 3", "it ended with exit code 3.")]
    [InlineData("exit 0", "id.pub")]
    [InlineData("echo garbage >\"$9.pub\"", "holds no public key")]
    public async Task A_program_that_makes_no_key_is_an_error_that_says_why(string script, string why)
    {
        var error = await FailAsync(FargateError.KeyGenerationFailed, _folder.WriteScript("ssh-keygen", script));

        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("echo $$ >\"$0.pid\"; exec sleep 60")]
    [InlineData("sleep 60 & echo $! >\"$0.pid\"; wait")]
    public async Task A_program_that_hangs_is_ended(string script)
    {
        var program = _folder.WriteScript("ssh-keygen", script);

        var error = await FailAsync(FargateError.KeyGenerationFailed, program, TimeSpan.FromSeconds(3));

        Assert.Contains("had not ended after 3 s", error.Message, StringComparison.Ordinal);
        await RunningProgram.EndsAsync($"{program}.pid");
    }

    [Fact]
    public async Task Cancelling_ends_the_program()
    {
        var program = _folder.WriteScript("ssh-keygen", "echo $$ >\"$0.new\"; mv \"$0.new\" \"$0.pid\"; exec sleep 60");
        using CancellationTokenSource cancellation = new();
        var generating = new KeyGenerator(program).GenerateAsync(_folder["id"], SshKeyType.Ed25519, "fl-test", cancellation.Token);
        await Eventually.Async(() => File.Exists($"{program}.pid"), () => "no process");

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => generating);
        await RunningProgram.EndsAsync($"{program}.pid");
    }

    private Task<PublicKey> GenerateAsync(string program, TimeSpan? limit = null) =>
        new KeyGenerator(program) { Limit = limit ?? Eventually.Limit }
            .GenerateAsync(_folder["id"], SshKeyType.Ed25519, "fl-test", CancellationToken.None);

    private async Task<FargateException> FailAsync(FargateError expected, string program, TimeSpan? limit = null)
    {
        var error = await Assert.ThrowsAsync<FargateException>(() => GenerateAsync(program, limit));
        Assert.Equal(expected, error.Error);
        return error;
    }
}
