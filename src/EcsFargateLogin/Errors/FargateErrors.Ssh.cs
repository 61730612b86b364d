namespace EcsFargateLogin;

// Errors about OpenSSH's programs and what they report.
internal static partial class FargateErrors
{
    internal static FargateException SshNotFound(string program) => new(
        FargateError.SshNotFound,
        $"The program '{program}' of OpenSSH was not found on PATH.",
        OperatingSystem.IsWindows()
            ? "Install it with: Add-WindowsCapability -Online -Name OpenSSH.Client~~~~0.0.1.0"
            : "Install the OpenSSH client with your package manager (Debian: openssh-client, Alpine: openssh-client).")
    { Target = program };

    internal static FargateException KeyGenerationFailed(string program, string why, Exception? cause = null) => new(
        FargateError.KeyGenerationFailed,
        $"'{program}' made no key pair: {why}",
        "Run 'ssh-keygen -t ed25519 -f test-key' by hand to see what is wrong with it.",
        cause)
    { Target = program };

    internal static FargateException KeyNotFound(FargateSession session) => new(
        FargateError.KeyNotFound,
        $"The private key of session {session.SessionId} is not on this machine (any more){(session.KeyPath is null ? "" : $": '{session.KeyPath}'")}.",
        "Enter the session on the machine and as the user that started it, or start a new one with New-FargateSession.")
    { Target = session.SessionId };

    internal static FargateException SshOptionMalformed(string option) => new(
        FargateError.InvalidSshOption,
        $"'{option}' is not an ssh option.",
        "Write options as ssh -o takes them, Name=Value: -Option 'Compression=yes'.")
    { Target = option };

    internal static FargateException SshOptionReserved(string option, string name) => new(
        FargateError.InvalidSshOption,
        $"The ssh option '{name}' cannot be set: it decides which server and which key the session trusts.",
        "Leave it out; every session verifies its server against a known_hosts file of its own.")
    { Target = option };

    internal static FargateException JumpHostMalformed(string jumpHost) => new(
        FargateError.InvalidSshOption,
        $"'{jumpHost}' is not a jump host.",
        "Write -JumpHost as [user@]host[:port]: ops@bastion.example.com:2222, [2001:db8::7]:22, or a host of your ssh "
        + "configuration, which may say more about it.")
    { Target = jumpHost };

    internal static FargateException ProxyCommandMalformed(string command) => new(
        FargateError.InvalidSshOption,
        "-ProxyCommand is empty, or holds a line break or another control character.",
        "Write it as ssh's ProxyCommand, on one line: -ProxyCommand 'nc -X connect -x proxy:3128 %h %p'.")
    { Target = command };

    internal static FargateException TwoProxies() => new(
        FargateError.InvalidSshOption,
        "-JumpHost and -ProxyCommand were both given, and each names the way to the task.",
        "Give one of them.")
    { Target = "-ProxyCommand" };

    internal static FargateException ProxyRefused(string proxy, string message) => new(
        FargateError.SshFailed,
        $"The task cannot be reached through {proxy}: {message.TrimEnd('.')}.",
        "Log in there once by hand with ssh, which must not ask anything: its host key has to be known, and your key in the "
        + "agent or without a passphrase.")
    { Target = proxy };

    internal static FargateException ProxyHostKeyChanged(string proxy) => new(
        FargateError.HostKeyMismatch,
        $"The task cannot be reached through {proxy}, which showed another host key than the one that your known_hosts has. "
        + "Nothing was run, and nobody was logged in.",
        "Somebody may stand between this machine and that host. Ask those who run it whether its key was changed before you "
        + "take the old one out of your known_hosts.")
    { Target = proxy };

    internal static FargateException SshNotStarted(string program, Exception cause) => new(
        FargateError.SshNotFound,
        $"'{program}' could not be started: {cause.Message}",
        "Check that it is an OpenSSH client that you may run.",
        cause)
    { Target = program };

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

    internal static FargateException RemoteProgramFailed(FargateSession session, int exitCode) => new(
        FargateError.RemoteProgramFailed,
        $"The shell of session {session.SessionId} ended with exit code {exitCode}.",
        "This is the remote program's own exit code; it is an error because $PSNativeCommandUseErrorActionPreference is set.")
    { Target = session.SessionId };

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
