using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using PowerShellHost;

namespace Benchmarks;

/// <summary>
/// What Import-Module takes, the first one of a fresh PowerShell process, by a stopwatch in that process. The module, one of
/// PowerShell's own, a binary module with nothing in it and the module's manifest with such a one take turns; what counts is the
/// difference within each turn.
/// </summary>
internal sealed class ImportBenchmark : IBenchmark
{
    private const int Turns = 24;

    /// <summary>A binary module that comes with PowerShell.</summary>
    private const string PowerShellsOwn = "Microsoft.PowerShell.ThreadJob";

    public string Name => "import";

    public async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("fargate-benchmark-").FullName;
        try
        {
            var empty = MakeEmptyModule(folder, "EmptyModule");
            var bare = CopyWithoutCode(folder);
            string[] modules = [empty, PowerShellsOwn, Checkout.Manifest, bare];
            var times = modules.ToDictionary(module => module, _ => new List<double>());
            for (var i = 0; i < Turns * modules.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                // Each has every place in a turn equally often.
                var module = modules[(i + (i / modules.Length)) % modules.Length];
                times[module].Add(await ImportAsync(module));
            }

            var (theirs, own, ours) = (times[empty], times[PowerShellsOwn], times[Checkout.Manifest]);
            double[] above = [.. ours.Zip(theirs, (our, their) => our - their)];
            yield return new Measurement("Import-Module above an empty binary module's", "ms", above) { MedianLimit = 150 };
            double[] shares = [.. ours.Zip(own, (our, its) => our / its)];
            yield return new Measurement($"  in times of {PowerShellsOwn}'s", "times", shares) { MedianLimit = 1 };
            double[] bareShares = [.. times[bare].Zip(own, (its, other) => its / other)];
            yield return new Measurement("  likewise, the module's manifest and views with an empty assembly", "times", bareShares);
            yield return new Measurement($"  {PowerShellsOwn}", "ms", own);
            yield return new Measurement("  the module", "ms", ours);
            yield return new Measurement("  the empty binary module", "ms", theirs);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> ImportAsync(string module)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Scripts", "import.ps1");
        var run = await EngineProcess.RunAsync(EngineProcess.Script(script, "-Module", module));
        return double.TryParse(run.Output, CultureInfo.InvariantCulture, out var milliseconds)
            ? milliseconds
            : throw new InvalidOperationException($"{module} was not imported: {run.Error}");
    }

    /// <summary>An assembly without any type.</summary>
    private static string MakeEmptyModule(string folder, string name)
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(name), typeof(object).Assembly);
        assembly.DefineDynamicModule(name);
        var file = Path.Combine(folder, $"{name}.dll");
        assembly.Save(file);
        return file;
    }

    /// <summary>The module's manifest and views with an assembly without any type: what PowerShell itself needs for them.</summary>
    private static string CopyWithoutCode(string folder)
    {
        const string Views = "module/EcsFargateLogin.Format.ps1xml";
        var copy = Path.Combine(folder, "EcsFargateLogin");
        MakeEmptyModule(Directory.CreateDirectory(Path.Combine(copy, "module", "bin")).FullName, "EcsFargateLogin");
        File.Copy(Path.Combine(Checkout.Root, Views), Path.Combine(copy, Views));
        var manifest = Path.Combine(copy, Path.GetFileName(Checkout.Manifest));
        File.Copy(Checkout.Manifest, manifest);
        return manifest;
    }
}
