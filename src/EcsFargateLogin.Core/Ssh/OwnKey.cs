using System.Text;
using EcsFargateLogin.Foundation;

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

    /// <summary>Upper bound for the size of a key file, in bytes.</summary>
    private const int LongestFile = 64 * 1024;

    private const string HalfExtension = ".pub";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Reads a key.</summary>
    /// <param name="path">A private key, or the public half of one that an agent holds.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidKey"/>.</exception>
    public async Task<OwnKey> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var content = await ReadFileAsync(path, cancellationToken);
        if (PublicKeyIn(content) is { } half)
        {
            return await IsInAgentAsync(half, cancellationToken).ConfigureAwait(false)
                ? new OwnKey(path, half, IsInAgent: true)
                : throw KeyErrors.PublicKeyWithoutAgent(path);
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OfOthers) != 0)
        {
            throw KeyErrors.KeyOpenToOthers(path);
        }

        var derived = await SshTool
            .RunAsync(sshKeygen, ["-y", "-P", "", "-f", path], Limit, cancellationToken)
            .ConfigureAwait(false);
        if (derived is { ExitCode: 0 } && PublicKey.TryParse(derived.Output) is { } publicKey)
        {
            await CheckHalfAsync(path, publicKey, cancellationToken);
            return new OwnKey(path, publicKey, IsInAgent: false);
        }

        if (derived?.Words.Contains("incorrect passphrase", StringComparison.Ordinal) == true)
        {
            return new OwnKey(path, await ReadLockedAsync(path, cancellationToken), IsInAgent: true);
        }

        throw KeyFileProblem.Find(path, content) is { } problem
            ? KeyErrors.KeyMalformed(path, problem.Why, problem.NextStep)
            : KeyErrors.KeyUnreadable(path, derived?.Words ?? $"ssh-keygen had not ended after {Limit.TotalSeconds:0} s");
    }

    /// <summary>Of the public half beside a private key ssh believes that it is its own, and offers the server that one.</summary>
    private static async Task CheckHalfAsync(string path, PublicKey publicKey, CancellationToken cancellationToken)
    {
        var beside = path + HalfExtension;
        if (UnixFile.IsFile(beside) && PublicKeyIn(await ReadFileAsync(beside, cancellationToken)) is { } half && half != publicKey)
        {
            throw KeyErrors.KeyBesideAnother(path, beside);
        }
    }

    /// <summary>The public half of a key with a passphrase. Only an agent can use it without asking for that each time.</summary>
    private async Task<PublicKey> ReadLockedAsync(string path, CancellationToken cancellationToken) =>
        UnixFile.IsFile(path + HalfExtension)
            && PublicKeyIn(await ReadFileAsync(path + HalfExtension, cancellationToken)) is { } half
            && await IsInAgentAsync(half, cancellationToken)
                ? half
                : throw KeyErrors.KeyLocked(path);

    /// <summary>The public key that a file holds, or null where it holds something else.</summary>
    private static PublicKey? PublicKeyIn(byte[] content) => PublicKey.TryParse(Encoding.UTF8.GetString(content).Trim());

    private static async Task<byte[]> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        if (!UnixFile.IsFile(path))
        {
            throw KeyErrors.KeyUnreadable(path, File.Exists(path) || Directory.Exists(path) ? "it is no file" : "there is no such file");
        }

        try
        {
            return new FileInfo(path).Length > LongestFile
                ? throw KeyErrors.KeyUnreadable(path, "it is too large for a key")
                : await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (UnauthorizedAccessException)
        {
            throw KeyErrors.KeyUnreadable(path, "you may not read it");
        }
        catch (IOException e)
        {
            throw KeyErrors.KeyUnreadable(path, ErrorText.WordsOf(e));
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
