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
        "-JumpHost and -ProxyCommand were both given, and each decides how ssh connects to the task.",
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
        $"'{program}' could not be started: {ErrorText.ReasonOf(cause)}.",
        "Check that it is an OpenSSH client that you may run.",
        cause)
    { Target = program };

    /// <summary>Only these options can be long: commands and scripts go through standard input.</summary>
    internal static FargateException CommandLineTooLong(string program, Exception cause) => new(
        FargateError.InvalidSshOption,
        $"'{program}' was not started: its command line would be longer than this system takes"
        + (OperatingSystem.IsWindows() ? ", 32,767 characters." : "."),
        "Shorten -Option, -ProxyCommand and -JumpHost, or put it into a script that -ProxyCommand names. A long command is "
        + "sent with -FilePath, and data as input.",
        cause)
    { Target = program };

    internal static FargateException LocalPortUnavailable(TunnelRoute route, string why, Exception? cause = null) => new(
        FargateError.LocalPortUnavailable,
        $"The tunnel cannot listen at {route.LocalEnd}: {why.TrimEnd('.')}.",
        "Name another port with -LocalPort, or leave it out to use a free one; -BindAddress must be an address of this machine.",
        cause)
    { Target = route.LocalEnd };
}

/// <summary>Errors about the user's own key.</summary>
internal static class KeyErrors
{
    internal static FargateException KeyUnreadable(string path, string why) => InvalidKey(
        path,
        $"The key '{path}' cannot be used: {why.TrimEnd('.')}.",
        "Name a private key of OpenSSH with -KeyPath, or leave that out: each session then gets a key of its own.");

    /// <param name="path">The file.</param>
    /// <param name="why">The defect, as the predicate of a sentence about 'it'.</param>
    /// <param name="nextStep">The next step.</param>
    internal static FargateException KeyMalformed(string path, string why, string nextStep) =>
        InvalidKey(path, $"The key '{path}' cannot be used: it {why}.", nextStep);

    internal static FargateException KeyBesideAnother(string path, string beside) => InvalidKey(
        path,
        $"'{beside}' is not the public half of the private key '{path}', but of another one, and ssh would offer that to the "
        + "server.",
        $"Move '{beside}' away, or make it anew with: {CommandText.Of("ssh-keygen", ["-y", "-f", path])} > {CommandText.Word(beside)}");

    internal static FargateException KeyOpenToOthers(string path) => InvalidKey(
        path,
        $"The private key '{path}' is not for its owner alone, and ssh uses no such key.",
        $"{CommandText.Of("chmod", ["600", path])} makes it so; whether somebody has read it is another question.");

    internal static FargateException KeyLocked(string path) => InvalidKey(
        path,
        $"The private key '{path}' has a passphrase, and no agent holds it: each login would have to ask.",
        $"Give it to your agent with: {CommandText.Of("ssh-add", [path])}. Its public half has to lie beside it ({path}.pub).");

    internal static FargateException PublicKeyWithoutAgent(string path) => InvalidKey(
        path,
        $"'{path}' holds a public key, and no agent has the private one.",
        $"Name the private key's file{(path.EndsWith(".pub", StringComparison.Ordinal) ? $" ({path[..^4]})" : "")}, or give that key "
        + "to your agent with ssh-add; ssh-add -L shows what the agent has.");

    internal static FargateException KeyGivenTwice(string path) => InvalidKey(
        path,
        "-KeyPath names a key that is there, and -KeyType asks for a new one.",
        "Leave one of them out.");

    /// <param name="source">The parameter or file with the text, which is not repeated.</param>
    /// <param name="why">The reason, as a clause about 'it'.</param>
    internal static FargateException NoKeyToGrant(string source, string why) => new(
        FargateError.InvalidAccess,
        $"'{source}' is no public key that access can be granted to: {why.TrimEnd('.')}.",
        "Ask for the one line of the public half, without options, such as that of ~/.ssh/id_ed25519.pub: ssh-ed25519 AAAA… anna@laptop.")
    { Target = source };

    private static FargateException InvalidKey(string path, string message, string nextStep) =>
        new(FargateError.InvalidKey, message, nextStep) { Target = path };
}
