namespace LocalFargate.Containers;

/// <summary>How far a container is kept apart from this machine.</summary>
public enum Isolation
{
    /// <summary>Mount, PID, UTS and IPC namespaces and a root of its own over this machine's files: what root can do.</summary>
    Namespaces,

    /// <summary>A PID namespace in a user namespace: files are this machine's, but ending the task ends all of it.</summary>
    ProcessesOnly,

    /// <summary>None: the container's command runs as a plain child of this process.</summary>
    None,
}
