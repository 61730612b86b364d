using PowerShellHost;

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
            .Where(Ships)
            .Sum(file => file.Length);
        var size = new Measurement("module/ and its manifest as shipped", "MB", [bytes / Megabyte]) { MaximumLimit = 3 };
        return new[] { size }.ToAsyncEnumerable();
    }

    /// <summary>Whether build.ps1 packs a file: not the sources of the help, nor the assemblies' documentation and symbols.</summary>
    private static bool Ships(FileInfo file) => file.Extension switch
    {
        ".md" => file.Directory!.Name != "help",
        ".pdb" => false,
        ".xml" => file.Name.EndsWith("-Help.xml", StringComparison.Ordinal),
        _ => true,
    };
}
