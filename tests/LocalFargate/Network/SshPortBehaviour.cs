namespace LocalFargate.Network;

/// <summary>The behaviour of a task's ssh port towards its clients.</summary>
internal enum SshPortBehaviour
{
    /// <summary>As sshd does.</summary>
    Normal,

    /// <summary>Nothing listens: connections are refused.</summary>
    Closed,

    /// <summary>Connections are accepted, and then nothing comes.</summary>
    Silent,

    /// <summary>Connections are accepted, and sshd's banner comes late.</summary>
    Late,

    /// <summary>Packets vanish: connecting takes until the client gives up.</summary>
    Unreachable,
}
