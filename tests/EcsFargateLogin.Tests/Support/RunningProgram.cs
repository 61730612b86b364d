using System.Diagnostics;

namespace EcsFargateLogin.Tests.Support;

/// <summary>Runs a program to its end.</summary>
internal static class RunningProgram
{
    /// <summary>Runs it without input.</summary>
    /// <returns>Its exit code, output and errors.</returns>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        string program, params IEnumerable<string> arguments) =>
        await RunAsync(new ProcessStartInfo(program, arguments), TimeSpan.FromSeconds(20));

    /// <summary>Runs it without input.</summary>
    /// <returns>Its exit code, output and errors.</returns>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(ProcessStartInfo start, TimeSpan within)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using CancellationTokenSource limit = new(within);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
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
