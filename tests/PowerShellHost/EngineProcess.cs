using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace PowerShellHost;

/// <summary>
/// PowerShell in a process of its own: the <c>pwsh</c> on PATH, or else the one that build.sh has installed in the
/// checkout.
/// </summary>
public static class EngineProcess
{
    /// <summary>What a hang is told by, so that no machine is too busy for it.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromMinutes(5);

    private const int SigInt = 2;

    /// <summary>
    /// Tests start hundreds of short processes: no telemetry is sent, no method is compiled a second time for speed, which takes a
    /// fifth of such a process's CPU time, and compiled code is not mapped twice, which takes a tenth.
    /// </summary>
    private static readonly (string Name, string Value)[] s_settings =
    [
        ("POWERSHELL_TELEMETRY_OPTOUT", "1"),
        ("POWERSHELL_UPDATECHECK", "Off"),
        ("DOTNET_TieredPGO", "0"),
        ("DOTNET_TC_CallCounting", "0"),
        ("DOTNET_EnableWriteXorExecute", "0"),
    ];

    private static readonly Lazy<string[]> s_pwsh = new(AskForCommandLine);

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
        // A terminal has a size, which `script` cannot take from a parent that has no terminal.
        string[] arguments = ["--quiet", "--flush", "--return", "--command", $"stty rows 40 cols 120; exec {command}", "/dev/null"];
        var terminal = new ProcessStartInfo("script", arguments)
        {
            WorkingDirectory = startInfo.WorkingDirectory,
        };
        foreach (var (name, value) in startInfo.Environment)
        {
            terminal.Environment[name] = value;
        }

        terminal.Environment["SHELL"] = "/bin/sh";
        terminal.Environment["TERM"] = "xterm-256color";
        terminal.Environment.Remove("NO_COLOR");
        return terminal;
    }

    /// <summary>Runs a process to its end, feeds it <paramref name="input"/> and captures what it prints.</summary>
    /// <param name="startInfo">From <see cref="Script"/>, <see cref="Command"/> or elsewhere.</param>
    /// <param name="input">All of its standard input; empty where null.</param>
    /// <param name="limit">When it and its children are killed; <see cref="DefaultLimit"/> where not given.</param>
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
        var duration = limit ?? DefaultLimit;
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
        ProcessStartInfo start = new(s_pwsh.Value[0], [.. s_pwsh.Value[1..], "-NoProfile", .. arguments]);
        foreach (var (name, value) in s_settings)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    /// <summary>
    /// The command line of PowerShell's own process. A pwsh that was installed as a dotnet tool is a launcher, which starts
    /// that process as its child: signals to the launcher would not reach it.
    /// </summary>
    private static string[] AskForCommandLine()
    {
        string[] arguments = ["-NoProfile", "-NonInteractive", "-Command", "[Environment]::ProcessPath; [Environment]::GetCommandLineArgs()[0]"];
        var answer = RunAsync(new ProcessStartInfo(FindPwsh(), arguments)).GetAwaiter().GetResult();
        return answer.Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is [var program, var assembly]
            ? Path.GetFileNameWithoutExtension(program) == "dotnet" ? [program, assembly] : [program]
            : throw new InvalidOperationException($"pwsh does not say what it is: {answer.Output}{answer.Error}");
    }

    private static string FindPwsh()
    {
        var name = OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh";
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return onPath.Append(Path.Combine(Checkout.Root, "artifacts", "powershell"))
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("There is no pwsh on PATH. Run ./build.sh, which installs one in the checkout.");
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

/// <summary>The exit code and the output of a process.</summary>
public sealed record ProcessResult(int ExitCode, string Output, string Error);
