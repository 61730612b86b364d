using System.Diagnostics;
using System.Text.RegularExpressions;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>
/// What several operators run in one process, one after the other: to start a process takes more CPU time than to use it.
/// Each has the account and the place for sessions of its own. What is typed is read by the script that it is meant for:
/// whatever it starts has to end with that, or with the end of the input, which comes after the last text.
/// </summary>
internal sealed partial class SharedProcess
{
    private readonly IReadOnlyList<SharedRun> _runs;

    private SharedProcess(ProcessStartInfo process, IReadOnlyList<SharedRun> runs) => (Process, _runs) = (process, runs);

    /// <summary>The process that is to be started. Change its environment at will.</summary>
    public ProcessStartInfo Process { get; set; }

    /// <summary>Makes it ready to run.</summary>
    public static SharedProcess Of(params IReadOnlyList<SharedRun> runs) => new(
        runs[0].Me.Process(string.Concat(runs.Select((run, i) => run.Me.ScriptFor(
            $$"""
            $global:LASTEXITCODE = 0
            {{run.Script}}
            [Console]::Error.WriteLine('end-of-run-{{i}}')
            [Console]::Out.WriteLine("end-of-run-{{i}} $LASTEXITCODE")

            """)))),
        runs);

    /// <summary>Runs all to their end.</summary>
    /// <returns>What each has printed, and $LASTEXITCODE after it.</returns>
    public static Task<IReadOnlyList<ProcessResult>> RunAsync(params IReadOnlyList<SharedRun> runs) => Of(runs).RunAsync();

    /// <inheritdoc cref="RunAsync(IReadOnlyList{SharedRun})"/>
    public async Task<IReadOnlyList<ProcessResult>> RunAsync()
    {
        await using var process = TerminalRun.WithPipes(Process);
        for (var i = 0; i < _runs.Count && _runs.Skip(i).Any(run => run.Input.Length > 0); i++)
        {
            if (i > 0)
            {
                await process.ShowsAsync($"end-of-run-{i - 1} ");
            }

            await process.TypeAsync(_runs[i].Input);
        }

        await process.EndInputAsync();
        await process.EndAsync();
        var (outputs, errors) = (OutputEnd().Split(process.Screen), ErrorEnd().Split(process.Errors));
        var codes = OutputEnd().Matches(process.Screen).Select(match => int.Parse(match.ValueSpan[(match.ValueSpan.IndexOf(' ') + 1)..], null));
        Assert.True(outputs.Length == _runs.Count + 1, $"It ended before its last script: {process.Screen}{process.Errors}");
        return [.. codes.Select((code, i) => new ProcessResult(code, outputs[i], errors[i]))];
    }

    [GeneratedRegex(@"end-of-run-[0-9]+ -?[0-9]+\n")]
    private static partial Regex OutputEnd();

    [GeneratedRegex(@"end-of-run-[0-9]+\n")]
    private static partial Regex ErrorEnd();
}

/// <summary>A script of a <see cref="SharedProcess"/>.</summary>
/// <param name="Me">In whose account it runs.</param>
/// <param name="Script">What runs, in the scope of those before it.</param>
/// <param name="Input">What is typed once those before it have ended.</param>
internal sealed record SharedRun(Operator Me, string Script, string Input = "");
