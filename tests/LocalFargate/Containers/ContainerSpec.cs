namespace LocalFargate.Containers;

/// <summary>The program of a container and its environment.</summary>
internal sealed record ContainerSpec
{
    internal required string Hostname { get; init; }

    internal required string Address { get; init; }

    /// <summary>The program and its arguments; at least the program.</summary>
    internal required IReadOnlyList<string> Command { get; init; }

    internal required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>The image's files: a path in the container, and where the file lies on this machine.</summary>
    internal required IReadOnlyDictionary<string, string> Files { get; init; }

    /// <summary>user, uid, user:group or uid:gid; empty for root.</summary>
    internal string User { get; init; } = "";

    internal bool ReadOnlyRoot { get; init; }
}

/// <summary>The degree to which a container is isolated from this machine.</summary>
public enum Isolation
{
    /// <summary>Mount, PID, UTS and IPC namespaces and a root of its own over this machine's files: what root can do.</summary>
    Namespaces,

    /// <summary>A PID namespace in a user namespace: files are this machine's, but ending the task ends all of it.</summary>
    ProcessesOnly,

    /// <summary>None: the container's command runs as a plain child of this process.</summary>
    None,
}

/// <summary>The environment variables that a container gets besides those of its task definition.</summary>
internal static class ContainerEnvironment
{
    /// <summary>The search path that container runtimes set where an image does not.</summary>
    internal const string Path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    internal static Dictionary<string, string> Create(string hostname, string region) => new()
    {
        ["PATH"] = Path,
        ["HOSTNAME"] = hostname,
        ["AWS_EXECUTION_ENV"] = "AWS_ECS_FARGATE",
        ["AWS_REGION"] = region,
        ["AWS_DEFAULT_REGION"] = region,
    };
}
