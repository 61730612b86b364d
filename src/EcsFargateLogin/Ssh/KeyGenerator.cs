using System.Diagnostics;

namespace EcsFargateLogin.Ssh;

/// <summary>Makes one-time key pairs with ssh-keygen, which creates the private key readable by its owner alone.</summary>
internal sealed class KeyGenerator(string sshKeygen)
{
    /// <summary>An Ed25519 key takes milliseconds; more than this means that the program hangs.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Makes a key pair without a passphrase: it lives as long as one session.</summary>
    /// <param name="path">The private key's file, which must not exist; nothing else is left beside it.</param>
    /// <param name="comment">What the key calls itself.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The public key.</returns>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.KeyGenerationFailed"/> or <see cref="FargateError.SshNotFound"/>.
    /// </exception>
    public async Task<PublicKey> GenerateAsync(string path, string comment, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(sshKeygen, ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = SshProcess.Start(start);
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            var said = $"{await errors.ConfigureAwait(false)} {await output.ConfigureAwait(false)}".Trim();
            return process.ExitCode == 0
                ? await ReadPublicKeyAsync(path + ".pub", cancellationToken).ConfigureAwait(false)
                : throw FargateErrors.KeyGenerationFailed(
                    sshKeygen, $"it ended with exit code {process.ExitCode}{(said.Length > 0 ? $" ({said})" : "")}.");
        }
        catch (OperationCanceledException)
        {
            // Its end is waited for: it must not write into a folder that is being deleted.
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw FargateErrors.KeyGenerationFailed(sshKeygen, $"it had not ended after {Limit.TotalSeconds:0} s.");
        }
    }

    private async Task<PublicKey> ReadPublicKeyAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var text = (await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false)).Trim();
            // It is in the container's environment from now on; no one needs it here.
            File.Delete(path);
            return PublicKey.TryParse(text)
                ?? throw FargateErrors.KeyGenerationFailed(sshKeygen, $"'{path}' holds no public key.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FargateErrors.KeyGenerationFailed(sshKeygen, e.Message, e);
        }
    }
}
