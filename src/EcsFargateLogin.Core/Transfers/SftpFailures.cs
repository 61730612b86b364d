using EcsFargateLogin.Foundation;
using EcsFargateLogin.Ssh.Sftp;

namespace EcsFargateLogin.Transfers;

/// <summary>Reports the failure of an item, so that the other items are still copied.</summary>
internal static class SftpFailures
{
    /// <summary>The free space, in bytes, below which a failed write means a full disk.</summary>
    private const ulong NoSpace = 1 << 20;

    /// <summary>Runs the work on one item, and reports its failure.</summary>
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
            report.Failed(item.Source, TransferErrors.CopyFailed(item.Source, ErrorText.ReasonOf(e)));
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
            case SftpStatusException.Failure when await FreeSpaceAsync(sftp, item) < NoSpace:
                return $"no space is left on the task's disk; the incomplete copy is kept as '{item.IncompletePath}'";
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

/// <summary>The connection has ended while an item was copied.</summary>
internal sealed class CopyBrokenException(CopyItem item, Exception cause) : Exception(cause.Message, cause)
{
    public CopyItem Item { get; } = item;
}
