namespace EcsFargateLogin;

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
