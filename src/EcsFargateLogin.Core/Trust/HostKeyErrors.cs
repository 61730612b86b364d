namespace EcsFargateLogin.Trust;

/// <summary>Errors about the trust between client and server.</summary>
internal static class HostKeyErrors
{
    internal static FargateException HostKeyNotInLog(FargateSession session, string reason) => HostKeyNotVerified(
        session,
        $"The host key of session {session} could not be verified: {reason}",
        "Use an image with this module's start-sshd.sh, a container with the log driver awslogs and the right "
        + "logs:GetLogEvents; or accept the key that is seen first with -HostKeyVerification AcceptNew.");

    internal static FargateException HostKeyLogUnreadable(FargateSession session, FargateException cause) => new(
        FargateError.HostKeyNotVerified,
        $"The host key of session {session} could not be verified, because the container's log could not be read: "
        + $"{cause.Message}",
        "Start a new session when CloudWatch Logs can be reached from here: somebody on the network path may keep the log from "
        + "this machine to pass for the task, so that no key is trusted unseen. -HostKeyVerification AcceptNew does not ask the "
        + "log, and trusts the key that is seen first.",
        cause)
    { Target = session.SessionId };

    internal static FargateException HostKeyContradicted(FargateSession session, int starts, int keys) => HostKeyNotVerified(
        session,
        $"The log of session {session} contradicts itself: it holds {starts} start lines and {keys} host-key lines with the "
        + "session's nonce, where start-sshd.sh writes one of each. Somebody may have forged the others.",
        "Find out from the log who wrote them, and make sure that the container runs start-sshd.sh once, before anything else.");

    internal static FargateException HostKeyWithoutStart(FargateSession session) => HostKeyNotVerified(
        session,
        $"The log of session {session} holds a host-key line that no start line of start-sshd.sh precedes. It may be forged.",
        "Find out from the log who wrote it, and make sure that the container runs start-sshd.sh before anything else.");

    internal static FargateException HostKeyUnreadable(FargateSession session) => HostKeyNotVerified(
        session,
        $"The host-key line in the log of session {session} holds no public key.",
        "Use this module's start-sshd.sh as it is; module/container/README.md has the line's format.");

    /// <param name="session">The session.</param>
    /// <param name="verified">The key that is the session's.</param>
    /// <param name="seen">The fingerprint of the key that the server presented before.</param>
    internal static FargateException HostKeySeenDiffers(FargateSession session, FargateHostKey verified, string seen) =>
        HostKeyNotVerified(
            session,
            $"The server that session {session} met first showed the host key {seen}, but "
            + (verified.Source == HostKeySource.Proof ? "its own server has proven " : "the task's log says ")
            + $"{verified.Fingerprint}: it was another server.",
            "Take what was typed there for known to others, and do not go on over this network path.");

    /// <param name="session">The session.</param>
    /// <param name="shown">The fingerprint of the key that the server presented; null where ssh did not report it.</param>
    internal static FargateException HostKeyMismatch(FargateSession session, string? shown) => new(
        FargateError.HostKeyMismatch,
        $"Another server than that of session {session} answered: it showed the host key {shown ?? "(unknown)"}, and ssh "
        + $"accepts {session.HostKey?.ToString() ?? "another"} alone. Nothing was run, and nobody was logged in.",
        "Somebody may stand between this machine and the task: try another network path (-Route Private, a VPN), and tell those "
        + "who run this one. Then start a new session.")
    { Target = session.SessionId };

    /// <param name="session">The session.</param>
    /// <param name="shown">The fingerprint of the key that the server presented.</param>
    internal static FargateException ProofMismatch(FargateSession session, string shown) => new(
        FargateError.HostKeyMismatch,
        $"Another server than that of session {session} answered: the proof in its first line is not one of this session for the host "
        + $"key {shown} that it showed. Nothing was run, and nobody was logged in.",
        "Another task may have the same address, or somebody may stand between this machine and the task: try another network path "
        + "(another -Route, a VPN), and tell those who run this one. Then start a new session.")
    { Target = session.SessionId };

    internal static FargateException InvalidFromAddress(string text) => new(
        FargateError.InvalidFromAddress,
        $"'{text}' is no address to log in from.",
        "Write an IPv4 or IPv6 address, or a network by its first address and its bits: 198.51.100.7, 10.0.0.0/8, 2001:db8::/32.")
    { Target = text };

    private static FargateException HostKeyNotVerified(FargateSession session, string message, string nextStep) =>
        new(FargateError.HostKeyNotVerified, message, nextStep) { Target = session.SessionId };
}
