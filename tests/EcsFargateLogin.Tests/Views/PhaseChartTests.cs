using EcsFargateLogin.Views;

namespace EcsFargateLogin.Tests.Views;

public sealed class PhaseChartTests
{
    [Fact]
    public void Each_bar_begins_where_the_one_before_ends()
    {
        FargateStartPhases phases = new()
        {
            Network = TimeSpan.FromSeconds(8),
            Pull = TimeSpan.FromSeconds(16),
            Server = TimeSpan.Zero,
            Shell = TimeSpan.FromSeconds(8),
        };

        Assert.Equal(
            """
            network       8.0 s ########
            pull         16.0 s         ################
            server        0.0 s
            shell         8.0 s                         ########
            total        32.0 s
            """.ReplaceLineEndings("\n"),
            ViewText.Chart(phases));
        Assert.Equal("pull 16.0 s", ViewText.Slowest(phases));
    }

    [Fact]
    public void A_short_phase_has_a_mark_and_no_line_is_too_long_for_a_list()
    {
        FargateStartPhases phases = new()
        {
            Network = TimeSpan.FromMilliseconds(1),
            Pull = TimeSpan.FromSeconds(1800),
            Server = TimeSpan.FromMilliseconds(1),
            Shell = TimeSpan.FromMilliseconds(1),
        };

        var lines = ViewText.Chart(phases).Split('\n');

        Assert.All(lines[..4], line => Assert.Contains('#', line));
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 55));
    }

    [Fact]
    public void Nothing_is_drawn_of_nothing()
    {
        Assert.Equal("", ViewText.Chart(new FargateStartPhases()));
        Assert.Equal("", ViewText.Slowest(new FargateStartPhases()));
    }
}
