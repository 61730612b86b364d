using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using PowerShellHost;

namespace Benchmarks;

/// <summary>
/// What Import-Module takes, the first one of a fresh PowerShell process, by a stopwatch in that process. The module, one of
/// PowerShell's own and a binary module with nothing in it take turns; what counts is the difference within each turn.
/// </summary>
internal sealed class ImportBenchmark : IBenchmark
{
    private const int Turns = 15;

    /// <summary>A binary module that comes with PowerShell.</summary>
    private const string PowerShellsOwn = "Microsoft.PowerShell.ThreadJob";

    public string Name => "import";

    public async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("fargate-benchmark-").FullName;
        try
        {
            var empty = MakeEmptyModule(folder);
            var ours = new List<double>();
            var own = new List<double>();
            var theirs = new List<double>();
            for (var i = 0; i < Turns; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                theirs.Add(await ImportAsync(empty));
                own.Add(await ImportAsync(PowerShellsOwn));
                ours.Add(await ImportAsync(Checkout.Manifest));
            }

            double[] above = [.. ours.Zip(theirs, (our, their) => our - their)];
            yield return new Measurement("Import-Module above an empty binary module's", "ms", above) { MedianLimit = 150 };
            double[] shares = [.. ours.Zip(own, (our, its) => our / its)];
            yield return new Measurement($"  in times of {PowerShellsOwn}'s", "times", shares) { MedianLimit = 1 };
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
    private static string MakeEmptyModule(string folder)
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName("EmptyModule"), typeof(object).Assembly);
        assembly.DefineDynamicModule("EmptyModule");
        var file = Path.Combine(folder, "EmptyModule.dll");
        assembly.Save(file);
        return file;
    }
}
