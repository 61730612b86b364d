using EcsFargateLogin.Foundation;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Foundation;

/// <summary>Quoted words, read by a real shell.</summary>
public sealed class PosixShellTests
{
    private static readonly string[] Words =
    [
        "", " ", "a b", "'", "''", "it's", "\"", "\\", "\\'", "$HOME", "`id`", "$(id)", "*", "?", "~", "!", "#", "-x", "--",
        "line\nbreak", "\ttab\r", ";", "&&", "|", "<>", "{a,b}", "ümläut €𝄞", "\u0001\u007f", "%s", "a=b",
    ];

    [Theory]
    [InlineData("sh")]
    [InlineData("bash")]
    public async Task Every_word_arrives_as_it_is(string shell)
    {
        var (exitCode, output, errors) = await RunningProgram.RunAsync(
            shell, ["-c", PosixShell.Append("printf '%s\\0'", Words)]);

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Equal(Words, output.Split('\0')[..^1]);
    }
}
