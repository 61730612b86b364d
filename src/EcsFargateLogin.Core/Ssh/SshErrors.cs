using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Ssh;

/// <summary>Errors about OpenSSH's programs, their options and proxies.</summary>
internal static class SshErrors
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
        $"'{program}' could not be started: {ErrorText.WordsOf(cause)}.",
        "Check that it is an OpenSSH client that you may run.",
        cause)
    { Target = program };

    /// <summary>Nothing else that the module puts there can be long: commands and scripts go through standard input.</summary>
    internal static FargateException CommandLineTooLong(string program, Exception cause) => new(
        FargateError.InvalidSshOption,
        $"'{program}' was not started: its command line would be longer than this system takes"
        + (OperatingSystem.IsWindows() ? ", 32,767 characters." : "."),
        "Shorten what -Option, -ProxyCommand and -JumpHost say, or put it into a script that -ProxyCommand names. A long command is "
        + "sent with -FilePath, and data as input.",
        cause)
    { Target = program };

    internal static FargateException LocalPortUnavailable(TunnelRoute route, string why, Exception? cause = null) => new(
        FargateError.LocalPortUnavailable,
        $"The tunnel cannot listen at {route.LocalEnd}: {why.TrimEnd('.')}.",
        "Name another port with -LocalPort, or leave it out, so that a free one is taken; -BindAddress takes an address of this machine.",
        cause)
    { Target = route.LocalEnd };
}
