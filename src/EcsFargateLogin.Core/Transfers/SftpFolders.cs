using EcsFargateLogin.Ssh.Sftp;

namespace EcsFargateLogin.Transfers;

/// <summary>The folders of a copy to a container. What goes into one waits until it is there.</summary>
/// <param name="sftp">The connection.</param>
internal sealed class SftpFolders(SftpClient sftp)
{
    /// <summary>The folders by destination, and whether the copy has created each.</summary>
    private readonly Dictionary<string, Task<bool>> _made = [];

    /// <summary>Creates a folder, unless it exists.</summary>
    /// <exception cref="FargateException">A file is in the way.</exception>
    public async Task MakeAsync(CopyItem folder, CancellationToken cancellationToken)
    {
        if (!_made.TryGetValue(folder.Destination, out var made))
        {
            made = _made[folder.Destination] = MakeIfMissingAsync(folder, cancellationToken);
        }

        await made;
    }

    /// <summary>Whether the copy has created a folder.</summary>
    public bool IsNew(CopyItem folder) => _made.TryGetValue(folder.Destination, out var made) && IsNew(made);

    /// <summary>
    /// Waits for the folder of an item, and returns whether the copy has created it: nothing that could be replaced is in there.
    /// </summary>
    public async Task<bool> IsInNewAsync(CopyItem item)
    {
        if (!_made.TryGetValue(RemotePath.FolderOf(item.Destination), out var made))
        {
            return false;
        }

        // Its failure is reported once, and what would be in it fails for a reason of its own.
        await ((Task)made).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return IsNew(made);
    }

    private static bool IsNew(Task<bool> made) => made is { IsCompletedSuccessfully: true, Result: true };

    /// <returns>Whether it was missing.</returns>
    private async Task<bool> MakeIfMissingAsync(CopyItem folder, CancellationToken cancellationToken)
    {
        var existing = await IsInNewAsync(folder) ? null : await sftp.FindAsync(folder.Destination, cancellationToken);
        if (existing is { IsFolder: false })
        {
            throw TransferErrors.CopyFailed(folder.Source, $"'{folder.Destination}' is a file");
        }

        if (existing is null)
        {
            await sftp.MakeFolderAsync(folder.Destination, cancellationToken);
        }

        return existing is null;
    }
}
