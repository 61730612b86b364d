using System.Diagnostics;
using System.Globalization;
using LocalFargate.Containers;
using LocalFargate.Tasks;

namespace LocalFargate.Exec;

/// <summary>Starts a program with a terminal of its own in a container that runs already, as the agent of ECS Exec does.</summary>
internal static class ContainerShell
{
    /// <summary>
    /// Goes by the name of the agent's worker, which is how programs in the container can tell. The line is split by a shell
    /// that runs nothing else of it than one program: what is more than words would be executed by no agent.
    /// </summary>
    private const string Worker =
        "printf ssm-session-worker >\"/proc/$$/comm\"; cd /; script --quiet --flush --return --command \"exec $1\" /dev/null";

    internal static ProcessStartInfo StartInfo(FargateTask task, string containerName, string command)
    {
        var container = task.Running[containerName];
        string[] environment =
        [
            .. container.Spec.Environment.Select(variable => $"{variable.Key}={variable.Value}"),
            "TERM=xterm-256color", "SHELL=/bin/sh", "HOME=/root",
        ];
        // Always root, whoever the container's own program runs as.
        string[] inside = container.Isolation == Isolation.Namespaces
            ?
            [
                "nsenter", "--target", container.Process.ProcessId?.ToString(CultureInfo.InvariantCulture) ?? "none",
                "--mount", "--pid", "--uts", "--ipc", "--",
            ]
            : [];
        var start = new ProcessStartInfo(
            "setpriv",
            ["--pdeathsig=KILL", "setsid", "--wait", .. inside, "env", "-i", .. environment, "sh", "-c", Worker, "worker", command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        };
        return start;
    }
}
