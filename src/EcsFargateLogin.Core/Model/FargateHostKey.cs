using EcsFargateLogin.Ssh;

namespace EcsFargateLogin;

/// <summary>The one host key that ssh accepts from a session's server.</summary>
public sealed class FargateHostKey
{
    internal FargateHostKey(PublicKey key, HostKeySource source) =>
        (Algorithm, Fingerprint, Source) = (key.Algorithm, key.Fingerprint, source);

    /// <summary>Its kind, such as ssh-ed25519.</summary>
    public string Algorithm { get; }

    /// <summary>Its fingerprint as ssh-keygen -l prints it: SHA256:….</summary>
    public string Fingerprint { get; }

    /// <summary>Where it is known from.</summary>
    public HostKeySource Source { get; }

    /// <summary>All of it in a few words.</summary>
    public override string ToString() => Source == HostKeySource.TaskLog
        ? $"{Algorithm} {Fingerprint} (verified: the task's log has it)"
        : $"{Algorithm} {Fingerprint} (not verified: it was seen first)";
}

/// <summary>Where a host key is known from.</summary>
public enum HostKeySource
{
    /// <summary>The container has printed it to the task's log in CloudWatch Logs.</summary>
    TaskLog,

    /// <summary>The server that answered first has shown it.</summary>
    FirstContact,
}
