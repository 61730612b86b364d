using System.Diagnostics;

namespace EcsFargateLogin.Ssh;

/// <summary>Runs a program of OpenSSH that asks nobody anything, to its end.</summary>
internal static class SshTool
{
    /// <summary>Runs it.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="limit">How long it may take; after that it is ended.</param>
    /// <param name="cancellationToken">Cancels it; it has ended when this throws.</param>
    /// <returns>What came of it; null when it had to be ended.</returns>
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
            // Its end is waited for: it must not write into a folder that is being deleted.
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }
}

/// <summary>What a program has left behind.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it printed.</param>
/// <param name="Errors">What it complained of.</param>
internal sealed record SshToolResult(int ExitCode, string Output, string Errors)
{
    /// <summary>All of its words.</summary>
    public string Words => $"{Errors} {Output}".Trim();
}
