using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace PowerShellHost;

/// <summary>The package that the portable engine is made from: PowerShell for Windows x64 as npm has it.</summary>
internal static class EnginePackage
{
    public const string Version = "7.6.2";

    /// <summary>What the package must be, whoever hands it out.</summary>
    public const string Integrity =
        "sha512-M/giS/cVNMxiPcWJnfu6FxWrBrbBWiAPRAfH9PkrDtb7fYZ9i31MLiBzGS/u7vZnoEytdKbGIZdMa+mn7cLOBQ==";

    private const string Name = "likecu-powershell-win10";
    private const string Root = "package/pwsh/";
    private static readonly TimeSpan s_downloadLimit = TimeSpan.FromMinutes(10);

    /// <summary>Downloads the package into a folder, checks it, and returns its path.</summary>
    /// <exception cref="EngineException">npm is missing or failed, or the package is not the one expected.</exception>
    public static string Download(string folder)
    {
        var npm = Programs.Find("npm") ?? throw new EngineException(
            "There is no PowerShell 7.4 or later on PATH, and npm, which downloads the parts of a portable one, is " +
            "missing too. Install either PowerShell (https://aka.ms/powershell) or npm (apt-get install npm).");

        // `npm install` would refuse: the package says that it is for Windows.
        string[] arguments = ["pack", $"{Name}@{Version}", "--pack-destination", folder, "--silent"];
        var startInfo = new ProcessStartInfo(npm, arguments) { WorkingDirectory = folder };
        var (exitCode, _, error) = Programs.Run(startInfo, s_downloadLimit);
        var package = Path.Combine(folder, $"{Name}-{Version}.tgz");
        if (exitCode != 0 || !File.Exists(package))
        {
            throw new EngineException(
                $"npm could not download {Name}@{Version} (exit code {exitCode}). Check that `npm ping` answers, or " +
                $"install PowerShell 7.4 or later. {error.Trim()}");
        }

        Check(package);
        return package;
    }

    /// <summary>Unpacks what an engine needs; the paths are those below $PSHOME.</summary>
    public static void Extract(string package, string folder)
    {
        using var gzip = new GZipStream(File.OpenRead(package), CompressionMode.Decompress);
        using var archive = new TarReader(gzip);
        while (archive.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile
                && entry.Name.StartsWith(Root, StringComparison.Ordinal)
                && IsNeeded(entry.Name[Root.Length..]))
            {
                var file = Path.Combine(folder, entry.Name[Root.Length..]);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                entry.ExtractToFile(file, overwrite: false);
            }
        }
    }

    private static bool IsNeeded(string path) =>
        path.StartsWith("Modules/", StringComparison.Ordinal)
        || path.StartsWith("ref/", StringComparison.Ordinal)
        || (!path.Contains('/', StringComparison.Ordinal)
            && Path.GetExtension(path) is ".dll" or ".txt");

    private static void Check(string package)
    {
        using var content = File.OpenRead(package);
        var actual = "sha512-" + Convert.ToBase64String(SHA512.HashData(content));
        if (actual != Integrity)
        {
            throw new EngineException(
                $"The package {Name}@{Version} that npm downloaded is not the one expected, and was not used: its " +
                $"integrity is {actual}, but must be {Integrity}. Check which registry `npm config get registry` " +
                "names, or install PowerShell 7.4 or later.");
        }
    }
}
