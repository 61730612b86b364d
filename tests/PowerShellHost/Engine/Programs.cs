using System.Diagnostics;

namespace PowerShellHost;

/// <summary>Finds and runs the programs that finding and making an engine takes.</summary>
internal static class Programs
{
    /// <summary>The full path of a program on PATH, or null.</summary>
    public static string? Find(string name)
    {
        string[] fileNames = OperatingSystem.IsWindows() ? [name + ".exe", name + ".cmd"] : [name];
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders
            .SelectMany(folder => fileNames.Select(fileName => Path.Combine(folder, fileName)))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>The <c>dotnet</c> that runs this process, or else the one on PATH.</summary>
    public static string Dotnet =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet"
            ? path
            : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>Runs a program without input and captures what it prints; kills it at the limit.</summary>
    public static (int ExitCode, string Output, string Error) Run(ProcessStartInfo startInfo, TimeSpan limit)
    {
        startInfo.RedirectStandardInput = true;
        startInfo.RedirectStandardOutput = true;
        startInfo.RedirectStandardError = true;
        using var process = Process.Start(startInfo)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            throw new EngineException($"{startInfo.FileName} did not end within {limit.TotalSeconds:0} seconds.");
        }

        return (process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }
}
