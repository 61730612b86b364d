using System.Diagnostics;

namespace LocalFargate.Containers;

/// <summary>Builds the command line that starts a container, as isolated as this machine allows.</summary>
internal static class ContainerLauncher
{
    private static readonly Lazy<Task<Isolation>> _isolation = new(FindIsolationAsync);

    private static readonly string _rootScript = ReadScript();

    /// <summary>Tried once a process.</summary>
    internal static Task<Isolation> FindIsolationOnceAsync() => _isolation.Value;

    internal static ProcessStartInfo StartInfo(ContainerSpec spec, Isolation isolation)
    {
        // Without a root of its own, the container finds the image's files where they lie on this machine.
        string[] command = isolation == Isolation.Namespaces
            ? [.. spec.Command]
            : [.. spec.Command.Select(word => spec.Files.GetValueOrDefault(word, word))];
        string[] environment = [.. spec.Environment.Select(variable => $"{variable.Key}={variable.Value}")];
        string[] launcher = isolation switch
        {
            Isolation.Namespaces =>
            [
                "unshare", "--mount", "--pid", "--uts", "--ipc", "--fork", "--kill-child=KILL", "--propagation=private",
                "--", "sh", "-c", _rootScript, "container-root", spec.Hostname, spec.Address, spec.User,
                spec.ReadOnlyRoot ? "true" : "false", .. spec.Files.SelectMany(file => (string[])[file.Value, file.Key]), "--",
            ],
            Isolation.ProcessesOnly =>
            [
                "unshare", "--user", "--map-current-user", "--mount", "--pid", "--fork", "--kill-child=KILL", "--mount-proc",
                "--", "env", "-i", $"HOME={Path.GetTempPath()}",
            ],
            _ => ["env", "-i", $"HOME={Path.GetTempPath()}"],
        };

        // --pdeathsig ends the container with this process, however this process ends; setsid gives it a session
        // without a terminal, so that the terminal's Ctrl+C does not reach it.
        var start = new ProcessStartInfo("setpriv", ["--pdeathsig=KILL", "setsid", .. launcher, .. environment, .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = ContainerEnvironment.Path;
        return start;
    }

    private static async Task<Isolation> FindIsolationAsync()
    {
        var probe = new ContainerSpec
        {
            Hostname = "probe",
            Address = "127.0.0.1",
            Command = ["true"],
            Environment = new Dictionary<string, string> { ["PATH"] = ContainerEnvironment.Path },
            Files = new Dictionary<string, string>(),
        };
        foreach (var isolation in (Isolation[])[Isolation.Namespaces, Isolation.ProcessesOnly])
        {
            if (isolation == Isolation.Namespaces && !Environment.IsPrivilegedProcess)
            {
                continue;
            }

            await using var process = await ContainerProcess.StartAsync(probe, isolation, _ => { });
            if (await process.Exited.WaitAsync(TimeSpan.FromSeconds(30)) == 0)
            {
                return isolation;
            }
        }

        return Isolation.None;
    }

    private static string ReadScript()
    {
        using var stream = typeof(ContainerLauncher).Assembly.GetManifestResourceStream("Containers/container-root.sh")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
