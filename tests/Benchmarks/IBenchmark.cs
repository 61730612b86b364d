namespace Benchmarks;

/// <summary>One of the things that are measured.</summary>
internal interface IBenchmark
{
    /// <summary>What the command line calls it.</summary>
    string Name { get; }

    /// <summary>Measures. Leaves nothing behind, however it ends.</summary>
    IAsyncEnumerable<Measurement> RunAsync(CancellationToken cancellationToken);
}
