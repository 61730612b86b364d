using System.Text.Json;

namespace PowerShellHost;

/// <summary>
/// A PowerShell engine for machines that have none, made once from <see cref="EnginePackage"/> and cached below
/// XDG_CACHE_HOME. It stands in for a real PowerShell in tests and builds, nowhere else.
/// </summary>
internal static class PortableEngine
{
    /// <summary>Goes up with every change to how an engine is made, so that older ones are made again.</summary>
    private const int Recipe = 1;

    private const string ManifestName = "engine.json";
    private const string TemporaryPrefix = "making-";
    private static readonly TimeSpan s_lockLimit = TimeSpan.FromMinutes(15);

    private static readonly string[] s_desktopParts =
    [
        "Presentation", "UIAutomation", "WindowsBase", "WindowsForms", "System.Windows.", "System.Xaml",
        "System.Printing", "System.Speech", "ReachFramework", "DirectWriteForwarder", "Accessibility", "Microsoft.VisualBasic.Forms",
        "Microsoft.PowerShell.GraphicalHost", "System.Private.Windows",
    ];

    private static string CacheFolder
    {
        get
        {
            var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            return Path.Combine(
                Path.IsPathRooted(cache)
                    ? cache
                    : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
                "EcsFargateLogin");
        }
    }

    /// <summary>Finds the cached engine, or makes it; safe when several processes do so at once.</summary>
    /// <exception cref="EngineException">It cannot be made here.</exception>
    public static Engine FindOrMake()
    {
        if (OperatingSystem.IsWindows())
        {
            throw new EngineException(
                "There is no PowerShell 7.4 or later on PATH. Install it (https://aka.ms/powershell).");
        }

        var cache = CacheFolder;
        var home = Path.Combine(cache, $"powershell-{EnginePackage.Version}");
        if (!IsWhole(home))
        {
            try
            {
                MakeOnce(cache, home);
            }
            catch (Exception exception)
                when (exception is IOException or UnauthorizedAccessException or AggregateException)
            {
                throw new EngineException(
                    $"The portable engine could not be made in {cache}: {exception.Message} Free room there, or set " +
                    "XDG_CACHE_HOME to a folder that can be written.", exception);
            }
        }

        return new Engine(home, new Version(EnginePackage.Version), Executable: null);
    }

    private static void MakeOnce(string cache, string home)
    {
        Directory.CreateDirectory(cache);
        using (Lock(home + ".lock"))
        {
            // Another process may have made it while this one waited for the lock.
            if (!IsWhole(home))
            {
                Make(home);
            }
        }
    }

    private static void Make(string home)
    {
        Console.Error.WriteLine(
            "No PowerShell 7.4 or later is on PATH: making a portable engine, once, from a download of 114 MB …");
        var cache = Path.GetDirectoryName(home)!;
        foreach (var abandoned in Directory.EnumerateDirectories(cache, TemporaryPrefix + "*"))
        {
            Directory.Delete(abandoned, recursive: true);
        }

        var temporary = Directory.CreateDirectory(Path.Combine(cache, TemporaryPrefix + Guid.NewGuid().ToString("n")));
        try
        {
            var package = temporary.CreateSubdirectory("package").FullName;
            var engine = temporary.CreateSubdirectory("engine").FullName;
            EnginePackage.Extract(EnginePackage.Download(temporary.FullName), package);
            CopyRewritten(package, engine);
            WriteManifest(engine);
            if (Directory.Exists(home))
            {
                Directory.Delete(home, recursive: true);
            }

            Directory.Move(engine, home);
        }
        finally
        {
            temporary.Delete(recursive: true);
        }

        Console.Error.WriteLine($"The portable engine is ready in {home}.");
    }

    private static string FrameworkFolder => Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    private static void CopyRewritten(string package, string engine)
    {
        var rewriter = new ImageRewriter(package, FrameworkFolder);
        var files = new DirectoryInfo(package).GetFiles("*", SearchOption.AllDirectories)
            .OrderByDescending(file => file.Length)
            .Select(file => Path.GetRelativePath(package, file.FullName))
            .Where(IsUsed);
        Parallel.ForEach(files, path =>
        {
            var source = Path.Combine(package, path);
            var destination = Path.Combine(engine, ProperCase(path));
            Directory.CreateDirectory(Path.GetDirectoryName(destination)!);
            if (path.EndsWith(".dll", StringComparison.Ordinal) && !path.StartsWith("ref/", StringComparison.Ordinal))
            {
                rewriter.Rewrite(source, destination);
            }
            else
            {
                File.Copy(source, destination);
            }
        });
    }

    private static bool IsUsed(string path) =>
        path.Contains('/', StringComparison.Ordinal)
        || !(File.Exists(Path.Combine(FrameworkFolder, path))
            || s_desktopParts.Any(part => path.StartsWith(part, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Windows does not mind the case of a file's name.</summary>
    private static string ProperCase(string path) =>
        path == "microsoft.management.infrastructure.dll" ? "Microsoft.Management.Infrastructure.dll" : path;

    private static void WriteManifest(string engine)
    {
        var files = Directory.EnumerateFiles(engine, "*", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(engine, file), file => new FileInfo(file).Length);
        var manifest = new Manifest(Recipe, EnginePackage.Integrity, files);
        File.WriteAllText(Path.Combine(engine, ManifestName), JsonSerializer.Serialize(manifest));
    }

    private static bool IsWhole(string home)
    {
        var manifestFile = Path.Combine(home, ManifestName);
        if (!File.Exists(manifestFile))
        {
            return false;
        }

        try
        {
            var manifest = JsonSerializer.Deserialize<Manifest>(File.ReadAllText(manifestFile));
            return manifest is { Recipe: Recipe, Integrity: EnginePackage.Integrity, Files.Count: > 0 }
                && manifest.Files.All(entry =>
                    new FileInfo(Path.Combine(home, entry.Key)) is { Exists: true } file && file.Length == entry.Value);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static FileStream Lock(string file)
    {
        var end = DateTime.UtcNow + s_lockLimit;
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException exception) when (IsTaken(exception) && DateTime.UtcNow < end)
            {
                Thread.Sleep(200);
            }
            catch (IOException exception) when (IsTaken(exception))
            {
                throw new EngineException(
                    $"Another process has been making the portable engine for {s_lockLimit.TotalMinutes:0} minutes. " +
                    $"End it, or delete {file}.", exception);
            }
        }
    }

    /// <summary>EWOULDBLOCK, of Linux and of macOS: the lock is held.</summary>
    private static bool IsTaken(IOException exception) => exception.HResult is 11 or 35;

    private sealed record Manifest(int Recipe, string Integrity, Dictionary<string, long> Files);
}
