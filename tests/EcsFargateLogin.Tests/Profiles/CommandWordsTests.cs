using EcsFargateLogin.Aws.Profiles;

namespace EcsFargateLogin.Tests.Profiles;

/// <summary>Command lines fall apart as those of the AWS CLI do; recorded of Python's shlex and of botocore.</summary>
public sealed class CommandWordsTests
{
    [Theory]
    [InlineData("a b", "a|b")]
    [InlineData("  a   'b c' \"d e\" ", "a|b c|d e")]
    [InlineData(@"a\ b c", "a b|c")]
    [InlineData(@"a ""b\""c"" d", "a|b\"c|d")]
    [InlineData(@"""a\b"" ""a\\b"" 'a\b'", @"a\b|a\b|a\b")]
    [InlineData("a''b \"\"", "ab|")]
    [InlineData("a#b # c", "a#b|#|c")]
    [InlineData("a\nb\tc", "a|b|c")]
    [InlineData("'it'\"'\"'s'", "it's")]
    [InlineData("$HOME `id` a;b |&", "$HOME|`id`|a;b||&")]
    [InlineData("'open", null)]
    [InlineData("\"open", null)]
    [InlineData("\"open\\\"", null)]
    [InlineData(@"a\", null)]
    public void Elsewhere_than_on_Windows(string line, string? expected) =>
        Assert.Equal(expected, Joined(CommandWords.SplitPosix(line)));

    [Theory]
    [InlineData(@"""C:\my tools\creds.cmd"" --account ""123 456""", @"C:\my tools\creds.cmd|--account|123 456")]
    [InlineData(@"a\b c\\d", @"a\b|c\\d")]
    [InlineData(@"a\""b ""c d""", "a\"b|c d")]
    [InlineData(@"""a\\"" b", @"a\|b")]
    [InlineData(@"a\\\""b", @"a\""b")]
    [InlineData(@""""" x", "|x")]
    [InlineData(@"a""b c""d", "ab cd")]
    [InlineData("a\tb", "a|b")]
    [InlineData(@"C:\x\ y", @"C:\x\|y")]
    [InlineData("'a b'", "'a|b'")]
    [InlineData("\"open", null)]
    public void On_Windows(string line, string? expected) => Assert.Equal(expected, Joined(CommandWords.SplitWindows(line)));

    private static string? Joined(IReadOnlyList<string>? words) => words is null ? null : string.Join('|', words);
}
