using System.Diagnostics;

namespace EcsFargateLogin.Ssh;

/// <summary>Makes one-time key pairs with ssh-keygen, which creates the private key readable by its owner alone.</summary>
internal sealed class KeyGenerator(string sshKeygen)
{
    /// <summary>An Ed25519 key takes milliseconds; more than this means that the program hangs.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Makes a key pair without a passphrase: it lives as long as one session.</summary>
    /// <param name="path">The private key's file, which must not exist; the public key is made and read beside it.</param>
    /// <param name="comment">What the key calls itself.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The public key as authorized_keys takes it.</returns>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.KeyGenerationFailed"/> or <see cref="FargateError.SshNotFound"/>.
    /// </exception>
    public async Task<string> GenerateAsync(string path, string comment, CancellationToken cancellationToken)
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
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            await output.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw FargateErrors.KeyGenerationFailed(sshKeygen, $"it had not ended after {Limit.TotalSeconds:0} s.");
        }

        return process.ExitCode == 0
            ? await ReadPublicKeyAsync(path + ".pub", cancellationToken).ConfigureAwait(false)
            : throw FargateErrors.KeyGenerationFailed(sshKeygen, (await errors.ConfigureAwait(false)).Trim());
    }

    private async Task<string> ReadPublicKeyAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var text = (await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false)).Trim();
            return text.StartsWith("ssh-ed25519 ", StringComparison.Ordinal) && !text.Contains('\n', StringComparison.Ordinal)
                ? text
                : throw FargateErrors.KeyGenerationFailed(sshKeygen, $"'{path}' holds no public key.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FargateErrors.KeyGenerationFailed(sshKeygen, e.Message, e);
        }
    }
}
