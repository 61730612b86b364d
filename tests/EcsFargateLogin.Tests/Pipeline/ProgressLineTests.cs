using EcsFargateLogin.Pipeline;

namespace EcsFargateLogin.Tests.Pipeline;

/// <summary>The words of progress that fit into a line of some width.</summary>
public sealed class ProgressLineTests
{
    private static readonly string[] Activities = ["Fargate session fl-abcdefghij", "fl-abcdefghij"];

    private static readonly string[] Statuses =
        ["RUNNING, waiting for the SSH server at 198.51.100.7:22, 12 s since RunTask", "RUNNING, 12 s since RunTask", "RUNNING, 12 s"];

    [Theory]
    [InlineData(120, 0, 0)]
    [InlineData(100, 1, 0)]
    [InlineData(80, 1, 1)]
    [InlineData(47, 1, 1)]
    [InlineData(46, 1, 2)]
    [InlineData(40, 1, 2)]
    [InlineData(18, 1, 2)]
    public void The_longest_words_that_fit_are_shown(int columns, int activity, int status)
    {
        var shown = ProgressLine.Fit(columns, Activities, Statuses);

        Assert.Equal((Activities[activity], Statuses[status]), shown);
    }
}
