using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Ssh;

/// <summary>Errors about the user's own key.</summary>
internal static class KeyErrors
{
    internal static FargateException KeyUnreadable(string path, string why) => InvalidKey(
        path,
        $"The key '{path}' cannot be used: {why.TrimEnd('.')}.",
        "Name a private key of OpenSSH with -KeyPath, or leave that out: each session then gets a key of its own.");

    /// <param name="path">The file.</param>
    /// <param name="why">What is wrong with it, as the end of a sentence that begins with 'it'.</param>
    /// <param name="nextStep">What to do about that.</param>
    internal static FargateException KeyMalformed(string path, string why, string nextStep) =>
        InvalidKey(path, $"The key '{path}' cannot be used: it {why}.", nextStep);

    internal static FargateException KeyBesideAnother(string path, string beside) => InvalidKey(
        path,
        $"'{beside}' is not the public half of the private key '{path}', but of another one, and ssh would offer that to the server.",
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

    private static FargateException InvalidKey(string path, string message, string nextStep) =>
        new(FargateError.InvalidKey, message, nextStep) { Target = path };
}
