using System.IO.Compression;
using PowerShellHost;

namespace Benchmarks;

/// <summary>The files that ship: the manifest and module/ with what the build has put into it.</summary>
internal sealed class SizeBenchmark : IBenchmark
{
    private const double Megabyte = 1_000_000;

    public string Name => "size";

    public IAsyncEnumerable<Measurement> RunAsync(CancellationToken cancellationToken)
    {
        var files = new DirectoryInfo(Checkout.Module).EnumerateFiles("*", SearchOption.AllDirectories)
            .Append(new FileInfo(Checkout.Manifest))
            .Where(Ships)
            .ToList();
        Measurement[] sizes =
        [
            new("module/ and its manifest as shipped", "MB", [files.Sum(file => file.Length) / Megabyte]) { MaximumLimit = 10 },
            new("  to download", "MB", [ZippedLength(files) / Megabyte]) { MaximumLimit = 3.5 },
        ];
        return sizes.ToAsyncEnumerable();
    }

    /// <summary>
    /// Whether build.ps1 packs a file: not the sources of the help, nor the assemblies' documentation and symbols.
    /// </summary>
    private static bool Ships(FileInfo file) => file.Extension switch
    {
        ".md" => file.Directory!.Name != "help",
        ".pdb" => false,
        ".xml" => file.Name.EndsWith("-Help.xml", StringComparison.Ordinal),
        _ => true,
    };

    /// <summary>The length of the files in a zip, which a package is.</summary>
    private static long ZippedLength(IEnumerable<FileInfo> files)
    {
        using MemoryStream zipped = new();
        using (ZipArchive archive = new(zipped, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var file in files)
            {
                archive.CreateEntryFromFile(file.FullName, Path.GetRelativePath(Checkout.Root, file.FullName), CompressionLevel.SmallestSize);
            }
        }

        return zipped.Length;
    }
}
