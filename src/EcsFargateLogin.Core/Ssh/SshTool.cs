using System.Diagnostics;

namespace EcsFargateLogin.Ssh;

/// <summary>Runs a non-interactive program of OpenSSH until it ends.</summary>
internal static class SshTool
{
    /// <summary>Runs it.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="limit">The time limit, after which it is killed.</param>
    /// <param name="cancellationToken">Cancels it. The program has ended when this throws.</param>
    /// <returns>The result; null when it was killed at the limit.</returns>
    /// <exception cref="FargateException"><see cref="FargateError.SshNotFound"/>.</exception>
    public static async Task<SshToolResult?> RunAsync(
        string program, IReadOnlyList<string> arguments, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var process = SshProcess.Start(new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        process.StandardInput.Close();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ending.CancelAfter(limit);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(ending.Token);
            var output = process.StandardOutput.ReadToEndAsync(ending.Token);
            await process.WaitForExitAsync(ending.Token);
            return new SshToolResult(
                process.ExitCode, (await output).Trim(), (await errors).Trim());
        }
        catch (OperationCanceledException)
        {
            // Waits for its end, so that it does not write into a folder that is being deleted.
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }
}

/// <summary>The result of a program.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Errors">Its standard error.</param>
internal sealed record SshToolResult(int ExitCode, string Output, string Errors)
{
    /// <summary>Standard error and output together.</summary>
    public string Words => $"{Errors} {Output}".Trim();
}
