using System.Text;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Journal;

/// <summary>
/// The file beside the journal with the entries by which other programs' ssh reaches sessions. It is replaced as a whole, and only
/// where it begins with the line by which this module knows its own files.
/// </summary>
/// <param name="folder">The folder of the file.</param>
internal sealed class SshConfigFile(string folder)
{
    private const string Header =
        "# Written by EcsFargateLogin: a host for each session. Export-FargateSshConfig writes this file anew; do not edit it.";

    /// <summary>Upper bound for the size of the file in bytes: more than a thousand entries.</summary>
    private const int MaxLength = 1 << 20;

    /// <summary>The time limit for acquiring the lock: other processes hold it for milliseconds.</summary>
    private static readonly TimeSpan LockLimit = TimeSpan.FromSeconds(3);

    /// <summary>The file's path, whether or not it exists.</summary>
    public string FilePath { get; } = Path.Combine(folder, "ssh_config");

    /// <summary>Reads the entries; null where there is no file.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.SshConfigUnavailable"/>.</exception>
    public IReadOnlyList<SshConfigEntry>? Read() => SshConfigErrors.Guard(FilePath, () =>
    {
        if (UnixFileStatus.OfLink(FilePath) is { IsRegular: false })
        {
            throw SshConfigErrors.NotOurs(FilePath);
        }

        if (!File.Exists(FilePath))
        {
            return null;
        }

        using var stream = SharedFile.Open(FilePath);
        if ((OwnerOnly.FaultOf(folder) ?? OwnerOnly.FaultOf(stream)) is { } fault)
        {
            throw SshConfigErrors.Untrusted(FilePath, fault);
        }

        using StreamReader reader = new(stream, new UTF8Encoding(false));
        return stream.Length <= MaxLength && reader.ReadLine() == Header
            ? SshConfigEntry.Parse(reader.ReadToEnd().Split('\n'))
            : throw SshConfigErrors.NotOurs(FilePath);
    });

    /// <summary>Changes the entries. No other process changes them meanwhile.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.SshConfigUnavailable"/>.</exception>
    public async Task ChangeAsync(
        Func<IReadOnlyList<SshConfigEntry>, IReadOnlyList<SshConfigEntry>> change, CancellationToken cancellationToken)
    {
        await using var held = await LockAsync(cancellationToken);
        var entries = change(Read() ?? []);
        SshConfigErrors.Guard(FilePath, () => SharedFile.Replace(
            FilePath, OwnerOnly.CreateFile, stream => stream.Write(Encoding.UTF8.GetBytes(TextOf(entries)))));
    }

    /// <summary>Deletes the file, if there is one and it is this module's.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.SshConfigUnavailable"/>.</exception>
    public async Task DeleteAsync(CancellationToken cancellationToken)
    {
        if (Read() is not null)
        {
            await using var held = await LockAsync(cancellationToken);
            SshConfigErrors.Guard(FilePath, () => SharedFile.Repeat(() => File.Delete(FilePath)));
        }
    }

    /// <summary>
    /// Removes the entry of a session that ends. Failures are ignored: the key is gone, and the next export removes the entry.
    /// </summary>
    public void Forget(string sessionId)
    {
        try
        {
            if (Read()?.Any(entry => entry.SessionId == sessionId) == true)
            {
                Task.Run(() => ChangeAsync(
                    entries => [.. entries.Where(entry => entry.SessionId != sessionId)], CancellationToken.None)).GetAwaiter().GetResult();
            }
        }
        catch (FargateException)
        {
        }
    }

    private static string TextOf(IReadOnlyList<SshConfigEntry> entries) => string.Concat(
        entries.Select(entry => $"\n{string.Join('\n', entry.Lines)}\n").Prepend($"{Header}\n"));

    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        try
        {
            OwnerOnly.CreateFolder(folder);
            return await OwnerOnly.LockFileAsync($"{FilePath}.lock", LockLimit, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw SshConfigErrors.Unavailable(FilePath, e);
        }
    }
}
