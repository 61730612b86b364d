using System.Globalization;

namespace EcsFargateLogin.Pipeline;

/// <summary>Times as people tell them: one unit, the same in every culture.</summary>
internal static class RelativeTime
{
    /// <summary>The distance of a time from now: "3 min ago", "in 47 min", "now".</summary>
    public static string Text(DateTimeOffset time, DateTimeOffset now)
    {
        var distance = (time - now).Duration();
        return distance < TimeSpan.FromSeconds(1) ? "now" : time < now ? $"{Length(distance)} ago" : $"in {Length(distance)}";
    }

    /// <summary>A length of time, rounded down: "0 s" to "59 s", "1 min" to "59 min", "1 h" to "47 h", "2 d" and more.</summary>
    public static string Length(TimeSpan length)
    {
        var (count, unit) = length switch
        {
            { TotalMinutes: < 1 } => (length.TotalSeconds, "s"),
            { TotalHours: < 1 } => (length.TotalMinutes, "min"),
            { TotalDays: < 2 } => (length.TotalHours, "h"),
            _ => (length.TotalDays, "d"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(count):0} {unit}");
    }
}
