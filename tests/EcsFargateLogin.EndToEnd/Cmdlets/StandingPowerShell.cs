using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>
/// A PowerShell process that runs script after script, as its user's terminal does, where one for each script would be slow to
/// start. Scripts have no input here, and may not end their process. Disposal ends it, with nobody to look after its sessions.
/// </summary>
internal sealed class StandingPowerShell : IAsyncDisposable
{
    private const string Loop =
        """
        while ($run = [Console]::ReadLine()) {
            $Error.Clear()
            & $run | Out-Default
            [Console]::Out.WriteLine("`nend of $run")
            [Console]::Error.WriteLine("`nend of $run")
        }
        """;

    /// <summary>How long a script may take, as in a process of its own.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static readonly ConcurrentBag<StandingPowerShell> Idle = [];

    private static readonly Lazy<string> Folder = new(
        () => Directory.CreateDirectory(Path.Combine(OperatorHome.StateHome, "tmp")).FullName);

    private readonly TerminalRun _process;
    private Dictionary<string, string?> _environment;
    private int _runs;

    private StandingPowerShell(ProcessStartInfo start)
    {
        _environment = new Dictionary<string, string?>(start.Environment);
        _process = TerminalRun.WithPipes(start);
    }

    /// <summary>Starts one of the test's own.</summary>
    /// <param name="place">Where it runs, if not here: as on another host.</param>
    public static StandingPowerShell Start(Func<ProcessStartInfo, ProcessStartInfo>? place = null)
    {
        var loop = Path.Combine(Folder.Value, $"{Guid.NewGuid():N}.ps1");
        File.WriteAllText(loop, Loop);
        var start = EngineProcess.Script(loop);
        start.Environment["TMPDIR"] = Folder.Value;
        start.Environment["NO_COLOR"] = "1";
        return new StandingPowerShell(place?.Invoke(start) ?? start);
    }

    /// <summary>
    /// Runs a script in any one that is free. All tests share them; they start when they are needed, and end when this process
    /// does, whose end closes their input.
    /// </summary>
    /// <inheritdoc cref="RunAsync"/>
    public static async Task<(string Output, string Error)> RunInAnyAsync(ProcessStartInfo start)
    {
        var shell = Idle.TryTake(out var idle) ? idle : Start();
        try
        {
            var result = await shell.RunAsync(start);
            Idle.Add(shell);
            return result;
        }
        catch
        {
            await shell._process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a script to its end, and returns what it has printed.</summary>
    /// <param name="start">The script, and the environment that it is to have, from <see cref="Operator.Process"/>.</param>
    public async Task<(string Output, string Error)> RunAsync(ProcessStartInfo start)
    {
        var script = start.ArgumentList[^1];
        var run = string.Create(CultureInfo.InvariantCulture, $"{script}.{++_runs}.ps1");
        Dictionary<string, string?> environment = new(start.Environment);
        await File.WriteAllLinesAsync(run, [.. Changes(_environment, environment), $"& '{script}'"]);
        _environment = environment;
        var (screen, errors) = (_process.Screen.Length, _process.Errors.Length);
        var end = $"\nend of {run}\n";
        await _process.TypeAsync($"{run}\n");
        await _process.ShowsAsync(end, Limit);
        await Eventually.BecomesAsync(
            () => _process.Errors.Contains(end, StringComparison.Ordinal), () => $"'{end}' was not said: {_process.Errors}");
        return (Until(end, _process.Screen[screen..]), Until(end, _process.Errors[errors..]));
    }

    public async ValueTask DisposeAsync()
    {
        await _process.TypeAsync("\n");
        await _process.EndAsync();
        await _process.DisposeAsync();
    }

    private static IEnumerable<string> Changes(Dictionary<string, string?> from, Dictionary<string, string?> to) =>
        from.Keys.Union(to.Keys)
            .Where(name => from.GetValueOrDefault(name) != to.GetValueOrDefault(name))
            .Select(name => to.GetValueOrDefault(name) is { } value
                ? $"${{env:{name}}} = '{value.Replace("'", "''", StringComparison.Ordinal)}'"
                : $"${{env:{name}}} = $null");

    private static string Until(string end, string text) => text[..text.IndexOf(end, StringComparison.Ordinal)];
}
