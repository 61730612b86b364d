namespace Benchmarks;

/// <summary>The values of one measurement, made several times.</summary>
/// <param name="Subject">From where to where, in a few words.</param>
/// <param name="Unit">The values' unit.</param>
/// <param name="Values">One value a run, at least one.</param>
internal sealed record Measurement(string Subject, string Unit, IReadOnlyList<double> Values)
{
    /// <summary>The upper bound of the median; null where there is no target.</summary>
    public double? MedianLimit { get; init; }

    /// <summary>The upper bound of each value; null where there is no target.</summary>
    public double? MaximumLimit { get; init; }

    /// <summary>The middle value, or the mean of the two in the middle.</summary>
    public double Median
    {
        get
        {
            double[] sorted = [.. Values.Order()];
            return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        }
    }

    public double Maximum => Values.Max();

    /// <summary>The share of its target that it takes; null without a target.</summary>
    public double? Ratio => MaximumLimit is 0 && Maximum is 0 ? 0 : Median / MedianLimit ?? Maximum / MaximumLimit;

    public bool IsWithinLimit => Ratio is not > 1;
}
