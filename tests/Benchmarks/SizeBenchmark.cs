namespace Benchmarks;

/// <summary>The files that ship: the manifest and module/ with what the build has put into it.</summary>
internal sealed class SizeBenchmark : IBenchmark
{
    private const double Megabyte = 1_000_000;

    public string Name => "size";

    public IAsyncEnumerable<Measurement> RunAsync(CancellationToken cancellationToken)
    {
        var bytes = new DirectoryInfo(Checkout.Module).EnumerateFiles("*", SearchOption.AllDirectories)
            .Append(new FileInfo(Checkout.Manifest))
            .Sum(file => file.Length);
        var size = new Measurement("module/ and its manifest as shipped", "MB", [bytes / Megabyte]) { MaximumLimit = 3 };
        return new[] { size }.ToAsyncEnumerable();
    }
}
