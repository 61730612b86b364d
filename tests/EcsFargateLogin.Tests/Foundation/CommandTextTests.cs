using EcsFargateLogin.Foundation;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Foundation;

public sealed class CommandTextTests
{
    [Fact]
    public async Task A_shell_reads_every_word_as_it_was()
    {
        string[] words =
        [
            "", " ", "plain-1_2.3/4:5,6@7%8+9=0", "a b", "it's", "''", "\"$HOME\"", "`id`", "a\\b\\", "*", "~", "#", "!x", "a\nb",
            ";&|<>(){}[]", "-n", "ü",
        ];

        var (exitCode, output, errors) = await RunningProgram.RunAsync(
            "sh", "-c", CommandText.Of("printf", ["%s\\0", .. words]));

        Assert.True(exitCode == 0, errors);
        Assert.Equal(words, output.Split('\0')[..^1]);
    }

    [Fact]
    public void Plain_words_stay_plain() => Assert.Equal(
        "ssh -p 22 -o 'IdentityFile=\"/a b\"' -- 10.0.0.1",
        CommandText.Of("ssh", ["-p", "22", "-o", "IdentityFile=\"/a b\"", "--", "10.0.0.1"]));
}
