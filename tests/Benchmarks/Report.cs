using System.Globalization;
using System.Runtime.InteropServices;
using PowerShellHost;

namespace Benchmarks;

/// <summary>The table on standard output, which is Markdown too.</summary>
internal static class Report
{
    /// <summary>The columns' widths. The first is text; all others end at the same place.</summary>
    private static readonly int[] s_widths = [66, 9, 9, 4, 16, 9, 4];

    public static async Task WriteHeadingAsync()
    {
        var version = (await EngineProcess.RunAsync(EngineProcess.Command("\"$($PSVersionTable.PSVersion)\""))).Output.Trim();
        Console.WriteLine(
            $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, "
            + $"{RuntimeInformation.FrameworkDescription}, PowerShell {version}\n");
        WriteRow("measured", "median", "maximum", "runs", "target", "of target", "");
        WriteRow([.. s_widths.Select((width, i) => i == 0 ? new string('-', width) : new string('-', width - 1) + ":")]);
    }

    public static void Write(Measurement measurement) => WriteRow(
        measurement.Subject,
        Format(measurement.Median, measurement),
        Format(measurement.Maximum, measurement),
        measurement.Values.Count.ToString(CultureInfo.InvariantCulture),
        TargetOf(measurement),
        measurement.Ratio?.ToString("0 %", CultureInfo.InvariantCulture) ?? "",
        measurement.Ratio is null ? "" : measurement.IsWithinLimit ? "pass" : "FAIL");

    private static void WriteRow(params string[] cells) => Console.WriteLine(
        $"| {string.Join(" | ", cells.Select((cell, i) => i == 0 ? cell.PadRight(s_widths[0]) : cell.PadLeft(s_widths[i])))} |");

    private static string TargetOf(Measurement measurement) => measurement switch
    {
        { MedianLimit: { } limit } => string.Create(
            CultureInfo.InvariantCulture, $"median ≤ {limit:0.##} {measurement.Unit}"),
        { MaximumLimit: { } limit } => string.Create(
            CultureInfo.InvariantCulture, $"each ≤ {limit:0.##} {measurement.Unit}"),
        _ => "",
    };

    private static string Format(double value, Measurement measurement) =>
        (value.ToString(measurement.Unit is "ms" or "" ? "0" : "0.00", CultureInfo.InvariantCulture) + " " + measurement.Unit)
            .TrimEnd();
}
