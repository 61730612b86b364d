using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace PowerShellHost;

/// <summary>
/// PowerShell in a process of its own, on the engine that <see cref="PowerShellEngine.Find"/> found: <c>pwsh</c>, or
/// this program on the portable engine. Both take the same arguments and end with the same exit codes.
/// </summary>
public static class EngineProcess
{
    private const int SigInt = 2;
    private static readonly TimeSpan s_defaultLimit = TimeSpan.FromMinutes(2);

    /// <summary>Runs a script file, with arguments as <c>pwsh -File</c> takes them.</summary>
    /// <returns>Nothing is redirected: the caller says what is, and changes Environment and WorkingDirectory.</returns>
    public static ProcessStartInfo Script(string file, params string[] arguments) =>
        Start(["-File", file, .. arguments]);

    /// <summary>Runs the text of a script, as <c>pwsh -Command</c> does.</summary>
    /// <inheritdoc cref="Script"/>
    public static ProcessStartInfo Command(string command) => Start(["-Command", command]);

    /// <summary>
    /// The same process under a pseudo-terminal of its own, made by the program <c>script</c> of util-linux. What is
    /// written to its standard input is typed: "\u0003" is Ctrl+C. All that the terminal shows is its standard output.
    /// </summary>
    public static ProcessStartInfo UnderTerminal(ProcessStartInfo startInfo)
    {
        ArgumentNullException.ThrowIfNull(startInfo);
        var command = string.Join(' ', new[] { startInfo.FileName }.Concat(startInfo.ArgumentList).Select(Quote));
        string[] arguments = ["--quiet", "--flush", "--return", "--command", command, "/dev/null"];
        var terminal = new ProcessStartInfo("script", arguments)
        {
            WorkingDirectory = startInfo.WorkingDirectory,
        };
        foreach (var (name, value) in startInfo.Environment)
        {
            terminal.Environment[name] = value;
        }

        terminal.Environment["SHELL"] = "/bin/sh";
        return terminal;
    }

    /// <summary>Runs a process to its end, feeds it <paramref name="input"/> and captures what it prints.</summary>
    /// <param name="startInfo">From <see cref="Script"/>, <see cref="Command"/> or elsewhere.</param>
    /// <param name="input">All of its standard input; empty where null.</param>
    /// <param name="limit">When it and its children are killed; two minutes where not given.</param>
    /// <exception cref="TimeoutException">It did not end in time; the message holds what it printed.</exception>
    public static async Task<ProcessResult> RunAsync(
        ProcessStartInfo startInfo, string? input = null, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(startInfo);
        startInfo.RedirectStandardInput = startInfo.RedirectStandardOutput = startInfo.RedirectStandardError = true;
        startInfo.StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        using var process = Process.Start(startInfo)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        var duration = limit ?? s_defaultLimit;
        using var end = new CancellationTokenSource(duration);
        try
        {
            await WriteInputAsync(process, input);
            await process.WaitForExitAsync(end.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException(
                $"{startInfo.FileName} did not end within {duration.TotalSeconds:0} s: {await output}{await error}");
        }

        return new ProcessResult(process.ExitCode, await output, await error);
    }

    /// <summary>Sends SIGINT, as Ctrl+C in a terminal does to each process there.</summary>
    public static void Interrupt(Process process)
    {
        ArgumentNullException.ThrowIfNull(process);
        if (Kill(process.Id, SigInt) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    private static ProcessStartInfo Start(string[] arguments)
    {
        arguments = ["-NoProfile", .. arguments];
        return PowerShellEngine.Find() is { Executable: { } executable }
            ? new ProcessStartInfo(executable, arguments)
            : new ProcessStartInfo(Programs.Dotnet, [typeof(EngineProcess).Assembly.Location, .. arguments]);
    }

    private static async Task WriteInputAsync(Process process, string? input)
    {
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all of its input, as is its right.
        }
    }

    private static string Quote(string argument) =>
        "'" + argument.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}

/// <summary>How a process ended and what it printed.</summary>
public sealed record ProcessResult(int ExitCode, string Output, string Error);
