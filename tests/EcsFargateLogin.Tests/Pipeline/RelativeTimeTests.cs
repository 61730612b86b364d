using System.Globalization;
using EcsFargateLogin.Pipeline;
using EcsFargateLogin.Views;

namespace EcsFargateLogin.Tests.Pipeline;

/// <summary>Times as people tell them.</summary>
public sealed class RelativeTimeTests
{
    private static readonly DateTimeOffset Now = new(2024, 2, 29, 23, 59, 30, TimeSpan.FromHours(2));

    [Theory]
    [InlineData("0", "now")]
    [InlineData("-00:00:00.9", "now")]
    [InlineData("-00:00:01", "1 s ago")]
    [InlineData("-00:00:59.9", "59 s ago")]
    [InlineData("-00:01:00", "1 min ago")]
    [InlineData("-00:59:59", "59 min ago")]
    [InlineData("-01:00:00", "1 h ago")]
    [InlineData("-1.23:59:59", "47 h ago")]
    [InlineData("-2.00:00:00", "2 d ago")]
    [InlineData("-4000.00:00:00", "4000 d ago")]
    [InlineData("00:47:10", "in 47 min")]
    [InlineData("03:59:59", "in 3 h")]
    public void A_time_is_told_by_its_distance_in_one_unit(string distance, string text) =>
        Assert.Equal(text, RelativeTime.Text(Now + TimeSpan.Parse(distance, CultureInfo.InvariantCulture), Now));

    [Fact]
    public void Time_zones_and_cultures_make_no_difference()
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("fa-IR");
        try
        {
            Assert.Equal("4000 d ago", RelativeTime.Text((Now - TimeSpan.FromDays(4000)).ToUniversalTime(), Now));
            Assert.Matches(
                @"^2013-03-1\d \d\d:\d\d:\d\d [+-]\d\d:\d\d \(\d+ d ago\)$", ViewText.Moment(Now - TimeSpan.FromDays(4000)));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void What_has_not_come_is_empty()
    {
        Assert.Empty(ViewText.Relative(null));
        Assert.Empty(ViewText.Moment(null));
    }
}
