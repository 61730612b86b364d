namespace EcsFargateLogin;

/// <summary>Whether a task's network interface gets a public address, in the words of ECS.</summary>
public enum AssignPublicIp
{
    /// <summary>It gets one, which needs a subnet with a route to an internet gateway.</summary>
    Enabled,

    /// <summary>It is reached at its private address alone.</summary>
    Disabled,
}

/// <summary>How a session's container is reached.</summary>
public enum FargateTransport
{
    /// <summary>By ssh, at the task's address, with the session's key.</summary>
    Ssh,

    /// <summary>By ECS Exec, through AWS: without a key, an address or an SSH server.</summary>
    EcsExec,

    /// <summary>By ssh, and by ECS Exec where the SSH port cannot be reached.</summary>
    Auto,
}

/// <summary>How it is made sure that the SSH server which answers is the session's own.</summary>
public enum HostKeyVerification
{
    /// <summary>
    /// As <see cref="Strict"/>; where AWS says that the log does not tell the key, with a warning as <see cref="AcceptNew"/>.
    /// </summary>
    Auto,

    /// <summary>Only the host key is trusted that the container has printed to the task's log.</summary>
    Strict,

    /// <summary>The host key that is seen first is trusted, and no other for the rest of the session.</summary>
    AcceptNew,
}

/// <summary>
/// Who uses a session. A PowerShell that has started or entered one uses it until it ends, and several may use one at once.
/// </summary>
public enum SessionOwner
{
    /// <summary>This PowerShell, and maybe others as well.</summary>
    ThisProcess,

    /// <summary>Another PowerShell of yours that runs, on this machine or on another one that shares your journal.</summary>
    OtherProcess,

    /// <summary>Nobody: each PowerShell of yours that has used it is gone. Its key is on this machine.</summary>
    Orphaned,

    /// <summary>Somebody else, or you on another machine: this machine's journal does not know it.</summary>
    Elsewhere,
}
