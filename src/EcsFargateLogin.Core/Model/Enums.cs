namespace EcsFargateLogin;

/// <summary>Whether a task's network interface gets a public address, in the words of ECS.</summary>
public enum AssignPublicIp
{
    /// <summary>The interface gets one, which requires a subnet with a route to an internet gateway.</summary>
    Enabled,

    /// <summary>The task is reached at its private address only.</summary>
    Disabled,
}

/// <summary>The transport to a session's container.</summary>
public enum FargateTransport
{
    /// <summary>ssh to the task's address, with the session's key.</summary>
    Ssh,

    /// <summary>ECS Exec, through AWS: without a key, an address or an SSH server.</summary>
    EcsExec,

    /// <summary>ssh, or ECS Exec where the SSH port cannot be reached.</summary>
    Auto,
}

/// <summary>The route by which ssh reaches a session's container.</summary>
public enum FargateRoute
{
    /// <summary>
    /// Tries every route that the task allows, the cheapest first, and takes the first on which the session's own server answers.
    /// </summary>
    Auto,

    /// <summary>The task's public address.</summary>
    Public,

    /// <summary>The task's private address, from inside the VPC, a VPN or a jump host.</summary>
    Private,

    /// <summary>An EC2 Instance Connect Endpoint of the task's VPC. Only for servers at port 22 or 3389.</summary>
    InstanceConnect,

    /// <summary>A port session of Systems Manager to the agent in the task, which the task's role has to permit.</summary>
    SessionManager,
}

/// <summary>The method to verify the host key of the session's SSH server.</summary>
public enum HostKeyVerification
{
    /// <summary>
    /// As <see cref="Strict"/>; where there is no proof and AWS says that the log does not have the key, as <see cref="AcceptNew"/>
    /// with a warning.
    /// </summary>
    Auto,

    /// <summary>
    /// Only the host key that the server proves in its first line, or that the container has printed to the task's log, is trusted.
    /// </summary>
    Strict,

    /// <summary>The first host key is trusted, and no other for the rest of the session.</summary>
    AcceptNew,
}

/// <summary>
/// The PowerShell that uses a session. A PowerShell that started or entered a session uses it until it ends, and several may use
/// one at once.
/// </summary>
public enum SessionOwner
{
    /// <summary>This PowerShell, and possibly others.</summary>
    ThisProcess,

    /// <summary>Another running PowerShell of yours, on this machine or on one that shares your journal.</summary>
    OtherProcess,

    /// <summary>None: every PowerShell of yours that has used it has ended. Its key is on this machine.</summary>
    Orphaned,

    /// <summary>Another user, or you on another machine: this machine's journal does not know the session.</summary>
    Elsewhere,
}

/// <summary>The state of a tunnel.</summary>
public enum FargateTunnelStatus
{
    /// <summary>It accepts connections.</summary>
    Open,

    /// <summary>Its connection was lost and is being restored; meanwhile it accepts none.</summary>
    Reconnecting,

    /// <summary>Its session has ended.</summary>
    SessionEnded,

    /// <summary>Its connection was lost and could not be restored.</summary>
    Lost,

    /// <summary>It was stopped.</summary>
    Stopped,
}
