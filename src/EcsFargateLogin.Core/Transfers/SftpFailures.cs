using EcsFargateLogin.Foundation;
using EcsFargateLogin.Ssh.Sftp;

namespace EcsFargateLogin.Transfers;

/// <summary>Says what went wrong with a file. The others are copied all the same.</summary>
internal static class SftpFailures
{
    /// <summary>Less than that is no room for a block.</summary>
    private const ulong NoRoom = 1 << 20;

    /// <summary>Does something for one item, and reports its failure.</summary>
    public static async Task GuardAsync(SftpClient sftp, CopyReport report, CopyItem item, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (FargateException e)
        {
            report.Failed(item.Source, e);
        }
        catch (SftpStatusException e)
        {
            var why = await ExplainAsync(sftp, item, e);
            report.Failed(item.Source, TransferErrors.CopyFailed(item.Source, why));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            report.Failed(item.Source, TransferErrors.CopyFailed(item.Source, ErrorText.WordsOf(e)));
        }
        catch (SftpConnectionException e)
        {
            throw new CopyBrokenException(item, e);
        }
    }

    private static async Task<string> ExplainAsync(SftpClient sftp, CopyItem item, SftpStatusException e)
    {
        switch (e.Status)
        {
            case SftpStatusException.NoSuchFile:
                return $"the task has no such file or folder, or none to put '{item.Destination}' into";
            case SftpStatusException.PermissionDenied:
                return "the user of the session may not do that there";
            case SftpStatusException.Failure when await FreeSpaceAsync(sftp, item) < NoRoom:
                return $"no space is left on the task's disk; what has arrived is kept as '{item.ArrivedPath}'";
            default:
                return $"the task's SFTP server says: {e.Message}";
        }
    }

    private static async Task<ulong?> FreeSpaceAsync(SftpClient sftp, CopyItem item)
    {
        try
        {
            return await sftp.FreeSpaceAsync(RemotePath.FolderOf(item.Target), CancellationToken.None);
        }
        catch (Exception e) when (e is SftpStatusException or SftpConnectionException)
        {
            return null;
        }
    }
}

/// <summary>The connection has ended in the middle of an item.</summary>
internal sealed class CopyBrokenException(CopyItem item, Exception cause) : Exception(cause.Message, cause)
{
    public CopyItem Item { get; } = item;
}
