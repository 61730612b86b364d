namespace EcsFargateLogin.Ssh;

/// <summary>Makes one-time key pairs with ssh-keygen, which creates the private key readable by its owner alone.</summary>
internal sealed class KeyGenerator(string sshKeygen)
{
    /// <summary>An Ed25519 key takes milliseconds and RSA a second or two; more than this means that the program hangs.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Makes a key pair without a passphrase: it lives as long as one session.</summary>
    /// <param name="path">The private key's file, which must not exist; nothing else is left beside it.</param>
    /// <param name="type">The key's kind.</param>
    /// <param name="comment">What the key calls itself.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The public key.</returns>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.KeyGenerationFailed"/> or <see cref="FargateError.SshNotFound"/>.
    /// </exception>
    public async Task<PublicKey> GenerateAsync(
        string path, SshKeyType type, string comment, CancellationToken cancellationToken)
    {
        var result = await SshTool
            .RunAsync(sshKeygen, ["-q", .. KindOf(type), "-N", "", "-C", comment, "-f", path], Limit, cancellationToken)
            .ConfigureAwait(false)
            ?? throw SshErrors.KeyGenerationFailed(sshKeygen, $"it had not ended after {Limit.TotalSeconds:0} s.");
        return result.ExitCode == 0
            ? await ReadPublicKeyAsync(path + ".pub", cancellationToken).ConfigureAwait(false)
            : throw SshErrors.KeyGenerationFailed(
                sshKeygen,
                $"it ended with exit code {result.ExitCode}{(result.Words.Length > 0 ? $" ({result.Words})" : "")}.");
    }

    private static string[] KindOf(SshKeyType type) => type switch
    {
        SshKeyType.Ecdsa => ["-t", "ecdsa", "-b", "256"],
        SshKeyType.Rsa => ["-t", "rsa", "-b", "3072"],
        _ => ["-t", "ed25519"],
    };

    private async Task<PublicKey> ReadPublicKeyAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var text = (await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false)).Trim();
            // It is in the container's environment from now on; no one needs it here.
            File.Delete(path);
            return PublicKey.TryParse(text)
                ?? throw SshErrors.KeyGenerationFailed(sshKeygen, $"'{path}' holds no public key.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw SshErrors.KeyGenerationFailed(sshKeygen, e.Message, e);
        }
    }
}
