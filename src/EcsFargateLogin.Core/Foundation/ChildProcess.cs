using System.ComponentModel;
using System.Diagnostics;

namespace EcsFargateLogin.Foundation;

/// <summary>Starts programs, and runs those that need no terminal until they end.</summary>
internal static class ChildProcess
{
    /// <summary>Upper bound for the output of a program that <see cref="RunAsync"/> reads, in characters.</summary>
    public const int LongestOutput = 64 * 1024;

    /// <summary>E2BIG, the error of execve when the arguments are too long.</summary>
    private const int TooLongOnUnix = 7;

    /// <summary>
    /// ERROR_FILENAME_EXCED_RANGE, the error of CreateProcess for a command line of more than 32,767 characters.
    /// </summary>
    private const int TooLongOnWindows = 206;

    /// <summary>The time limit for the end of a killed program, which another user's need not obey.</summary>
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(2);

    /// <summary>Starts a program.</summary>
    /// <param name="start">The program.</param>
    /// <param name="toError">Makes the error of a program that could not be started from its name and the reason.</param>
    /// <exception cref="FargateException">The program could not be started.</exception>
    public static Process Start(ProcessStartInfo start, Func<string, Exception, FargateException> toError)
    {
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException("no process was started");
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or IOException)
        {
            throw toError(start.FileName, e);
        }
    }

    /// <summary>Whether a program could not be started because its command line is longer than the system takes.</summary>
    public static bool IsTooLong(Exception reason) =>
        reason is Win32Exception { NativeErrorCode: TooLongOnUnix or TooLongOnWindows };

    /// <summary>
    /// Returns the start information of a program with pipes for input, output and errors, and without a shell.
    /// </summary>
    public static ProcessStartInfo WithPipes(string program, IEnumerable<string> arguments) => new(program, arguments)
    {
        UseShellExecute = false,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    /// <summary>Runs a program with empty input until it and its output have ended.</summary>
    /// <param name="start">The program, <see cref="WithPipes">with pipes</see>.</param>
    /// <param name="limit">The time limit, after which it is killed.</param>
    /// <param name="toError">Makes the error of a program that could not be started, as for <see cref="Start"/>.</param>
    /// <param name="cancellationToken">Cancels it. The program has ended when this throws.</param>
    /// <returns>The result; null when it was killed at the limit.</returns>
    /// <exception cref="FargateException">The program could not be started.</exception>
    public static async Task<ProgramResult?> RunAsync(
        ProcessStartInfo start,
        TimeSpan limit,
        Func<string, Exception, FargateException> toError,
        CancellationToken cancellationToken)
    {
        using var process = Start(start, toError);
        using var ending = TimeLimit.Begin(limit, cancellationToken);
        try
        {
            process.StandardInput.Close();
            var errors = ReadAsync(process.StandardError, isDrained: true, ending.Token);
            var output = await ReadAsync(process.StandardOutput, isDrained: false, ending.Token);
            if (output.Length > LongestOutput)
            {
                return new ProgramResult(null, Cut(output), "");
            }

            await process.WaitForExitAsync(ending.Token);
            return new ProgramResult(process.ExitCode, output.Trim(), Cut(await errors).Trim());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            await KillAsync(process);
        }
    }

    /// <summary>
    /// Kills a program and those that it has started, so that none goes on, or writes into a folder that is being deleted. What has
    /// ended already, or is another user's, is no error.
    /// </summary>
    public static void Kill(Process process)
    {
        // Even for one that has ended, .NET would read about each process and thread of the machine.
        if (process.HasExited)
        {
            return;
        }

        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended meanwhile, or a program that it has started is another user's.
        }
    }

    /// <summary>
    /// Reads up to one character more than the bound, and discards the rest if the program must not block on it.
    /// </summary>
    private static async Task<string> ReadAsync(StreamReader reader, bool isDrained, CancellationToken cancellationToken)
    {
        var buffer = new char[LongestOutput + 1];
        var count = await reader.ReadBlockAsync(buffer, cancellationToken);
        var text = new string(buffer, 0, count);
        while (isDrained && count > 0)
        {
            count = await reader.ReadAsync(buffer, cancellationToken);
        }

        return text;
    }

    private static string Cut(string text) => text.Length > LongestOutput ? text[..LongestOutput] : text;

    private static async Task KillAsync(Process process)
    {
        Kill(process);
        using CancellationTokenSource limit = new(KillLimit);
        await process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}

/// <summary>The result of a program. ToString() shows nothing of its output, which may hold a secret.</summary>
/// <param name="ExitCode">Its exit code; null when it was killed because its output was longer than the bound.</param>
/// <param name="Output">Its standard output, without white space around it.</param>
/// <param name="Errors">The beginning of its standard error, likewise.</param>
internal sealed record ProgramResult(int? ExitCode, string Output, string Errors)
{
    /// <summary>Standard error and output together.</summary>
    public string Text => $"{Errors} {Output}".Trim();

    /// <inheritdoc/>
    public override string ToString() => $"exit code {ExitCode}";
}
