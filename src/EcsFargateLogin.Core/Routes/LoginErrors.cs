namespace EcsFargateLogin.Routes;

/// <summary>Errors about logging in to a session over ssh.</summary>
internal static class LoginErrors
{
    internal static FargateException KeyNotFound(FargateSession session) => new(
        FargateError.KeyNotFound,
        $"The private key of session {session.SessionId} is not on this machine (any more)"
        + (session.KeyPath is null ? "." : $": '{session.KeyPath}'."),
        "Enter the session on the machine and as the user that started it, or start a new one with New-FargateSession.")
    { Target = session.SessionId };

    internal static FargateException SshFailed(FargateSession session, string reason) => new(
        FargateError.SshFailed,
        $"ssh could not keep the session {session.SessionId} open: {reason}",
        NextStepFor(reason))
    { Target = session.SessionId };

    /// <param name="session">The session.</param>
    /// <param name="refusal">What ssh says.</param>
    /// <param name="reason">What the container's sshd says.</param>
    internal static FargateException LoginRefused(FargateSession session, FargateException refusal, string reason) => new(
        FargateError.SshFailed,
        $"{refusal.Summary} The container's log says: {reason.TrimEnd('.')}.",
        reason.Contains("expired", StringComparison.OrdinalIgnoreCase) || reason.Contains("locked", StringComparison.OrdinalIgnoreCase)
            ? $"Correct the account of '{session.UserName}' in the image (usermod, chage), or log in as another user with -UserName."
            : refusal.NextStep,
        refusal)
    { Target = session.SessionId };

    internal static FargateException ConnectionLost(FargateSession session) =>
        SshFailed(session, "the connection was closed before the remote program had ended.");

    private static string NextStepFor(string reason) => reason switch
    {
        _ when reason.Contains("Permission denied", StringComparison.Ordinal) =>
            "The server refused the session's key: check that -UserName is the user that the container's SSH server lets in, "
            + "that the container reads _AUTHORIZED_PUBLIC_KEY, and that -FromAddress holds the address this machine is seen at.",
        _ when reason.Contains("Host key verification failed", StringComparison.Ordinal)
            || reason.Contains("HOST IDENTIFICATION HAS CHANGED", StringComparison.Ordinal) =>
            "Another server than before answered at this address. Do not go on; start a new session.",
        _ => "Check the network between here and the task, and the container's log; -Verbose shows the ssh command line.",
    };
}
