using System.Globalization;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Tests.Support;
using EcsFargateLogin.Transfers;

namespace EcsFargateLogin.Tests.Foundation;

public sealed class TerminalTextTests
{
    /// <summary>Characters that terminals obey, or that show a text otherwise than it was written.</summary>
    public static TheoryData<string> Dangers =>
    [
        "\u001b[31m", "\u001b[2J", "\u001b]0;title\u0007", "\u001b]8;;http://x\u001b\\", "\u001bc", "\u009b31m", "\u0000", "\u0007",
        "\b", "\u000b", "\f", "\u007f", "\u0085", "\u0090q\u009c", "over\rwritten", "\u2028", "\u2029", "\u200e", "\u200f", "\u061c",
        .. Enumerable.Range(0x202A, 5).Concat(Enumerable.Range(0x2066, 4)).Select(code => ((char)code).ToString()),
    ];

    [Theory]
    [MemberData(nameof(Dangers))]
    public void Nothing_that_a_terminal_would_obey_is_left(string danger)
    {
        var clean = TerminalText.Clean($"before{danger}after");

        Assert.StartsWith("before", clean, StringComparison.Ordinal);
        Assert.EndsWith("after", clean, StringComparison.Ordinal);
        Assert.All(clean, character => Assert.True(IsHarmless(character), $"U+{(int)character:X4} is left"));
        Assert.False(TerminalText.IsClean(danger));
        Assert.True(TerminalText.IsClean(clean));
    }

    [Theory]
    [MemberData(nameof(Dangers))]
    public void No_error_holds_any_of_it_wherever_it_came_from(string danger)
    {
        FargateException[] errors =
        [
            CloudErrors.AccessDenied("ecs:RunTask", new ServiceReply($"Code{danger}", $"words {danger} of AWS")
            {
                RequestId = $"id{danger}",
                Exception = new IOException($"words {danger} of AWS"),
            }),
            SessionErrors.TaskStopped(
                SampleTask.Session(),
                SampleTask.Of("STOPPED") with { StopCode = $"Stop{danger}", StoppedReason = $"because {danger}" },
                [$"logged {danger}"],
                nextStep: null),
            LoginErrors.SshFailed(SampleTask.Session(), $"ssh says {danger}"),
            TransferErrors.ItemNotFound($"/tmp/{danger}", SampleTask.Session()),
        ];

        Assert.All(errors, error =>
        {
            var shown = $"{error.Message}{error.NextStep}{error.Target}{error.ErrorCode}{error.RequestId}{error.InnerException?.Message}";
            Assert.All(shown, character => Assert.True(IsHarmless(character), $"U+{(int)character:X4} is left in: {error.Error}"));
        });
    }

    [Fact]
    public void Words_stay_whatever_stands_between_them() =>
        Assert.Equal(" [1;31mERROR [0m: it  failed", TerminalText.Clean("\u001b[1;31mERROR\u001b[0m: it \rfailed"));

    [Theory]
    [InlineData("one\ttwo\nthree\r\nfour")]
    [InlineData("Größe 5 µm, 日本語, 👩‍💻, مرحبا")]
    public void Tabs_line_ends_and_every_script_stay_as_they_are(string text) => Assert.Same(text, TerminalText.Clean(text));

    [Fact]
    public void One_line_is_one_line() => Assert.Equal("a b c", TerminalText.OneLine(" a\r\n\r\n b\rc\n"));

    private static bool IsHarmless(char character) =>
        character is '\t' or '\n' || CharUnicodeInfo.GetUnicodeCategory(character)
            is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
