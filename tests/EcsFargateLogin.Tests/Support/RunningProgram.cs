using System.Diagnostics;

namespace EcsFargateLogin.Tests.Support;

/// <summary>Runs a program to its end.</summary>
internal static class RunningProgram
{
    /// <summary>Runs it without input.</summary>
    /// <returns>Its exit code, output and errors.</returns>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        string program, params IEnumerable<string> arguments) =>
        await RunWithInputAsync(program, arguments, []);

    /// <summary>Runs it, without input where none is given.</summary>
    /// <returns>Its exit code, output and errors.</returns>
    public static Task<(int ExitCode, string Output, string Errors)> RunAsync(ProcessStartInfo start, TimeSpan within) =>
        RunAsync(start, within, []);

    /// <summary>Runs it with an input.</summary>
    /// <inheritdoc cref="RunAsync(string, IEnumerable{string})"/>
    public static Task<(int ExitCode, string Output, string Errors)> RunWithInputAsync(
        string program, IEnumerable<string> arguments, byte[] input) =>
        RunAsync(new ProcessStartInfo(program, arguments), Eventually.Limit, input);

    /// <summary>Waits until the process has ended that has its id in a file. A killed process takes a moment to end.</summary>
    public static async Task EndsAsync(string pidFile)
    {
        var stat = $"/proc/{(await File.ReadAllTextAsync(pidFile)).Trim()}/stat";
        await Eventually.Async(() => !File.Exists(stat) || IsZombie(stat), () => stat);
    }

    /// <summary>A process that has ended stays a zombie until its parent waits for it.</summary>
    private static bool IsZombie(string stat)
    {
        try
        {
            return File.ReadAllText(stat).Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        ProcessStartInfo start, TimeSpan within, byte[] input)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        using CancellationTokenSource limit = new(within);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.StandardInput.BaseStream.WriteAsync(input ?? [], limit.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
