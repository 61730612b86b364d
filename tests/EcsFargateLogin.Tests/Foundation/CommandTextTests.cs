using EcsFargateLogin.Aws.Profiles;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Tests.Foundation;

/// <summary>That PowerShell reads them so is shown by StopFailureTests, which runs such a command line.</summary>
public sealed class CommandTextTests
{
    [Fact]
    public void Plain_words_stay_plain() => Assert.Equal(
        "ssh -p 22 -o 'IdentityFile=\"/a b\"' -- 10.0.0.1",
        CommandText.Of("ssh", ["-p", "22", "-o", "IdentityFile=\"/a b\"", "--", "10.0.0.1"]));

    [Theory]
    [InlineData("plain-1_2.3/4:56%78+9=0", "plain-1_2.3/4:56%78+9=0")]
    [InlineData(@"C:\Users\me\key", @"C:\Users\me\key")]
    [InlineData("", "''")]
    [InlineData("a b", "'a b'")]
    [InlineData("it's", "'it''s'")]
    [InlineData("it\u2019s \u2018so\u2019", "'it\u2019\u2019s \u2018\u2018so\u2019\u2019'")]
    [InlineData("$HOME", "'$HOME'")]
    [InlineData("a,b", "'a,b'")]
    [InlineData("@x", "'@x'")]
    [InlineData("`id`", "'`id`'")]
    [InlineData("[1]{2}", "'[1]{2}'")]
    [InlineData("~", "'~'")]
    [InlineData("-n", "-n")]
    [InlineData("-o.b", "'-o.b'")]
    [InlineData("-a=b.c", "'-a=b.c'")]
    [InlineData("-o:", "'-o:'")]
    [InlineData("--%", "'--%'")]
    public void A_word_is_quoted_as_PowerShell_has_it(string word, string shown) => Assert.Equal(shown, CommandText.Word(word));

    [Theory]
    [InlineData("plain-1")]
    [InlineData("ops team")]
    [InlineData("it's")]
    [InlineData("a\"b")]
    [InlineData(@"a\b c")]
    [InlineData("$x")]
    public void A_word_in_AWS_s_config_file_is_read_again_on_every_system(string word) => Assert.Equal(
        [["aws", word], ["aws", word]],
        new[]
        {
            CommandWords.SplitPosix($"aws {CommandText.WordInConfigFile(word, isWindows: false)}"),
            CommandWords.SplitWindows($"aws {CommandText.WordInConfigFile(word, isWindows: true)}"),
        });

    [Theory]
    [InlineData(@"C:\Windows\System32\OpenSSH\ssh.exe", @"C:\Windows\System32\OpenSSH\ssh.exe -V")]
    [InlineData(@"C:\Program Files\OpenSSH\ssh.exe", @"& 'C:\Program Files\OpenSSH\ssh.exe' -V")]
    public void A_program_in_quotation_marks_is_called(string program, string shown) =>
        Assert.Equal(shown, CommandText.Of(program, ["-V"]));
}
