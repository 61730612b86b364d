namespace EcsFargateLogin;

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
