namespace LocalFargate;

/// <summary>When the lines that containers print can be read in CloudWatch Logs.</summary>
/// <param name="BatchInterval">
/// The time from one batch of a container's log driver to its next, from the container's start on. The last one is sent when the
/// container ends.
/// </param>
/// <param name="ReadDelay">The time until a batch that was sent can be read.</param>
public sealed record LogDelivery(TimeSpan BatchInterval, TimeSpan ReadDelay)
{
    /// <summary>Every line can be read at once.</summary>
    public static LogDelivery Instant { get; } = new(TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>As the driver awslogs and CloudWatch Logs do it.</summary>
    public static LogDelivery OfAwsLogs { get; } = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1));

    /// <summary>Returns the time at which a line can be read, both from the start of its container.</summary>
    internal TimeSpan ReadableAfter(TimeSpan written) => BatchInterval > TimeSpan.Zero
        ? (Math.Floor(written / BatchInterval) + 1) * BatchInterval + ReadDelay
        : written + ReadDelay;
}
