namespace EcsFargateLogin.Ssh;

/// <summary>A key of the user's own, which is only read: never copied, changed or deleted.</summary>
/// <param name="Path">Its file: the private key, or the public half of one that an agent holds.</param>
/// <param name="PublicKey">Its public half.</param>
/// <param name="IsInAgent">Whether the agent signs with it.</param>
internal sealed record OwnKey(string Path, PublicKey PublicKey, bool IsInAgent);

/// <summary>Finds out whether a key of the user's can log in without asking anybody.</summary>
/// <param name="sshKeygen">The path of ssh-keygen.</param>
/// <param name="sshAdd">The path of ssh-add; null where it is not installed.</param>
internal sealed class OwnKeyReader(string sshKeygen, string? sshAdd)
{
    private const UnixFileMode OfOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>More than any key file.</summary>
    private const int LongestFile = 64 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Reads a key.</summary>
    /// <param name="path">A private key, or the public half of one that an agent holds.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidKey"/>.</exception>
    public async Task<OwnKey> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (await ReadPublicAsync(path, cancellationToken).ConfigureAwait(false) is { } half)
        {
            return await IsInAgentAsync(half, cancellationToken).ConfigureAwait(false)
                ? new OwnKey(path, half, IsInAgent: true)
                : throw FargateErrors.PublicKeyWithoutAgent(path);
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OfOthers) != 0)
        {
            throw FargateErrors.KeyOpenToOthers(path);
        }

        var derived = await SshTool
            .RunAsync(sshKeygen, ["-y", "-P", "", "-f", path], Limit, cancellationToken)
            .ConfigureAwait(false);
        if (derived is { ExitCode: 0 } && PublicKey.TryParse(derived.Output) is { } publicKey)
        {
            return new OwnKey(path, publicKey, IsInAgent: false);
        }

        return derived?.Words.Contains("incorrect passphrase", StringComparison.Ordinal) == true
            ? new OwnKey(path, await ReadLockedAsync(path, cancellationToken).ConfigureAwait(false), IsInAgent: true)
            : throw FargateErrors.KeyUnreadable(path, derived?.Words ?? $"ssh-keygen had not ended after {Limit.TotalSeconds:0} s");
    }

    /// <summary>The public half of a key with a passphrase. Only an agent can use it without asking for that each time.</summary>
    private async Task<PublicKey> ReadLockedAsync(string path, CancellationToken cancellationToken) =>
        File.Exists(path + ".pub")
            && await ReadPublicAsync(path + ".pub", cancellationToken).ConfigureAwait(false) is { } half
            && await IsInAgentAsync(half, cancellationToken).ConfigureAwait(false)
                ? half
                : throw FargateErrors.KeyLocked(path);

    /// <summary>The public key that a file holds, or null where it holds something else.</summary>
    private static async Task<PublicKey?> ReadPublicAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return new FileInfo(path).Length > LongestFile
                ? throw FargateErrors.KeyUnreadable(path, "it is too large for a key")
                : PublicKey.TryParse((await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false)).Trim());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FargateErrors.KeyUnreadable(path, e.Message);
        }
    }

    private async Task<bool> IsInAgentAsync(PublicKey key, CancellationToken cancellationToken)
    {
        if (sshAdd is null)
        {
            return false;
        }

        // Without an agent, or without keys in it, this fails and prints none.
        var listing = await SshTool.RunAsync(sshAdd, ["-L"], Limit, cancellationToken).ConfigureAwait(false);
        return listing?.Output.Split('\n').Any(line => PublicKey.TryParse(line.Trim()) == key) == true;
    }
}
