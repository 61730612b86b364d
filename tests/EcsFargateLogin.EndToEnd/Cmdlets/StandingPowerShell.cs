using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>
/// A PowerShell process that runs script after script, as its user's terminal does, where one for each script would take more CPU
/// time to start than to use. Disposal ends it, and nobody then stops its sessions.
/// </summary>
internal sealed class StandingPowerShell : IAsyncDisposable
{
    /// <summary>
    /// Environment and place are given back as they were. What a script has left unread is no path, and passed over. An ssh that was
    /// killed leaves the input, which it shares with its PowerShell, so that it does not block: a read that finds nothing is an error.
    /// </summary>
    private const string Loop =
        """
        $environment, $place = [Environment]::GetEnvironmentVariables(), $PWD
        function Read-Line {
            while ($true) {
                try { return [Console]::ReadLine() }
                catch [Management.Automation.MethodInvocationException] { Start-Sleep -Milliseconds 20 }
            }
        }
        while ($null -ne ($run = Read-Line)) {
            if (-not [IO.File]::Exists($run)) { continue }
            [Console]::Out.WriteLine("begin of $run")
            $Error.Clear()
            $global:LASTEXITCODE = 0
            try { & $run | Out-Default }
            catch {
                $host.UI.WriteErrorLine(($_ | Out-String))
                $global:LASTEXITCODE = 1
            }
            [Console]::Out.WriteLine("`nend of $run $LASTEXITCODE")
            [Console]::Error.WriteLine("`nend of $run")
            Set-Location $place
            @([Environment]::GetEnvironmentVariables().Keys) + $environment.Keys |
                ForEach-Object { [Environment]::SetEnvironmentVariable($_, $environment[$_]) }
        }
        """;

    /// <summary>The time limit of a script, the same as for a process of its own.</summary>
    private static readonly TimeSpan DefaultLimit = EngineProcess.DefaultLimit;

    private static readonly ConcurrentBag<StandingPowerShell> Idle = [];

    /// <summary>More at once would take longer to start than a script waits here.</summary>
    private static readonly SemaphoreSlim Free = new(6);

    private static readonly Lazy<string> Folder = new(
        () => Directory.CreateDirectory(Path.Combine(OperatorHome.StateHome, "tmp")).FullName);

    private readonly Dictionary<string, string?> _environment;
    private readonly TerminalRun _process;
    private int _runs;

    /// <summary>Its process.</summary>
    public TerminalRun Process => _process;

    private TimeSpan Limit { get; init; }

    private StandingPowerShell(ProcessStartInfo start)
    {
        _environment = new Dictionary<string, string?>(start.Environment);
        _process = TerminalRun.WithPipes(start);
    }

    /// <summary>Starts one of the test's own.</summary>
    /// <param name="place">Where it runs, if not here: as on another host.</param>
    /// <param name="limit">The time limit of a script; null for the default.</param>
    public static StandingPowerShell Start(Func<ProcessStartInfo, ProcessStartInfo>? place = null, TimeSpan? limit = null)
    {
        var loop = Path.Combine(Folder.Value, $"{Guid.NewGuid():N}.ps1");
        File.WriteAllText(loop, Loop);
        var start = EngineProcess.Script(loop);
        start.Environment["TMPDIR"] = Folder.Value;
        start.Environment["NO_COLOR"] = "1";
        return new StandingPowerShell(place?.Invoke(start) ?? start) { Limit = limit ?? DefaultLimit };
    }

    /// <summary>
    /// Runs a script in any one that is free. All tests share them; they start when they are needed, and end when this process
    /// does, and its end closes their input.
    /// </summary>
    /// <inheritdoc cref="RunAsync"/>
    public static async Task<ProcessResult> RunInAnyAsync(ProcessStartInfo start, string input = "")
    {
        await Free.WaitAsync();
        var shell = Idle.TryTake(out var idle) ? idle : Start();
        try
        {
            var result = await shell.RunAsync(start, input);
            Idle.Add(shell);
            return result;
        }
        catch
        {
            await shell._process.DisposeAsync();
            throw;
        }
        finally
        {
            Free.Release();
        }
    }

    /// <summary>Runs a script to its end.</summary>
    /// <param name="start">The script, and the environment that it is to have, from <see cref="Operator.Process"/>.</param>
    /// <param name="input">
    /// What is typed once it runs. It does not end there as in a process of the script's own: a shell has to be left.
    /// </param>
    /// <returns>What it has printed, and $LASTEXITCODE after it: 0 where it has set none, 1 where an error has ended it.</returns>
    public async Task<ProcessResult> RunAsync(ProcessStartInfo start, string input = "")
    {
        var script = start.ArgumentList[^1];
        var run = string.Create(CultureInfo.InvariantCulture, $"{script}.{++_runs}.ps1");
        await File.WriteAllLinesAsync(run, [.. Settings(start.Environment), $"& '{script}'"]);
        var (screen, errors) = (_process.Screen.Length, _process.Errors.Length);
        var (begin, end) = ($"begin of {run}\n", $"\nend of {run}");
        await _process.TypeAsync($"{run}\n");
        await _process.ShowsAsync(begin, Limit);
        await _process.TypeAsync(input);
        await _process.ShowsAsync($"{end} ", Limit);
        await Eventually.BecomesAsync(
            () => (_process.Errors.Contains($"{end}\n", StringComparison.Ordinal) && _process.Screen.EndsWith('\n')) || _process.HasEnded,
            () => $"'{end}' was not said: {_process.Errors}");
        if (!_process.Errors.Contains($"{end}\n", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"The PowerShell has ended before it said '{end}': {_process.Errors}");
        }

        var output = _process.Screen[(screen + begin.Length)..].Split(end);
        return new ProcessResult(int.Parse(output[1], CultureInfo.InvariantCulture), output[0], _process.Errors[errors..].Split(end)[0]);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.EndInputAsync();
        await _process.EndAsync();
        await _process.DisposeAsync();
    }

    private IEnumerable<string> Settings(IDictionary<string, string?> environment) =>
        _environment.Keys.Union(environment.Keys)
            .Select(name => (Name: name, Value: environment.TryGetValue(name, out var value) ? value : null))
            .Where(setting => setting.Value != _environment.GetValueOrDefault(setting.Name))
            .Select(setting => setting.Value is { } value
                ? $"${{env:{setting.Name}}} = '{value.Replace("'", "''", StringComparison.Ordinal)}'"
                : $"${{env:{setting.Name}}} = $null");
}
