using System.Diagnostics;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Ssh;

public sealed class SshProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_command_line_that_is_too_long_is_an_error_that_says_so_and_what_to_do()
    {
        var error = Assert.Throws<FargateException>(
            () => SshProcess.Start(new ProcessStartInfo("ssh", ["-o", $"SendEnv={new string('A', 5_000_000)}"])));

        Assert.Equal((FargateError.InvalidSshOption, "ssh"), (error.Error, error.Target));
        Assert.Contains("longer than this system takes", error.Message, StringComparison.Ordinal);
        Assert.Contains("-FilePath", error.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public void Why_a_program_did_not_start_is_said_in_the_system_s_words_alone()
    {
        var program = _folder.Write("ssh", "no program");

        var error = Assert.Throws<FargateException>(() => SshProcess.Start(new ProcessStartInfo(program)));

        Assert.Equal(FargateError.SshNotFound, error.Error);
        Assert.StartsWith($"'{program}' could not be started: Permission denied. ", error.Message, StringComparison.Ordinal);
    }
}
