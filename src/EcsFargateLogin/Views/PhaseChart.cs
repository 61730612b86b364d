using System.Globalization;

namespace EcsFargateLogin.Views;

/// <summary>Draws the phases of a start.</summary>
internal static class PhaseChart
{
    /// <summary>The length of all bars together, so that a list shows a line whole in 80 columns.</summary>
    private const int Width = 32;

    /// <summary>A line for each phase: its name, its seconds, and its bar; and a line for the sum.</summary>
    public static IEnumerable<string> Lines(FargateStartPhases phases)
    {
        var whole = phases.Total;
        var before = TimeSpan.Zero;
        foreach (var (name, duration) in phases.Named())
        {
            var (from, to) = (Column(before, whole), Column(before + duration, whole));
            before += duration;
            // A phase that took no time has no bar, and any other one at least one column.
            var length = duration > TimeSpan.Zero ? Math.Max(to - from, 1) : 0;
            yield return Line(name, duration, new string(' ', Math.Min(from, Width - 1)) + new string('#', length));
        }

        if (before > TimeSpan.Zero)
        {
            yield return Line("total", whole, "");
        }
    }

    private static int Column(TimeSpan time, TimeSpan whole) =>
        whole > TimeSpan.Zero ? (int)Math.Round(Width * time / whole) : 0;

    private static string Line(string name, TimeSpan duration, string bar) => string
        .Create(CultureInfo.InvariantCulture, $"{name,-9} {duration.TotalSeconds,7:0.0} s {bar}")
        .TrimEnd();
}
